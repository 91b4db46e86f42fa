#include "daemon/server/open_documents.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/net/channel.h"
#include "daemon/server/limits.h"
#include "protocol/messages/connect/errors.h"
#include "tests/unit/server/club.h"

namespace plait::server {
namespace {

using namespace std::chrono_literals;
using connect::ConnectError;
using connect::DocumentClose;
using connect::DocumentList;
using connect::DocumentOpen;

/// Ann writes, Ben looks which documents there are.
struct Shelf : Club {
  /// All of them, a page at a time.
  std::map<std::string, std::int64_t> versions(std::int64_t page = 2) {
    std::map<std::string, std::int64_t> all;
    DocumentList question{{}, page};
    for (bool more = true; more;) {
      const auto reply = get(ben, question);
      BOOST_TEST_REQUIRE(reply.documents.size() <= static_cast<std::size_t>(page));
      BOOST_TEST_REQUIRE((!reply.more || !reply.documents.empty()));
      for (const auto& one : reply.documents) {
        BOOST_TEST((!question.after || *question.after < one.document));
        BOOST_TEST(all.emplace(one.document, one.version).second);
        question.after = one.document;
      }
      more = reply.more;
    }
    return all;
  }
  ConnectDocument& anns(std::string_view document) {
    ConnectDocument& opened = ann.client.opens(document);
    settle();
    return opened;
  }
  void types(ConnectDocument& document, std::string_view text) {
    document.types(document.length(), text);
    settle();
  }
  /// What Ben is told when he closes it.
  std::optional<std::int64_t> closes(std::int64_t channel) {
    return get<DocumentClose>(ben, {channel}).version;
  }

  ConnectPerson& ann = guest("Ann");
  ConnectPerson& ben = guest("Ben");
};

const connect::Bytes kNothingYet{std::string(1, '\0')};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(open_documents, Shelf)

// What there is -------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_somebody_has_written_into_is_listed) {
  BOOST_TEST(versions().empty());
  anns("f-1");  // and leaves it empty
  types(anns("f-3"), "x");
  types(anns("f-2"), "x");
  types(anns("F.4"), "x");
  const auto listed = get<DocumentList>(ben, {});
  std::vector<std::string> names;
  for (const auto& one : listed.documents) names.push_back(one.document);
  BOOST_TEST((names == std::vector<std::string>{"F.4", "f-2", "f-3"}));
  BOOST_TEST(!listed.more);
  BOOST_TEST(versions(1).size() == 3U);
  BOOST_TEST(versions(3).size() == 3U);
  BOOST_TEST(get<DocumentList>(guest("Zoe", "v"), {}).documents.empty());
}

BOOST_AUTO_TEST_CASE(a_version_grows_whenever_something_is_added) {
  ConnectDocument& file = anns("f-1");
  types(anns("f-2"), "x");
  std::int64_t before = 0;
  for (int i = 0; i < 5; ++i) {
    const auto others = versions()["f-2"];
    types(file, "x");
    const auto now = versions();
    BOOST_TEST(now.at("f-1") > before);
    BOOST_TEST(now.at("f-2") == others);
    before = now.at("f-1");
  }
  crash();
  ann.comes(*server);
  ben.comes(*server);
  settle();
  BOOST_TEST(versions().at("f-1") == before);
  types(file, "x");
  BOOST_TEST(versions().at("f-1") > before);
}

BOOST_AUTO_TEST_CASE(a_snapshot_changes_no_version) {
  ConnectDocument& file = anns("f-1");
  for (std::size_t i = 0; i < kMaxLogRows; ++i) {
    file.types(0, "x");
    turn();
  }
  settle();
  const auto before = versions();
  file.types(0, "x");  // one entry too many
  settle();
  wait(1s);
  BOOST_TEST(metrics.prometheus_text().find("plait_snapshots_total 1") != std::string::npos);
  BOOST_TEST(versions().at("f-1") == before.at("f-1") + 1);
}

// Others of a provider that nobody could open here, and that must not end a page either.
BOOST_AUTO_TEST_CASE(names_that_are_no_ids_are_passed_over) {
  for (const char* path : {"/yjs/w/a%20b", "/yjs/w/a/b.txt", "/yjs/w/%C3%A4", "/yjs/w/b.txt"}) {
    Person& olga = provider("Olga", path);
    olga.types(0, "x");
    settle();
  }
  types(anns("a-1"), "x");
  const auto all = versions(1);
  BOOST_TEST(all.size() == 2U);
  BOOST_TEST((all.contains("a-1") && all.contains("b.txt")));
}

BOOST_AUTO_TEST_CASE(lists_are_read_at_the_pace_of_searches) {
  for (unsigned i = 0; i < kSearches.burst; ++i) get<DocumentList>(ben, {});
  BOOST_TEST(refusal<DocumentList>(ben, {}) == code(ConnectError::TooFast));
  BOOST_TEST(refusal<connect::ChatSearch>(ben, {"x", {}, {}, {}, {}, {}}) ==
             code(ConnectError::TooFast));
  wait(kSearches.pause);
  get<DocumentList>(ben, {});
}

BOOST_AUTO_TEST_CASE(a_list_that_the_store_cannot_read_is_an_error) {
  ConnectDocument& file = anns("f-1");
  std::optional<support::Outcome<DocumentList>> answer;
  file.types(0, "x");
  ann.client.call<DocumentList>({}, [&](const auto& outcome) { answer = outcome; });
  ann.sends();
  server->end_of_turn();
  store.fail_sync();
  store.answer();
  server->end_of_turn();
  ann.reads();
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(std::holds_alternative<jsonrpc::RpcError>(*answer));
}

// How far somebody is -------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(who_opens_a_document_is_told_its_version_once_it_is_loaded) {
  types(anns("f-1"), "text");
  const auto version = versions().at("f-1");
  BOOST_TEST(get<DocumentOpen>(ben, {"f-1", {}}).version == version);
  BOOST_TEST(get<DocumentOpen>(ben, {"f-2", {}}).version == 0);
  crash();
  ben.comes(*server);
  settle();
  ConnectDocument& bens = ben.client.opens("f-1");
  turn(/*store_works=*/false);
  BOOST_TEST(!bens.is_open());
  settle();
  BOOST_TEST(bens.version() == version);
  BOOST_TEST(bens.text() == "text");
}

