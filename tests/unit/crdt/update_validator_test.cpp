#include "daemon/crdt/update_validator.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/document.h"
#include "daemon/crdt/update_merge.h"
#include "tests/support/hex.h"
#include "tests/support/seeded_random.h"
#include "tests/unit/crdt/update_builder.h"

namespace plait::crdt {
namespace {

using support::bytes_of_hex;
using support::SeededRandom;

constexpr std::string_view kAccepted = "accepted";

/// Ann's server: she may write as 7 and 8, and Ben, who writes as 20, was here before.
class Server {
 public:
  explicit Server(UpdateRules chosen = UpdateRules::for_file()) : rules(chosen) {
    rules.leased = &leased;
  }

  /// "accepted", or the rule that an update breaks. Whatever is refused must leave no trace.
  std::string offer(std::string_view update) {
    const std::string before = document.encode_state();
    const std::size_t clients = count_of_clients();
    const std::size_t roots = document.replica().roots.size();
    const auto result = document.apply_checked(update, rules);
    BOOST_TEST(!document.has_pending());
    document.check_invariants();
    if (result) return std::string(kAccepted);
    BOOST_TEST((document.encode_state() == before));
    BOOST_TEST(count_of_clients() == clients);
    BOOST_TEST(document.replica().roots.size() == roots);
    const std::string& message = result.error().message;
    constexpr std::string_view kPrefix = "rule ";
    BOOST_TEST_REQUIRE(message.starts_with(kPrefix));
    return message.substr(kPrefix.size(), message.find(':') - kPrefix.size());
  }
  std::string offer(const UpdateBuilder& update) { return offer(update.str()); }

  /// Somebody else's update, which was judged before.
  Server& has(const UpdateBuilder& update) {
    BOOST_TEST_REQUIRE(document.apply(update.str()).has_value());
    BOOST_TEST_REQUIRE(!document.has_pending());
    return *this;
  }
  [[nodiscard]] std::string reads() { return document.to_string(document.text("content")); }

  ClientSet leased{ClientId{7}, ClientId{8}};
  UpdateRules rules;
  Document document{{.client = ClientId{99}}};

