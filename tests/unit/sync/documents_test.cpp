#include "daemon/sync/documents.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/unit/sync/journey.h"

namespace plait::sync {
namespace {

using namespace std::chrono_literals;

std::string name_of(int number) { return "f-" + std::to_string(number); }

BOOST_FIXTURE_TEST_SUITE(documents, Journey)

BOOST_AUTO_TEST_CASE(an_update_that_breaks_a_rule_shuts_its_document_alone) {
  Traveller& ann = visitor("Ann");
  ann.types("f-2", "good");
  ann.opens("f-1");
  settle();
  ann.client_ids.push_back(std::int64_t{1} << 40);  // which nobody leased to her
  ann.types("f-1", "bad");
  settle();
  BOOST_TEST(ann.refused == std::vector<std::string>{"lease"},
             boost::test_tools::per_element());
  BOOST_TEST(ann.unsaved() == 0U);
  ann.types("f-1", " and worse");  // is nobody's business before it was opened again
  ann.types("f-2", " still");
  settle();
  BOOST_TEST(ann.unsaved() == 0U);
  BOOST_TEST(stored_text("f-1").empty());
  BOOST_TEST(stored_text("f-2") == "good still");

  ann.session.want_clients(1);
  settle();
  ann.starts_anew("f-1");
  ann.types("f-1", "better");
  settle();
  BOOST_TEST(stored_text("f-1") == "better");
}

BOOST_AUTO_TEST_CASE(a_text_that_went_another_way_is_noticed) {
  Traveller& ann = visitor("Ann");
  ann.types("f-1", "same");
  settle();
  ann.forgets_to_send("f-1");
  ann.types("f-1", " or not");
  Traveller& ben = visitor("Ben");
  ben.types("f-1", "!");
  wait(10s);
  BOOST_TEST((ann.diverged == std::vector<std::string>{"f-1"}));
  BOOST_TEST(ben.diverged.empty());
  BOOST_TEST(!ann.is_in_step("f-1"));
  ann.starts_anew("f-1");
  settle();
  BOOST_TEST(ann.text("f-1") == ben.text("f-1"));
}

BOOST_AUTO_TEST_CASE(a_document_that_nothing_can_be_stored_in_is_opened_again_after_a_while) {
  Traveller& ann = visitor("Ann");
  ann.types("f-1", "one ");
  settle();
  connect::DocumentRefused refusal;
  refusal.channel = 1;
  refusal.rule = "unavailable";
  ann.session.documents().refused(refusal);
  BOOST_TEST((ann.postponed == std::vector<std::string>{"unavailable"}));
  ann.types("f-1", "two ");
  settle();
  BOOST_TEST(stored_text("f-1") == "one ");
  wait(kFirstRest + 100ms);
  settle();
  BOOST_TEST(stored_text("f-1") == "one two ");
  BOOST_TEST(ann.refused.empty());
}

BOOST_AUTO_TEST_CASE(what_is_closed_is_closed_when_it_is_saved) {
  Traveller& ann = visitor("Ann");
  ann.types("f-1", "one");
  ann.session.documents().close("f-1");
  settle();
  BOOST_TEST(ann.closed.contains("f-1"));
  BOOST_TEST(ann.closed["f-1"] > 0);
  BOOST_TEST(stored_text("f-1") == "one");
  BOOST_TEST(ann.session.documents().open_count() == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_not_open_is_told_of_when_it_changes) {
  Traveller& ann = visitor("Ann");
  Traveller& ben = visitor("Ben");
  ben.types("f-1", "one");
  ben.types("f-2", "two");
  settle();
  wait(1s);
  BOOST_TEST((ann.touched == std::vector<std::string>{"f-1", "f-2"}));
  ann.opens("f-1");
  settle();
  BOOST_TEST(ann.text("f-1") == "one");
  BOOST_TEST(ann.synced["f-1"] > 0);

  Traveller& cem = visitor("Cem");
  settle();
  BOOST_TEST(cem.listed.size() == 2U);
  BOOST_TEST(cem.listed["f-1"] == ann.synced["f-1"]);
}

BOOST_AUTO_TEST_CASE(three_thousand_documents_go_through_nine_hundred_places) {
  constexpr int kMany = 3000;
  Traveller& ann = visitor("Ann");
  for (int i = 0; i < kMany; ++i) ann.types(name_of(i), "t");
  ann.opens("urgent", Urgency::Now);
  BOOST_TEST(ann.session.documents().open_count() <= kMaxOpening);
  std::size_t most = 0;
  for (int i = 0; i < 600 && ann.session.documents().waiting() > 0; ++i) {
    wait(100ms);
    most = std::max(most, ann.session.documents().open_count());
    if (i == 2) BOOST_TEST(ann.is_in_step("urgent"));
  }
  settle();
  BOOST_TEST(ann.session.documents().waiting() == 0U);
  BOOST_TEST(ann.unsaved() == 0U);
  BOOST_TEST(most == kMaxOpenDocuments);
  BOOST_TEST(ann.closed.size() == kMany + 1 - kMaxOpenDocuments);

  Traveller& ben = visitor("Ben");
  settle();
  BOOST_TEST(ben.listed.size() == static_cast<std::size_t>(kMany));
}

BOOST_AUTO_TEST_CASE(documents_that_are_in_use_are_not_closed_for_others) {
  Traveller& ann = visitor("Ann");
  ann.keeps_all = true;
  for (int i = 0; i < 1000; ++i) ann.opens(name_of(i));
  settle(100);
  BOOST_TEST(ann.session.documents().open_count() == kMaxOpenDocuments);
  BOOST_TEST(ann.session.documents().waiting() == 1000 - kMaxOpenDocuments);
  ann.keeps_all = false;
  for (int i = 0; i < 10; ++i) {
    wait(1s);
    settle();
  }
  BOOST_TEST(ann.session.documents().waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(what_a_slow_line_does_not_take_is_said_as_one) {
  Traveller& ann = visitor("Ann");
  ann.types("f-1", "a");
  settle();
  ann.is_slow(true);
  for (int i = 0; i < 1000; ++i) ann.types("f-1", "b");
  ann.opens("f-2");
  settle();
  BOOST_TEST(ann.unsaved() == 1000U);
  BOOST_TEST(ann.said("document/open") == 1U);
  ann.is_slow(false);
  settle();
  BOOST_TEST(ann.unsaved() == 0U);
  BOOST_TEST(ann.is_in_step("f-2"));
  BOOST_TEST((ann.backlog == std::vector<bool>{true, false}));
  BOOST_TEST(stored_text("f-1") == "a" + std::string(1000, 'b'));
}

BOOST_AUTO_TEST_CASE(a_document_larger_than_a_frame_goes_both_ways) {
  Traveller& ann = visitor("Ann");
  ann.types("f-1", std::string(3'000'000, 'x'));
  settle();
  Traveller& ben = visitor("Ben");
  ben.opens("f-1");
  settle();
  BOOST_TEST((ben.text("f-1") == ann.text("f-1")));
}

BOOST_AUTO_TEST_CASE(what_is_larger_than_a_message_is_refused_here) {
  Traveller& ann = visitor("Ann");
  ann.types("f-1", "small");
  settle();
  ann.types("f-1", std::string(wire::kMaxMessageBytes, 'x'));
  BOOST_TEST((ann.refused == std::vector<std::string>{"size"}));
  settle();
  BOOST_TEST(ann.session.is_online());
  BOOST_TEST(stored_text("f-1") == "small");
}

BOOST_AUTO_TEST_CASE(a_cut_opens_again_what_was_open_with_the_last_used_first) {
  Traveller& ann = visitor("Ann");
  for (int i = 0; i < 50; ++i) ann.types(name_of(i), "t");
  settle();
  ann.opens("f-7");
  ann.goes();
  ann.types("f-7", "!");
  ann.comes(*server);
  settle(3);
  BOOST_TEST(ann.is_in_step("f-7"));
  settle();
  BOOST_TEST(ann.session.documents().open_count() == 50U);
  BOOST_TEST(ann.unsaved() == 0U);
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::sync