BOOST_AUTO_TEST_CASE(the_version_is_never_newer_than_what_he_gets) {
  ConnectDocument& file = anns("f-1");
  types(file, "old");
  const auto version = versions().at("f-1");
  file.types(3, " new");
  turn(/*store_works=*/false);
  ConnectDocument& bens = ben.client.opens("f-1");
  turn(/*store_works=*/false);
  BOOST_TEST(bens.version() == version);
  BOOST_TEST(bens.text() == "old new");
  settle();
  BOOST_TEST(versions().at("f-1") > version);
}

BOOST_AUTO_TEST_CASE(who_closes_a_document_is_told_up_to_where_he_has_it) {
  ConnectDocument& file = anns("f-1");
  types(file, "one");
  const auto opened = get<DocumentOpen>(ben, {"f-1", kNothingYet});
  types(file, "two");
  BOOST_TEST((closes(opened.channel) == versions().at("f-1")));
  BOOST_TEST(versions().at("f-1") > opened.version);
  BOOST_TEST(!closes(opened.channel).has_value());  // it is closed already
}

BOOST_AUTO_TEST_CASE(what_is_not_on_disk_yet_is_not_in_the_version) {
  ConnectDocument& file = anns("f-1");
  types(file, "one");
  ConnectDocument& bens = ben.client.opens("f-1");
  settle();
  file.types(3, "two");
  turn(/*store_works=*/false);
  BOOST_TEST(bens.text() == "onetwo");
  ben.client.closes(bens);
  turn(/*store_works=*/false);
  const auto version = bens.version();
  settle();
  BOOST_TEST(versions().at("f-1") > version);
}

BOOST_AUTO_TEST_CASE(who_has_not_said_what_he_has_was_not_sent_everything) {
  types(anns("f-1"), "text");
  BOOST_TEST(!closes(get<DocumentOpen>(ben, {"f-1", {}}).channel).has_value());
}

// It is delivered at the end of the turn, when he has gone.
BOOST_AUTO_TEST_CASE(who_closes_while_somebody_types_does_not_have_that) {
  ConnectDocument& file = anns("f-1");
  types(file, "one");
  const auto opened = get<DocumentOpen>(ben, {"f-1", kNothingYet});
  file.types(3, "two");
  BOOST_TEST(!closes(opened.channel).has_value());
}

BOOST_AUTO_TEST_CASE(who_reads_slowly_does_not_have_everything) {
  ConnectDocument& file = anns("f-1");
  types(file, "one");
  const auto opened = get<DocumentOpen>(ben, {"f-1", kNothingYet});
  ben.is_slow(true);
  while (ben.waiting_bytes() <= net::kBacklogBytes) {
    file.types(0, std::string(500'000, 'x'));
    turn();
    file.erases(0, 500'000);
    turn();
  }
  turn();
  std::optional<std::optional<std::int64_t>> version;
  ben.client.call<DocumentClose>({opened.channel}, [&](const auto& outcome) {
    version = std::get<DocumentClose::Reply>(outcome).version;
  });
  turn();
  ben.is_slow(false);
  turn();
  BOOST_TEST_REQUIRE(version.has_value());
  BOOST_TEST(!version->has_value());
}

BOOST_AUTO_TEST_CASE(a_document_that_cannot_be_loaded_has_an_answer_and_no_version) {
  types(anns("f-1"), "one");
  types(*ann.client.documents().front(), "two");
  crash();
  store.lose_newest_entry();
  ben.comes(*server);
  settle();
  BOOST_TEST(get<DocumentOpen>(ben, {"f-1", kNothingYet}).version == 0);
  const auto& refusals = ben.client.heard<connect::DocumentRefused>();
  BOOST_TEST_REQUIRE(refusals.size() == 1U);
  BOOST_TEST(refusals.front().rule == "unavailable");
}

BOOST_AUTO_TEST_CASE(who_waits_for_a_document_when_the_server_stops_is_answered) {
  int answers = 0;
  ben.client.call<DocumentOpen>({"f-1", {}}, [&](const auto&) { ++answers; });
  turn(/*store_works=*/false);
  BOOST_TEST(answers == 0);
  server->drain();
  turn(/*store_works=*/false);
  BOOST_TEST(answers == 1);
  settle();
  BOOST_TEST(server->is_drained());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