 private:
  [[nodiscard]] std::size_t count_of_clients() const {
    std::size_t count = 0;
    document.replica().clients.for_each(
        [&](ClientRef, const ClientTable::Client&) { ++count; });
    return count;
  }
};

UpdateRules any_content() {
  UpdateRules rules;
  rules.kinds = kAnyKinds;
  return rules;
}

UpdateBuilder by(std::uint64_t client, std::uint32_t clock) {
  return std::move(UpdateBuilder().by(client, clock));
}

/// Content of each kind, as on the wire.
struct Sample {
  ContentKind kind;
  std::string_view content;
};
using namespace std::string_view_literals;
constexpr Sample kSamples[] = {
    {ContentKind::Deleted, ""},
    {ContentKind::Json, "\x01\x31"sv},
    {ContentKind::Binary, "\x01\x02"sv},
    {ContentKind::String, "s"sv},
    {ContentKind::Embed, "{\"a\":1}"sv},
    {ContentKind::Format, "\x01\x62\x04true"sv},
    {ContentKind::Type, "\x02"sv},
    {ContentKind::Any, "\x7D\x05"sv},
    {ContentKind::Doc, "\x01g\x76\x00"sv},
};

/// `count` structs of one character each, one behind the other.
UpdateBuilder keystrokes(std::uint64_t client, std::size_t count) {
  UpdateBuilder update = by(client, 0);
  update.text("x");
  for (std::size_t i = 1; i < count; ++i) update.more("x");
  return update;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(update_validator)

BOOST_AUTO_TEST_CASE(what_honest_people_write_gets_in) {
  Server server;
  BOOST_TEST(server.offer(by(7, 0).text("hello")) == kAccepted);
  BOOST_TEST(server.offer(by(7, 5).more(" world")) == kAccepted);
  BOOST_TEST(server.offer(by(8, 0).text(",", {.left = id(7, 4), .right = id(7, 5)})) ==
             kAccepted);
  BOOST_TEST(server.offer(UpdateBuilder().erases(7, 0, 1)) == kAccepted);
  BOOST_TEST(server.offer(by(7, 11).text("H", {.right = id(7, 0)}).erases(7, 10, 1)) ==
             kAccepted);
  BOOST_TEST(server.offer(UpdateBuilder()) == kAccepted);
  BOOST_TEST(server.reads() == "Hello, worl");
}

BOOST_AUTO_TEST_CASE(an_error_says_which_rule_and_what_sort) {
  Document document({.client = ClientId{99}});
  UpdateRules rules = UpdateRules::for_file();
  rules.max_structs = 1;
  auto refused = document.apply_checked(by(7, 3).text("x").str(), rules);
  BOOST_TEST(refused.error().message ==
             "rule clock: there is a gap before the structs of client 7");
  BOOST_TEST((refused.error().code == ErrorCode::Refused));
  refused = document.apply_checked(keystrokes(7, 2).str(), rules);
  BOOST_TEST((refused.error().code == ErrorCode::LimitExceeded));
  refused = document.apply_checked("\x01", rules);
  BOOST_TEST(refused.error().message == "rule format: the update is cut short");
  BOOST_TEST((refused.error().code == ErrorCode::Malformed));
}

BOOST_AUTO_TEST_CASE(every_rule_has_a_name_of_its_own) {
  std::vector<std::string_view> names;
  for (unsigned i = 0; i < kRules; ++i) {
    const std::string_view name = name_of(Rule{static_cast<std::uint8_t>(i)});
    BOOST_TEST(!name.empty());
    BOOST_TEST((std::find(names.begin(), names.end(), name) == names.end()));
    names.push_back(name);
  }
}

BOOST_AUTO_TEST_CASE(an_update_has_a_greatest_size) {
  const std::size_t head =
      by(7, 0).text(std::string(kMaxUpdateBytes / 2, 'x')).str().size() - kMaxUpdateBytes / 2;
  const std::string largest = by(7, 0).text(std::string(kMaxUpdateBytes - head, 'x')).str();
  const std::string larger = by(7, 0).text(std::string(kMaxUpdateBytes - head + 1, 'x')).str();
  BOOST_TEST_REQUIRE(largest.size() == kMaxUpdateBytes);
  BOOST_TEST_REQUIRE(larger.size() == kMaxUpdateBytes + 1);
  Server server;
  BOOST_TEST(server.offer(larger) == "size");
  BOOST_TEST(server.offer(largest) == kAccepted);
}

BOOST_AUTO_TEST_CASE(what_is_no_update_is_refused) {
  Server server;
  const std::string whole = by(7, 0).text("hello").erases(7, 1, 2).str();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    BOOST_TEST(server.offer(std::string_view(whole).substr(0, size)) == "format");
  }
  BOOST_TEST(server.offer(whole + '\0') == "format");
  BOOST_TEST(server.offer(by(7, 0).text("\xF0\x9F").str()) == "format");
  BOOST_TEST(server.offer(whole) == kAccepted);
}

BOOST_AUTO_TEST_CASE(clocks_end_at_2_to_the_31st) {
  Server server;
  server.rules.max_deleted_units = UINT64_MAX;
  const std::uint32_t limit = std::uint32_t{1} << 31;
  BOOST_TEST(server.offer(by(7, 0).deleted(limit - 1)) == kAccepted);
  BOOST_TEST(server.offer(by(7, limit - 1).more("ab")) == "format");
  BOOST_TEST(server.offer(by(7, limit - 1).more("a")) == kAccepted);
  BOOST_TEST(server.offer(by(7, limit).more("b")) == "format");
}

BOOST_AUTO_TEST_CASE(numbers_and_values_have_one_form) {
  Server server(any_content());
  BOOST_TEST(server.offer(bytes_of_hex("8000 00")) == "canonical");
  BOOST_TEST(server.offer(bytes_of_hex("01 01 07 8000 04 01 0161 0178 00")) == "canonical");
  // {"a": 1}, with a space
  BOOST_TEST(server.offer(by(7, 0).add(ContentKind::Embed, 1, "{\"a\": 1}")) == "canonical");
  BOOST_TEST(server.offer(by(7, 0).add(ContentKind::Embed, 1, "{\"a\":1}")) == kAccepted);
  // a client without structs, and one without deletions
  BOOST_TEST(server.offer(bytes_of_hex("01 00 07 00 00")) == "canonical");
  BOOST_TEST(server.offer(bytes_of_hex("00 01 07 00")) == "canonical");
  // one client twice in the deletions
  server.has(by(20, 0).text("abcdef"));
  BOOST_TEST(server.offer(bytes_of_hex("00 02 14 01 00 01 14 01 02 01")) == "canonical");
  BOOST_TEST(server.offer(bytes_of_hex("00 01 14 02 00 01 02 01")) == kAccepted);
}

BOOST_AUTO_TEST_CASE(structs_are_counted) {
  Server server;
  BOOST_TEST(server.offer(keystrokes(7, kMaxUpdateStructs + 1)) == "structs");
  BOOST_TEST(server.offer(keystrokes(7, kMaxUpdateStructs)) == kAccepted);
}

BOOST_AUTO_TEST_CASE(clients_in_an_update_are_counted) {
  const auto crowd = [](std::size_t size) {
    UpdateBuilder update;
    for (std::size_t client = 100 + size; client > 100; --client)
      update.by(client, 0).text("x");
    return update;
  };
  Server server;
  server.rules.leased = nullptr;
  BOOST_TEST(server.offer(crowd(kMaxUpdateSections + 1)) == "sections");
  BOOST_TEST(server.offer(crowd(kMaxUpdateSections)) == kAccepted);
}

BOOST_AUTO_TEST_CASE(clients_come_once_and_the_highest_first) {
  Server server;
  BOOST_TEST(server.offer(by(7, 0).text("x").by(8, 0).text("y")) == "sections");
  BOOST_TEST(server.offer(by(7, 0).text("x").by(7, 1).more("y")) == "sections");
  BOOST_TEST(server.offer(by(8, 0).text("y").by(7, 0).text("x")) == kAccepted);
}

BOOST_AUTO_TEST_CASE(a_document_that_waits_for_something_takes_nothing) {
  Server server;
  BOOST_TEST_REQUIRE(server.document.apply(by(20, 3).text("x").str()).has_value());
  BOOST_TEST_REQUIRE(server.document.has_pending());
  const std::string update = by(7, 0).text("x").str();
  const auto refused = server.document.apply_checked(update, server.rules);
  BOOST_TEST(refused.error().message.starts_with("rule pending: "));
  BOOST_TEST_REQUIRE(server.document.apply(by(20, 0).text("abc").str()).has_value());
  BOOST_TEST(server.offer(update) == kAccepted);
}

BOOST_AUTO_TEST_CASE(a_file_holds_text_and_what_is_left_of_it) {
  for (const Sample& sample : kSamples) {
    Server server;
    const bool allowed =
        sample.kind == ContentKind::String || sample.kind == ContentKind::Deleted;
    BOOST_TEST(server.offer(by(7, 0).add(sample.kind, 1, sample.content)) ==
               (allowed ? kAccepted : "kind"));
  }
}

BOOST_AUTO_TEST_CASE(other_documents_hold_whatever_has_content) {
  for (const Sample& sample : kSamples) {
    Server server(any_content());
    BOOST_TEST(server.offer(by(7, 0).add(sample.kind, 1, sample.content)) == kAccepted);
  }
}

BOOST_AUTO_TEST_CASE(an_open_document_takes_blocks_that_were_collected_before_they_were_sent) {
  Server server(UpdateRules::for_open_document());
  BOOST_TEST(server.offer(by(7, 0).add(ContentKind::Gc, 3, {})) == kAccepted);
  BOOST_TEST(server.offer(by(7, 3).more("after")) == kAccepted);
  BOOST_TEST(server.offer(by(7, 10).add(ContentKind::Gc, 1, {})) == "clock");
  BOOST_TEST(server.offer(by(8, 0).text("x").add(ContentKind::Gc, 1, {}).more("y")) ==
             kAccepted);
  BOOST_TEST(server.offer(by(8, 3).add(ContentKind::Gc, kMaxDeletedUnits + 1, {})) == "length");
  BOOST_TEST(server.offer(by(8, 3).add(ContentKind::Gc, kMaxDeletedUnits, {})) == kAccepted);
}

BOOST_AUTO_TEST_CASE(a_whole_document_may_come_to_an_open_one_in_one_update) {
  Server strict(any_content());
  Server open(UpdateRules::for_open_document());
  const UpdateBuilder everything = keystrokes(7, kMaxUpdateStructs + 1);
  BOOST_TEST(strict.offer(everything) == "structs");
  BOOST_TEST(open.offer(everything) == kAccepted);
}

BOOST_AUTO_TEST_CASE(what_was_lost_on_the_way_is_told_from_what_nobody_honest_sends) {
  Server server;
  const auto rule = [&](const UpdateBuilder& update) {
    return rule_of(server.document.apply_checked(update.str(), server.rules).error());
  };
  BOOST_TEST(asks_for_resync(rule(by(7, 3).text("x")).value()));
  BOOST_TEST(asks_for_resync(rule(by(7, 0).text("x", {.left = id(20, 0)})).value()));
  BOOST_TEST(asks_for_resync(rule(UpdateBuilder().erases(20, 0, 1)).value()));
  BOOST_TEST(!asks_for_resync(rule(by(9, 0).text("x")).value()));
  BOOST_TEST(!rule_of(Error{ErrorCode::OutOfMemory, "out of memory"}).has_value());
  BOOST_TEST(!rule_of(Error{ErrorCode::Refused, "rule of thumb: none"}).has_value());
}

BOOST_AUTO_TEST_CASE(collected_and_skipped_blocks_are_for_nobody) {
  for (const UpdateRules& rules : {UpdateRules::for_file(), any_content()}) {
    Server server(rules);
    BOOST_TEST(server.offer(by(7, 0).add(ContentKind::Gc, 3, {})) == "kind");
    BOOST_TEST(server.offer(by(7, 0).add(ContentKind::Skip, 3, {})) == "clock");
    server.has(by(7, 0).text("abc"));
    BOOST_TEST(server.offer(by(7, 0).add(ContentKind::Skip, 3, {})) == "clock");
  }
}

BOOST_AUTO_TEST_CASE(new_text_does_not_come_under_somebody_elses_id) {
  struct EvenIds final : ClientOwners {
    [[nodiscard]] bool may_insert(ClientId client) const override {
      return number(client) % 2 == 0;
    }
  } even;
  Server server;
  server.rules.leased = nullptr;
  server.rules.owners = &even;
  server.has(by(21, 0).text("abc"));
  BOOST_TEST(server.offer(by(8, 0).text("x")) == kAccepted);
  BOOST_TEST(server.offer(by(7, 0).text("x")) == "lease");
  BOOST_TEST(server.offer(by(21, 0).text("abc")) == kAccepted);
  BOOST_TEST(server.offer(by(21, 3).more("d")) == "lease");
}

BOOST_AUTO_TEST_CASE(new_text_comes_under_the_ids_of_its_sender) {
  Server server;
  server.has(by(20, 0).text("abc"));
  BOOST_TEST(server.offer(by(21, 0).text("x")) == "lease");
  BOOST_TEST(server.offer(by(20, 3).more("d")) == "lease");
  BOOST_TEST(server.offer(by(20, 0).text("abcd")) == "lease");
  BOOST_TEST(server.offer(by(20, 3).more("d").by(7, 0).text("x")) == "lease");
  BOOST_TEST(server.offer(by(20, 0).text("abc").by(7, 0).text("x", {.right = id(20, 0)})) ==
             kAccepted);
  BOOST_TEST(server.reads() == "xabc");
  server.rules.leased = nullptr;
  BOOST_TEST(server.offer(by(20, 3).more("d")) == kAccepted);
}

BOOST_AUTO_TEST_CASE(new_text_starts_where_its_client_ends) {
  Server server;
  BOOST_TEST(server.offer(by(7, 1).text("b")) == "clock");
  BOOST_TEST(server.offer(by(7, 0).text("abc")) == kAccepted);
  BOOST_TEST(server.offer(by(7, 4).more("e")) == "clock");
  BOOST_TEST(server.offer(by(7, 3).more("d")) == kAccepted);
  BOOST_TEST(server.offer(by(7, 0).text("abcde")) == kAccepted);
  BOOST_TEST(server.reads() == "abcde");
}

BOOST_AUTO_TEST_CASE(what_is_deleted_before_it_is_sent_is_measured_too) {
  constexpr auto kMost = static_cast<std::uint32_t>(kMaxDeletedUnits);
  Server server;
  BOOST_TEST(server.offer(by(7, 0).deleted(kMost + 1)) == "length");
  BOOST_TEST(server.offer(by(8, 0).deleted(kMost - 1).by(7, 0).deleted(2)) == "length");
  BOOST_TEST(server.offer(by(7, 0).deleted(kMost)) == kAccepted);
  // What is known already does not count.
  BOOST_TEST(server.offer(by(7, 0).deleted(kMost).text("x", {.left = id(7, kMost - 1)})) ==
             kAccepted);
}

BOOST_AUTO_TEST_CASE(what_it_builds_on_is_there_or_comes_along) {
  Server server(any_content());
  server.has(by(20, 0).text("abc"));
  BOOST_TEST(server.offer(by(7, 0).text("x", {.left = id(20, 3)})) == "dependency");
  BOOST_TEST(server.offer(by(7, 0).text("x", {.right = id(21, 0)})) == "dependency");
  BOOST_TEST(server.offer(by(7, 0).text("x", {.parent = id(21, 0)})) == "dependency");
  BOOST_TEST(server.offer(by(7, 0).text("x", {.left = id(8, 0)})) == "dependency");
  BOOST_TEST(server.offer(by(7, 0).text("x", {.left = id(20, 2)})) == kAccepted);
  BOOST_TEST(server.offer(by(8, 0).text("y", {.left = id(7, 1)}).by(7, 1).more("z")) ==
             kAccepted);
  BOOST_TEST(server.reads() == "abcxzy");
}

BOOST_AUTO_TEST_CASE(updates_do_not_wait_for_themselves) {
  Server server;
  server.has(by(20, 0).text("abc"));
  UpdateBuilder circle;
  circle.by(8, 0).text("x", {.left = id(7, 0)}).text("x", {.left = id(7, 0)});
  circle.by(7, 0).text("y", {.left = id(8, 0)});
  BOOST_TEST(server.offer(circle) == "dependency");
  UpdateBuilder ladder;
  ladder.by(8, 0).text("1", {.left = id(20, 2)}).text("3", {.left = id(7, 0)});
  ladder.by(7, 0).text("2", {.left = id(8, 0)}).text("4", {.left = id(8, 1)});
  BOOST_TEST(server.offer(ladder) == kAccepted);
  BOOST_TEST(server.reads() == "abc1234");
}

BOOST_AUTO_TEST_CASE(a_file_is_one_text) {
  Server server;
  server.has(by(20, 0).text("abc").text("elsewhere", {.root = "notes"}));
  BOOST_TEST(server.offer(by(7, 0).text("x", {.root = "notes"})) == "parent");
  BOOST_TEST(server.offer(by(7, 0).text("x", {.left = id(20, 5)})) == "parent");
  BOOST_TEST(server.offer(by(7, 0).text("x", {.root = "contents"})) == "parent");
  BOOST_TEST(server.offer(by(7, 0).text("x", {.key = "key"})) == "parent");
  BOOST_TEST(server.offer(by(7, 0).text("x", {.parent = id(20, 0)})) == "parent");
  BOOST_TEST(server.offer(by(7, 0).text("x")) == kAccepted);
  BOOST_TEST(server.offer(by(8, 0).text("y", {.left = id(20, 1)})) == kAccepted);
}

BOOST_AUTO_TEST_CASE(a_parent_holds_a_type_or_was_collected_with_it) {
  Server server(any_content());
  server.has(by(20, 0)
                 .add(ContentKind::Type, 1, "\x02"sv)
                 .text("inside", {.parent = id(20, 0)})
                 .add(ContentKind::Any, 1, "\x7D\x05"sv, {.left = id(20, 0)}));
  BOOST_TEST(server.offer(by(7, 0).text("x", {.parent = id(20, 7)})) == "parent");
  BOOST_TEST(server.offer(by(7, 0).text("x", {.parent = id(20, 0)})) == kAccepted);
  // Ben deletes the type while Ann writes into it.
  server.has(UpdateBuilder().erases(20, 0, 1));
  BOOST_TEST(server.offer(by(7, 1).more("y")) == kAccepted);
  BOOST_TEST(server.offer(by(8, 0).text("z", {.parent = id(20, 0)}).more("zz")) == kAccepted);
  BOOST_TEST(server.offer(by(8, 3).text("z", {.left = id(20, 6)})) == kAccepted);
}

BOOST_AUTO_TEST_CASE(neighbours_are_in_one_list) {
  Server server(any_content());
  server.has(by(20, 0)
                 .text("abc")
                 .text("notes", {.root = "notes"})
                 .add(ContentKind::Any, 1, "\x7D\x05"sv, {.root = "map", .key = "a"})
                 .add(ContentKind::Any, 1, "\x7D\x05"sv, {.root = "map", .key = "b"}));
  BOOST_TEST(server.offer(by(7, 0).text("x", {.left = id(20, 0), .right = id(20, 4)})) ==
             "origins");
  BOOST_TEST(server.offer(by(7, 0).text("x", {.left = id(20, 8), .right = id(20, 9)})) ==
             "origins");
  BOOST_TEST(server.offer(by(7, 0).text("x", {.left = id(20, 0), .right = id(20, 2)})) ==
             kAccepted);
  BOOST_TEST(server.offer(by(7, 1).text("x", {.left = id(20, 9)})) == kAccepted);
}

BOOST_AUTO_TEST_CASE(new_text_stands_between_its_neighbours) {
  Server server;
  server.has(by(20, 0).text("abc"));
  BOOST_TEST(server.offer(by(7, 0).text("x", {.left = id(20, 1), .right = id(20, 0)})) ==
             "origins");
  BOOST_TEST(server.offer(by(7, 0).text("x", {.left = id(20, 1), .right = id(20, 1)})) ==
             "origins");
  BOOST_TEST(server.offer(by(7, 0).text("x", {.left = id(20, 1), .right = id(20, 2)})) ==
             kAccepted);
}

BOOST_AUTO_TEST_CASE(roots_are_counted) {
  Server server(any_content());
  UpdateBuilder roots = by(20, 0);
  for (std::size_t i = 0; i < kMaxRoots - 1; ++i) roots.text("x", {.root = std::to_string(i)});
  server.has(roots);
  BOOST_TEST(server.offer(by(7, 0).text("x", {.root = "one"}).text("y", {.root = "two"})) ==
             "roots");
  BOOST_TEST(server.offer(by(7, 0).text("x", {.root = "one"}).text("y", {.root = "one"})) ==
             kAccepted);
  BOOST_TEST(server.offer(by(7, 2).text("x", {.root = "two"})) == "roots");
  BOOST_TEST(server.offer(by(7, 2).text("x", {.root = "5"})) == kAccepted);
}

// Sent again ----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_is_known_may_come_again_as_it_was) {
  Server server;
  server.has(by(20, 0).text("abcdef"));
  server.has(by(21, 0).text("X", {.left = id(20, 2), .right = id(20, 3)}));
  BOOST_TEST(server.offer(by(20, 0).text("abcdef")) == kAccepted);
  BOOST_TEST(server.offer(by(20, 0).text("abc").more("def")) == kAccepted);
  BOOST_TEST(server.offer(by(20, 2).text("cd", {.left = id(20, 1)})) == kAccepted);
  BOOST_TEST(server.offer(by(21, 0).text("X", {.left = id(20, 2), .right = id(20, 3)})) ==
             kAccepted);
  BOOST_TEST(server.offer(server.document.encode_state()) == kAccepted);
  BOOST_TEST(server.reads() == "abcXdef");
}

BOOST_AUTO_TEST_CASE(known_content_does_not_change) {
  Server server(any_content());
  server.has(by(20, 0)
                 .text("abcdef")
                 .add(ContentKind::Any, 3, "\x7D\x01\x7D\x02\x7D\x03"sv, {.root = "array"})
                 .add(ContentKind::Type, 1, "\x01"sv, {.root = "array"})
                 .add(ContentKind::Embed, 1, "{\"a\":1}", {.left = id(20, 5)}));
  BOOST_TEST(server.offer(by(20, 0).text("abcdeg")) == "known");
  BOOST_TEST(server.offer(by(20, 2).text("CD", {.left = id(20, 1)})) == "known");
  BOOST_TEST(server.offer(by(20, 0).add(ContentKind::Binary, 1, "a")) == "known");
  BOOST_TEST(server.offer(by(20, 7).add(ContentKind::Any, 2, "\x7D\x02\x7D\x04"sv,
                                        {.left = id(20, 6)})) == "known");
  BOOST_TEST(server.offer(by(20, 7).add(ContentKind::Any, 2, "\x7D\x02\x7D\x03"sv,
                                        {.left = id(20, 6)})) == kAccepted);
  BOOST_TEST(server.offer(by(20, 9).add(ContentKind::Type, 1, "\x02"sv, {.root = "array"})) ==
             "known");
  BOOST_TEST(server.offer(by(20, 9).add(ContentKind::Type, 1, "\x01"sv, {.root = "array"})) ==
             kAccepted);
  BOOST_TEST(server.offer(by(20, 10).add(ContentKind::Embed, 1, "{\"a\":2}",
                                         {.left = id(20, 5)})) == "known");
}

BOOST_AUTO_TEST_CASE(known_content_does_not_move) {
  Server server(any_content());
  server.has(by(20, 0)
                 .text("ab")
                 .text("c", {.left = id(20, 0), .right = id(20, 1)})
                 .text("d", {.root = "map", .key = "key"})
                 .add(ContentKind::Type, 1, "\x02"sv, {.root = "map", .key = "type"})
                 .text("e", {.parent = id(20, 4)}));
  BOOST_TEST(server.offer(by(20, 2).text("c", {.left = id(20, 1)})) == "known");
  BOOST_TEST(server.offer(by(20, 2).text("c", {.left = id(20, 0)})) == "known");
  BOOST_TEST(server.offer(by(20, 2).text("c", {.right = id(20, 1)})) == "known");
  BOOST_TEST(server.offer(by(20, 2).text("c")) == "known");
  BOOST_TEST(server.offer(by(20, 0).text("abc")) == "known");
  BOOST_TEST(server.offer(by(20, 1).text("b", {.left = id(20, 0), .right = id(19, 0)})) !=
             kAccepted);
  BOOST_TEST(server.offer(by(20, 0).text("ab", {.root = "map"})) == "known");
  BOOST_TEST(server.offer(by(20, 0).text("ab", {.key = "key"})) == "known");
  BOOST_TEST(server.offer(by(20, 3).text("d", {.root = "map"})) == "known");
  BOOST_TEST(server.offer(by(20, 3).text("d", {.root = "map", .key = "cay"})) == "known");
  BOOST_TEST(server.offer(by(20, 5).text("e", {.root = "map"})) == "known");
  BOOST_TEST(server.offer(by(20, 5).text("e", {.parent = id(20, 3)})) == "known");
  BOOST_TEST(
      server.offer(by(20, 2)
                       .text("c", {.left = id(20, 0), .right = id(20, 1)})
                       .text("d", {.root = "map", .key = "key"})
                       .add(ContentKind::Type, 1, "\x02"sv, {.root = "map", .key = "type"})
                       .text("e", {.parent = id(20, 4)})) == kAccepted);
}

BOOST_AUTO_TEST_CASE(a_neighbour_from_the_same_update_is_not_the_one_that_was_there) {
  Server server;
  server.has(by(20, 0).text("a"));
  // 7:0 is new, and cannot be what 20:0 hangs on.
  BOOST_TEST(server.offer(by(20, 0).text("a", {.left = id(7, 0)}).by(7, 0).text("x")) ==
             "known");
}

BOOST_AUTO_TEST_CASE(a_part_may_be_known) {
  Server server;
  BOOST_TEST(server.offer(by(7, 0).text("abc")) == kAccepted);
  BOOST_TEST(server.offer(by(7, 0).text("abX")) == "known");
  BOOST_TEST(server.offer(by(7, 0).text("abcX", {.right = id(8, 0)}).by(8, 0).text("y")) !=
             kAccepted);
  BOOST_TEST(server.offer(by(7, 1).text("bcde", {.left = id(7, 0)})) == kAccepted);
  BOOST_TEST(server.reads() == "abcde");
}

BOOST_AUTO_TEST_CASE(collected_content_may_come_again) {
  Server server;
  server.has(by(7, 0).text("abcdef").erases(7, 1, 3));
  BOOST_TEST_REQUIRE(server.reads() == "aef");
  BOOST_TEST(server.offer(by(7, 0).text("abcdef")) == kAccepted);
  BOOST_TEST(server.offer(by(7, 0).text("abcdefg")) == kAccepted);
  BOOST_TEST(server.offer(by(7, 0).text("abcdeX")) == "known");
  BOOST_TEST(server.offer(by(7, 2).text("cd", {.left = id(7, 0)})) == "known");
  BOOST_TEST(server.reads() == "aefg");
}

BOOST_AUTO_TEST_CASE(a_client_may_have_collected_what_is_deleted) {
  Server server;
  server.has(by(7, 0).text("abcdef").erases(7, 0, 2));
  BOOST_TEST(server.offer(by(7, 0).deleted(2)) == kAccepted);
  BOOST_TEST(server.offer(by(7, 0).deleted(3)) == "known");
  BOOST_TEST(server.offer(by(7, 0).deleted(3).erases(7, 3, 1)) == "known");
  BOOST_TEST(server.offer(by(7, 0).add(ContentKind::Gc, 3, {})) == "known");
  BOOST_TEST(server.offer(by(7, 0).deleted(4).more("ef").erases(7, 2, 1).erases(7, 3, 1)) ==
             kAccepted);
  BOOST_TEST(server.offer(by(7, 0).add(ContentKind::Gc, 4, {})) == kAccepted);
  BOOST_TEST(server.reads() == "ef");
}

BOOST_AUTO_TEST_CASE(a_character_that_was_torn_apart_is_known_all_the_same) {
  Server server;
  const std::string face = "a\xF0\x9F\x98\x80z";
  server.has(by(7, 0).text(face));
  server.has(by(20, 0).text("-", {.left = id(7, 1), .right = id(7, 2)}));
  BOOST_TEST_REQUIRE(server.reads() == "a\xEF\xBF\xBD-\xEF\xBF\xBDz");
  BOOST_TEST(server.offer(by(7, 0).text(face)) == kAccepted);
  BOOST_TEST(server.offer(by(7, 0).text(face + "more")) == kAccepted);
  BOOST_TEST(server.offer(by(7, 0).text("a\xF0\x9F\x98\x80y")) == "known");
  BOOST_TEST(server.offer(by(7, 0).text("a\xEF\xBF\xBD\xEF\xBF\xBDz")) == kAccepted);
  // Half of it is gone.
  server.has(UpdateBuilder().erases(7, 0, 2));
  BOOST_TEST(server.offer(by(7, 0).text(face)) == kAccepted);
  BOOST_TEST(server.offer(by(7, 0).text("bcde")) == "known");
}

BOOST_AUTO_TEST_CASE(half_a_character_is_not_known) {
  Server server;
  server.has(by(7, 0).text("a\xEF\xBF\xBD"));
  BOOST_TEST(server.offer(by(7, 0).text("a\xF0\x9F\x98\x80")) == "known");
  BOOST_TEST(server.offer(by(7, 0).text("a\xEF\xBF\xBD\xEF\xBF\xBD")) == kAccepted);
  Server other;
  other.has(by(7, 0).text("a\xF0\x9F\x98\x80"));
  BOOST_TEST(other.offer(by(7, 0).text("a\xEF\xBF\xBD")) == "known");
}

BOOST_AUTO_TEST_CASE(a_type_that_was_collected_may_come_again) {
  Server server(any_content());
  const UpdateBuilder type =
      by(7, 0).add(ContentKind::Type, 1, "\x02"sv).text("abc", {.parent = id(7, 0)});
  BOOST_TEST(server.offer(type) == kAccepted);
  server.has(UpdateBuilder().erases(7, 0, 1));
  BOOST_TEST(server.offer(type) == kAccepted);
  BOOST_TEST(server.offer(server.document.encode_state()) == kAccepted);
  // What it cannot know it cannot check; but nothing may wait.
  BOOST_TEST(
      server.offer(
          by(7, 0).add(ContentKind::Type, 1, "\x02"sv).text("abc", {.left = id(21, 0)})) ==
      "dependency");
  // Yjs fails at text that goes on in a list behind something without one.
  server.has(by(20, 0).text("def"));
  BOOST_TEST(server.offer(by(7, 1).text("abcd", {.left = id(20, 0)})) == "known");
  BOOST_TEST(server.offer(by(7, 1).text("abcd", {.parent = id(7, 0)})) == kAccepted);
}

// Deletions -----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(deletions_are_in_order_and_apart) {
  Server server;
  server.has(by(20, 0).text("abcdefgh"));
  server.has(by(21, 0).text("xyz", {.left = id(20, 7)}));
  const auto deletes = [&](std::uint32_t a, std::uint32_t a_length, std::uint32_t b,
                           std::uint32_t b_length) {
    return server.offer(UpdateBuilder().erases(20, a, a_length).erases(20, b, b_length));
  };
  BOOST_TEST(deletes(2, 1, 0, 1) == "deletes");
  BOOST_TEST(deletes(0, 2, 1, 2) == "deletes");
  BOOST_TEST(deletes(0, 1, 0, 1) == "deletes");
  BOOST_TEST(deletes(0, 1, 1, 1) == kAccepted);
  BOOST_TEST(deletes(3, 1, 5, 1) == kAccepted);
  BOOST_TEST(server.offer(UpdateBuilder().erases(20, 0, 1).erases(21, 0, 1)) == "deletes");
  BOOST_TEST(server.offer(UpdateBuilder().erases(21, 0, 1).erases(20, 0, 1)) == kAccepted);
}

