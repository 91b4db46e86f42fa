#include "daemon/server/talk.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/server/limits.h"
#include "protocol/jsonrpc/json.h"
#include "protocol/messages/connect/all.h"
#include "protocol/messages/connect/errors.h"
#include "tests/unit/server/club.h"

namespace plait::server {
namespace {

using connect::ConnectError;

/// Ann and Ben, who talk.
struct Chat : Club {
  Chat() : ann(guest("Ann")), ben(guest("Ben")) {}

  connect::ChatMessage says(ConnectPerson& person, std::string text) {
    return get<connect::ChatSend>(person,
                                  {"id-" + std::to_string(++count), std::move(text), {}, {}})
        .message;
  }
  std::string exported(connect::ExportFormat format) {
    std::string all;
    std::optional<std::int64_t> after;
    do {
      auto piece = get<connect::ChatExport>(ann, {format, after});
      all += piece.content;
      after = piece.next;
    } while (after);
    return all;
  }

  ConnectPerson& ann;
  ConnectPerson& ben;
  int count = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(talk, Chat)

BOOST_AUTO_TEST_CASE(a_message_sent_twice_is_posted_once) {
  const connect::ChatSend message{"m-1", "hello", {}, {}};
  const auto first = get(ann, message).message;
  BOOST_TEST((get(ann, message).message == first));
  BOOST_TEST(get<connect::ChatHistory>(ben, {}).messages.size() == 1U);
  BOOST_TEST(refusal<connect::ChatSend>(ann, {"m-1", "other", {}, {}}) ==
             code(ConnectError::Conflict));
  // Somebody else's ids are his own.
  get<connect::ChatSend>(ben, {"m-1", "other", {}, {}});
  // What was edited since was sent all the same.
  get<connect::ChatEdit>(ann, {first.seq, "hello!"});
  BOOST_TEST(get(ann, message).message.text == "hello!");
}

BOOST_AUTO_TEST_CASE(everybody_hears_a_message_whose_author_was_cut_off_meanwhile) {
  const std::int64_t before = says(ann, "one").seq;
  ann.client.call<connect::ChatSend>({"m-2", "two", {}, {}});
  ann.sends();
  ann.goes();
  settle();
  BOOST_TEST(ben.client.heard<connect::FeedEntries>().back().entries.back().seq == before + 1);
}

BOOST_AUTO_TEST_CASE(a_message_carries_what_it_is_about) {
  const auto original = says(ann, "look here");
  connect::ChatSend answer{"m-2", "I see", original.seq, connect::Anchor{}};
  answer.anchor->document = "f-7";
  answer.anchor->range = {{"abc"}, {std::string("\0\xff", 2)}};
  const auto said = get(ben, answer).message;
  BOOST_TEST(said.reply_to.value_or(0) == original.seq);
  BOOST_TEST((said.anchor == answer.anchor));
  BOOST_TEST(said.author.name == "Ben");
  BOOST_TEST(refusal<connect::ChatSend>(ben, {"m-3", "x", 999, {}}) ==
             code(ConnectError::NotFound));
}

BOOST_AUTO_TEST_CASE(only_the_author_edits_and_an_owner_may_delete) {
  const auto said = says(ann, "hello");
  BOOST_TEST(refusal<connect::ChatEdit>(ben, {said.seq, "bye"}) ==
             code(ConnectError::Forbidden));
  BOOST_TEST(refusal<connect::ChatDelete>(ben, {said.seq}) == code(ConnectError::Forbidden));
  ConnectPerson& olga = guest("Olga");
  BOOST_TEST(refusal<connect::ChatEdit>(olga, {said.seq, "bye"}) ==
             code(ConnectError::Forbidden));
  const auto edited = get<connect::ChatEdit>(ann, {said.seq, "hello!"}).message;
  BOOST_TEST(edited.text == "hello!");
  BOOST_TEST(edited.edited_at.has_value());
  const auto gone = get<connect::ChatDelete>(olga, {said.seq}).message;
  BOOST_TEST(gone.deleted.value_or(false));
  BOOST_TEST(gone.text.empty());
  get<connect::ChatDelete>(ann, {said.seq});
  BOOST_TEST(refusal<connect::ChatEdit>(ann, {said.seq, "back"}) ==
             code(ConnectError::NotFound));
}

BOOST_AUTO_TEST_CASE(what_changes_nothing_is_no_news) {
  const auto said = says(ann, "hello");
  const auto newest = [&] { return get<connect::FeedSince>(ann, {0, 200}).entries.size(); };
  get<connect::ChatEdit>(ann, {said.seq, "hello"});
  get<connect::ChatReact>(ann, {said.seq, "+1", true});
  BOOST_TEST(newest() == 1U);
  get<connect::ChatReact>(ann, {said.seq, "+1", {}});
  get<connect::ChatReact>(ann, {said.seq, "+1", {}});
  BOOST_TEST(newest() == 2U);
}

BOOST_AUTO_TEST_CASE(reactions_are_limited) {
  const auto said = says(ann, "hello");
  for (std::size_t i = 0; i < connect::kMaxReactions; ++i) {
    wait(kPosts.pause);
    get<connect::ChatReact>(ben, {said.seq, std::to_string(i), {}});
  }
  wait(kPosts.pause);
  BOOST_TEST(refusal<connect::ChatReact>(ben, {said.seq, "more", {}}) ==
             code(ConnectError::LimitReached));
}

BOOST_AUTO_TEST_CASE(history_is_read_by_page) {
  for (int i = 1; i <= 7; ++i) says(ann, std::to_string(i));
  const auto last = get<connect::ChatHistory>(ben, {{}, 3});
  BOOST_TEST_REQUIRE(last.messages.size() == 3U);
  BOOST_TEST(last.messages[0].text == "5");
  BOOST_TEST(last.messages[2].text == "7");
  BOOST_TEST(last.more);
  const auto first = get<connect::ChatHistory>(ben, {last.messages[0].seq, 4});
  BOOST_TEST(first.messages.size() == 4U);
  BOOST_TEST(!first.more);
}

BOOST_AUTO_TEST_CASE(a_page_ends_before_it_grows_too_large) {
  const std::string long_text(connect::kMaxChatBytes, 'x');
  for (int i = 0; i < 150; ++i) {
    says(ann, long_text);
    wait(kPosts.pause);
  }
  const auto page = get<connect::ChatHistory>(ben, {{}, 200});
  BOOST_TEST(page.more);
  BOOST_TEST(page.messages.size() < 128U);
  BOOST_TEST(page.messages.size() > 100U);
  const auto feed = get<connect::FeedSince>(ben, {0, 200});
  BOOST_TEST(feed.more);
  BOOST_TEST(feed.entries.size() < 128U);
}

BOOST_AUTO_TEST_CASE(words_are_found) {
  says(ann, "the red house");
  says(ben, "a red car");
  says(ann, "nothing");
  connect::ChatSearch search;
  search.query = "red";
  BOOST_TEST(get(ann, search).messages.size() == 2U);
  search.author = id_of("Ben");
  const auto found = get(ann, search);
  BOOST_TEST_REQUIRE(found.messages.size() == 1U);
  BOOST_TEST(found.messages[0].text == "a red car");
}

BOOST_AUTO_TEST_CASE(what_happens_to_files_is_recorded_once) {
  const connect::ActivityRecord news{"a-1", connect::FileActivity::Renamed, "new.txt",
                                     "old.txt"};
  const auto seq = get(ann, news).seq;
  BOOST_TEST(get(ann, news).seq == seq);
  BOOST_TEST(
      refusal<connect::ActivityRecord>(ann, {"a-1", connect::FileActivity::Created, "x", {}}) ==
      code(ConnectError::Conflict));
  const auto entry = ben.client.heard<connect::FeedEntries>().back().entries.back();
  BOOST_TEST(entry.kind == "fileRenamed");
  BOOST_TEST(entry.actor->name == "Ann");
  BOOST_TEST(entry.path.value_or("") == "new.txt");
  BOOST_TEST(entry.former_path.value_or("") == "old.txt");
  // The longest that there are.
  get<connect::ActivityRecord>(
      ann, {"a-2", connect::FileActivity::Renamed, std::string(connect::kMaxPathBytes, '"'),
            std::string(connect::kMaxPathBytes, '\\')});
}

BOOST_AUTO_TEST_CASE(the_audit_log_is_for_owners) {
  ConnectPerson& olga = guest("Olga");
  get<connect::MemberSetRole>(olga, {id_of("Ben"), connect::Role::Viewer});
  const auto entries = get<connect::AuditList>(olga, {}).entries;
  BOOST_TEST_REQUIRE(!entries.empty());
  BOOST_TEST(entries[0].actor->name == "Olga");
  BOOST_TEST(entries[0].user->name == "Ben");
  BOOST_TEST(refusal<connect::AuditList>(ann, {}) == code(ConnectError::Forbidden));
}

BOOST_AUTO_TEST_CASE(talking_has_a_pace) {
  for (std::uint32_t i = 0; i < kPosts.burst; ++i) says(ann, "hello");
  BOOST_TEST(refusal<connect::ChatSend>(ann, {"more", "hello", {}, {}}) ==
             code(ConnectError::TooFast));
  says(ben, "I may");
  wait(kPosts.pause);
  says(ann, "hello again");
}

BOOST_AUTO_TEST_CASE(an_export_is_whole_whatever_was_said) {
  says(ann, "=1+1");
  says(ben, "two\nlines, and \"quotes\" \x1b[31m");
  const auto deleted = says(ann, "never mind");
  get<connect::ChatDelete>(ann, {deleted.seq});
  const auto json = jsonrpc::parse_json(exported(connect::ExportFormat::Json), {});
  BOOST_TEST_REQUIRE(json.has_value());
  BOOST_TEST_REQUIRE((json->as_array() != nullptr));
  BOOST_TEST(json->as_array()->size() == 3U);
  const std::string csv = exported(connect::ExportFormat::Csv);
  BOOST_TEST(csv.starts_with("number,time,author,"));
  BOOST_TEST(csv.find("\"'=1+1\"") != csv.npos);
  BOOST_TEST(csv.find("\"two\nlines, and \"\"quotes\"\" [31m\"") != csv.npos);
  const std::string text = exported(connect::ExportFormat::Text);
  BOOST_TEST(text.find("Ann: =1+1\n") != text.npos);
  BOOST_TEST(text.find("Ben: two\n    lines, and \"quotes\" [31m\n") != text.npos);
  BOOST_TEST(text.find("Ann: (deleted)\n") != text.npos);
}

BOOST_AUTO_TEST_CASE(an_export_comes_in_pieces_that_are_joined_as_they_are) {
  const std::string long_text(connect::kMaxChatBytes, 'x');
  for (int i = 0; i < 300; ++i) {
    says(ann, long_text);
    wait(kPosts.pause);
  }
  const auto first = get<connect::ChatExport>(ann, {connect::ExportFormat::Json, {}});
  BOOST_TEST(first.next.has_value());
  const auto json = jsonrpc::parse_json(exported(connect::ExportFormat::Json),
                                        {.max_bytes = std::size_t{8} << 20});
  BOOST_TEST_REQUIRE(json.has_value());
  BOOST_TEST(json->as_array()->size() == 300U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