BOOST_AUTO_TEST_CASE(only_what_is_there_is_deleted) {
  Server server;
  server.has(by(20, 0).text("abc"));
  BOOST_TEST(server.offer(UpdateBuilder().erases(20, 3, 1)) == "deletes");
  BOOST_TEST(server.offer(UpdateBuilder().erases(20, 2, 2)) == "deletes");
  BOOST_TEST(server.offer(UpdateBuilder().erases(21, 0, 1)) == "deletes");
  BOOST_TEST(server.offer(by(7, 0).text("xy").erases(7, 1, 2)) == "deletes");
  BOOST_TEST(server.offer(by(7, 0).text("xy").erases(7, 1, 1)) == kAccepted);
  BOOST_TEST(server.offer(UpdateBuilder().erases(20, 0, 3)) == kAccepted);
  BOOST_TEST(server.reads() == "x");
}

BOOST_AUTO_TEST_CASE(ranges_are_counted) {
  Server server;
  server.has(by(20, 0).text(std::string(2 * kMaxDeleteRanges + 2, 'x')));
  UpdateBuilder most;
  for (std::uint32_t i = 0; i < kMaxDeleteRanges; ++i) most.erases(20, 2 * i, 1);
  UpdateBuilder more = most;
  more.erases(20, 2 * kMaxDeleteRanges, 1);
  BOOST_TEST(server.offer(more) == "delete-ranges");
  BOOST_TEST(server.offer(most) == kAccepted);
}

// Work ----------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(finding_a_place_takes_no_more_than_so_many_steps) {
  // Two others wrote between "a" and "b", each behind the other.
  const auto server_with = [](Server& server, std::uint32_t items) {
    UpdateBuilder chain = by(3, 0);
    for (std::uint32_t i = 0; i < items; i += 2) {
      chain.text("x", {.left = i == 0 ? id(1, 0) : id(2, i / 2 - 1), .right = id(1, 1)});
    }
    chain.by(2, 0);
    for (std::uint32_t i = 1; i < items; i += 2) {
      chain.text("y", {.left = id(3, i / 2), .right = id(1, 1)});
    }
    server.has(by(1, 0).text("ab")).has(chain);
  };
  const UpdateBuilder into_it = by(7, 0).text("!", {.left = id(1, 0), .right = id(1, 1)});
  Server fullest;
  server_with(fullest, kMaxScanSteps);
  BOOST_TEST(fullest.offer(into_it) == kAccepted);
  Server fuller;
  server_with(fuller, kMaxScanSteps + 1);
  BOOST_TEST(fuller.offer(into_it) == "steps");
  BOOST_TEST(fuller.offer(by(7, 0).text("!", {.left = id(1, 1)})) == kAccepted);
}

BOOST_AUTO_TEST_CASE(so_many_may_hang_on_one_place) {
  const auto server_with = [](Server& server, std::uint32_t items) {
    UpdateBuilder pile = by(2, 0).text("x", {.left = id(1, 0), .right = id(1, 1)});
    for (std::uint32_t i = 1; i < items; ++i) {
      pile.text("x", {.left = id(1, 0), .right = id(2, i - 1)});
    }
    server.has(by(1, 0).text("ab")).has(pile);
  };
  const UpdateBuilder onto_it = by(7, 0).text("!", {.left = id(1, 0), .right = id(1, 1)});
  Server highest;
  server_with(highest, kMaxSiblings);
  BOOST_TEST(highest.offer(onto_it) == kAccepted);
  Server higher;
  server_with(higher, kMaxSiblings + 1);
  BOOST_TEST(higher.offer(onto_it) == "siblings");
  // Whoever has seen the pile puts nothing into it.
  BOOST_TEST(higher.offer(by(7, 0).text(
                 "!", {.left = id(1, 0), .right = id(2, kMaxSiblings)})) == kAccepted);
}

BOOST_AUTO_TEST_CASE(an_update_pays_for_all_that_is_new_in_it) {
  // Each goes to the start, but before another letter, past all that came before it.
  const auto crowd = [](std::uint32_t size) {
    UpdateBuilder update = by(7, 2000);
    for (std::uint32_t i = 0; i < size; ++i) update.text("x", {.right = id(7, 1999 - i)});
    return update;
  };
  Server server;
  server.has(by(7, 0).text(std::string(2000, '.')));
  server.rules.max_scan_steps = 5000;
  BOOST_TEST(server.offer(crowd(500)) == "steps");
  BOOST_TEST(server.offer(crowd(50)) == kAccepted);
}

BOOST_AUTO_TEST_CASE(what_is_left_to_a_sender_is_for_all_of_his_updates) {
  const auto into_it = [](std::uint64_t client) {
    return UpdateBuilder().by(client, 0).text("x", {.left = id(20, 0), .right = id(20, 1)});
  };
  std::uint64_t left = 5;
  Server server;
  server.has(by(20, 0).text("ab"));
  for (std::uint64_t other = 30; other < 33; ++other) server.has(into_it(other));
  server.rules.scan_steps_left = &left;
  server.leased = {ClientId{40}, ClientId{41}, ClientId{42}};
  BOOST_TEST(server.offer(into_it(40)) == kAccepted);
  BOOST_TEST(left == 2U);
  BOOST_TEST(server.offer(into_it(41)) == "steps");
  BOOST_TEST(left == 0U);
  // What is simply behind something takes none.
  BOOST_TEST(server.offer(UpdateBuilder().by(42, 0).text("x", {.left = id(20, 1)})) ==
             kAccepted);
}

BOOST_AUTO_TEST_CASE(sixteen_thousand_strangers_at_one_place_are_stopped_early) {
  constexpr std::uint32_t kStrangers = 16'000;
  UpdateBuilder attack;
  for (std::uint32_t i = kStrangers; i > 0; --i) {
    attack.by(1000 + i, 0).text("x", {.right = id(20, i - 1)});
  }
  const std::string update = attack.str();
  BOOST_TEST(update.size() < 256U * 1024U);
  Server server;
  server.has(by(20, 0).text(std::string(kStrangers, '.')));
  for (std::uint32_t i = 1; i <= kStrangers; ++i) server.leased.insert(ClientId{1000 + i});
  BOOST_TEST(server.offer(update) == "sections");
  server.rules.max_sections = kStrangers;
  BOOST_TEST(server.offer(update) == "steps");
}

BOOST_AUTO_TEST_CASE(people_who_were_away_for_long_are_let_in) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  Server server;
  server.leased = {ClientId{7}, ClientId{20}};
  Document ann({.client = ClientId{7}});
  Document ben({.client = ClientId{20}});
  const std::string book = by(1, 0).text(std::string(20'000, '.')).str();
  server.rules.leased = nullptr;
  BOOST_TEST_REQUIRE(server.offer(book) == kAccepted);
  server.rules.leased = &server.leased;
  const StateVector before = server.document.state_vector();
  for (Document* document : {&ann, &ben}) {
    BOOST_TEST_REQUIRE(document->apply(book).has_value());
    const TypeRef text = document->text("content");
    for (int i = 0; i < 2000; ++i) {
      // Both are busy with the same chapter.
      const auto at = static_cast<std::uint32_t>(random.below(300));
      BOOST_TEST_REQUIRE(document->insert(text, Utf16Offset{at}, "word ").has_value());
      if (random.one_in(3)) {
        BOOST_TEST_REQUIRE(document->erase(text, Utf16Offset{at}, Utf16Offset{7}).has_value());
      }
    }
  }
  BOOST_TEST(server.offer(ann.encode_state(before)) == kAccepted);
  BOOST_TEST(server.offer(ben.encode_state(before)) == kAccepted);
  BOOST_TEST(server.offer(ann.encode_state(before)) == kAccepted);
}

// Room
// -----------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(where_there_is_no_room_only_what_is_known_may_come) {
  Server server;
  server.has(by(20, 0).text("ben")).has(by(7, 0).text("hello"));
  server.has(UpdateBuilder().erases(7, 1, 2));
  const std::string all = server.document.encode_state();
  server.rules.nothing_new = true;
  BOOST_TEST(server.offer(UpdateBuilder()) == kAccepted);
  BOOST_TEST(server.offer(all) == kAccepted);
  BOOST_TEST(server.offer(by(7, 0).text("hel").erases(7, 1, 1)) == kAccepted);
  BOOST_TEST(server.offer(by(7, 5).more("!")) == "quota");
  BOOST_TEST(server.offer(by(7, 3).text("lo!", {.left = id(7, 2)})) == "quota");
  BOOST_TEST(server.offer(by(8, 0).text("x")) == "quota");
  // A deletion of what is deleted is none.
  BOOST_TEST(server.offer(UpdateBuilder().erases(7, 1, 2)) == kAccepted);
  BOOST_TEST(server.offer(UpdateBuilder().erases(7, 0, 1)) == "quota");
  BOOST_TEST(server.offer(UpdateBuilder().erases(7, 1, 3)) == "quota");
  BOOST_TEST(server.offer(UpdateBuilder().erases(20, 2, 1)) == "quota");
  // What is worse about an update is said before.
  BOOST_TEST(server.offer(by(9, 0).text("x")) == "lease");
  BOOST_TEST(server.offer(by(7, 6).more("x")) == "clock");
  server.rules.nothing_new = false;
  BOOST_TEST(server.offer(by(7, 5).more("!")) == kAccepted);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
