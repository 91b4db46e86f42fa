#include "daemon/store/feed_tables.h"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/store/documents.h"
#include "daemon/store/limits.h"
#include "tests/unit/store/store_world.h"

namespace plait::store {
namespace {

constexpr std::uint64_t kNewest = std::numeric_limits<std::uint64_t>::max();

struct Chat : InMemory {
  NewMessage written(std::string author, std::string text) {
    return {"w", std::move(author), kNow, std::to_string(++nonces), std::move(text), {}, ""};
  }
  std::uint64_t say(std::string author, std::string text) {
    auto posted = feed.post(written(std::move(author), std::move(text)));
    BOOST_TEST_REQUIRE(posted.has_value());
    return posted->sequence;
  }
  static MessageAction by(std::string member, std::uint64_t message) {
    return {"w", message, std::move(member), {kNow.ms + 7}};
  }
  Message read(std::uint64_t sequence) {
    auto message = feed.message("w", sequence);
    BOOST_TEST_REQUIRE(message.has_value());
    return *std::move(message);
  }
  std::vector<FeedEntry> since(std::uint64_t after, std::size_t limit = 100) {
    auto entries = feed.since("w", after, limit);
    BOOST_TEST_REQUIRE(entries.has_value());
    return *std::move(entries);
  }
  std::vector<std::uint64_t> found(const Search& search) {
    std::vector<std::uint64_t> sequences;
    auto messages = feed.search(search);
    BOOST_TEST_REQUIRE(messages.has_value());
    for (const Message& message : *messages) sequences.push_back(message.sequence);
    return sequences;
  }
  std::vector<std::uint64_t> found(std::string words) {
    Search search;
    search.workspace = "w";
    search.words = std::move(words);
    return found(search);
  }

  FeedTables& feed = tables.feed;
  int nonces = 0;
};

using Sequences = std::vector<std::uint64_t>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(feed_tables, Chat)

BOOST_AUTO_TEST_CASE(a_message_comes_back_as_it_was_posted) {
  NewMessage message = written("ann", "hello");
  message.anchor = R"({"doc":"a"})";
  const std::uint64_t first = feed.post(message)->sequence;
  NewMessage reply = written("bob", "hello yourself");
  reply.reply_to = first;
  const std::uint64_t second = feed.post(reply)->sequence;
  Message expected;
  expected.sequence = first;
  expected.author = "ann";
  expected.time = kNow;
  expected.nonce = "1";
  expected.text = "hello";
  expected.anchor = R"({"doc":"a"})";
  BOOST_TEST((read(first) == expected));
  BOOST_TEST((read(second).reply_to == first));
}

BOOST_AUTO_TEST_CASE(sequence_numbers_count_from_one_in_each_workspace) {
  BOOST_TEST(say("ann", "a") == 1U);
  BOOST_TEST(feed.add_activity({"w", "bob", kNow, "joined"}).value() == 2U);
  BOOST_TEST(say("ann", "b") == 3U);
  BOOST_TEST(feed.add_activity({"v", "eve", kNow, "joined"}).value() == 1U);
}

BOOST_AUTO_TEST_CASE(a_message_that_is_sent_twice_is_posted_once) {
  const NewMessage message = written("ann", "hello");
  const auto first = feed.post(message);
  const auto second = feed.post(message);
  BOOST_TEST(first->is_new);
  BOOST_TEST(!second->is_new);
  BOOST_TEST(second->sequence == first->sequence);
  BOOST_TEST(since(0).size() == 1U);

  NewMessage of_another = message;
  of_another.author = "bob";
  BOOST_TEST(feed.post(of_another)->is_new);
}

BOOST_AUTO_TEST_CASE(an_edit_replaces_the_text_everywhere) {
  const std::uint64_t message = say("ann", "secret plan");
  BOOST_TEST(feed.edit(by("ann", message), "plan").value() == message + 1);
  BOOST_TEST(read(message).text == "plan");
  BOOST_TEST((read(message).edited == WallTime{kNow.ms + 7}));
  const auto entries = since(0);
  BOOST_TEST_REQUIRE(entries.size() == 2U);
  BOOST_TEST((entries[0].kind == FeedKind::Posted));
  BOOST_TEST(entries[0].message->text == "plan");
  BOOST_TEST((entries[1].kind == FeedKind::Edited));
  BOOST_TEST(entries[1].message->sequence == message);
  BOOST_TEST(found("secret").empty());
}

BOOST_AUTO_TEST_CASE(a_deleted_message_leaves_its_place_and_nothing_else) {
  NewMessage posted = written("ann", "secret");
  posted.anchor = "here";
  const std::uint64_t message = feed.post(posted)->sequence;
  BOOST_TEST_REQUIRE(feed.react(by("bob", message), "+1", /*on=*/true).has_value());
  BOOST_TEST_REQUIRE(feed.remove(by("ann", message)).has_value());
  BOOST_TEST(read(message).deleted);
  BOOST_TEST(read(message).text.empty());
  BOOST_TEST(read(message).anchor.empty());
  BOOST_TEST(read(message).reactions.empty());
  BOOST_TEST(found("secret").empty());
  BOOST_TEST((since(0).back().kind == FeedKind::Deleted));
  BOOST_TEST((feed.edit(by("ann", message), "x").error().code == ErrorCode::NotFound));
  BOOST_TEST(feed.remove(by("ann", message)).value() == 0U);
  BOOST_TEST((feed.react(by("bob", message), "+1", true).error().code == ErrorCode::NotFound));
  // Sent again by a client that missed the answer, it does not come back.
  BOOST_TEST(!feed.post(posted)->is_new);
}

BOOST_AUTO_TEST_CASE(reactions_are_gathered_by_emoji) {
  const std::uint64_t message = say("ann", "ship it?");
  for (const char* member : {"eve", "bob"}) {
    BOOST_TEST(feed.react(by(member, message), "+1", /*on=*/true).value() != 0U);
  }
  BOOST_TEST(feed.react(by("bob", message), "heart", /*on=*/true).value() != 0U);
  BOOST_TEST((read(message).reactions ==
              std::vector<Reaction>{{"+1", {"bob", "eve"}}, {"heart", {"bob"}}}));
  BOOST_TEST(feed.react(by("bob", message), "+1", /*on=*/false).value() != 0U);
  BOOST_TEST(
      (read(message).reactions == std::vector<Reaction>{{"+1", {"eve"}}, {"heart", {"bob"}}}));
}

BOOST_AUTO_TEST_CASE(a_reaction_that_changes_nothing_is_no_news) {
  const std::uint64_t message = say("ann", "ship it?");
  BOOST_TEST(feed.react(by("bob", message), "+1", /*on=*/false).value() == 0U);
  BOOST_TEST_REQUIRE(feed.react(by("bob", message), "+1", /*on=*/true).has_value());
  BOOST_TEST(feed.react(by("bob", message), "+1", /*on=*/true).value() == 0U);
  BOOST_TEST(since(0).size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_same_text_again_is_no_news) {
  const std::uint64_t message = say("ann", "plan");
  BOOST_TEST(feed.edit(by("ann", message), "plan").value() == 0U);
  BOOST_TEST(!read(message).edited.has_value());
  BOOST_TEST(feed.newest("w").value() == message);
}

BOOST_AUTO_TEST_CASE(somebody_elses_message_is_left_alone_where_only_ones_own_will_do) {
  const std::uint64_t message = say("ann", "mine");
  MessageAction action = by("bob", message);
  action.own_only = true;
  BOOST_TEST((feed.edit(action, "his").error().code == ErrorCode::Refused));
  BOOST_TEST((feed.remove(action).error().code == ErrorCode::Refused));
  BOOST_TEST(read(message).text == "mine");
  action.member = "ann";
  BOOST_TEST(feed.edit(action, "still mine").value() == message + 1);
}

BOOST_AUTO_TEST_CASE(an_activity_that_is_recorded_again_happened_once) {
  const Activity activity{"w", "ann", kNow, "created a", "n-1"};
  const std::uint64_t sequence = feed.add_activity(activity).value();
  BOOST_TEST(feed.add_activity(activity).value() == sequence);
  BOOST_TEST(since(0).size() == 1U);
  Activity other = activity;
  other.body = "created b";
  BOOST_TEST((feed.add_activity(other).error().code == ErrorCode::Refused));
  other.member = "bob";
  BOOST_TEST(feed.add_activity(other).value() == sequence + 1);
  BOOST_TEST(feed.add_activity({"w", "ann", kNow, "x"}).value() == sequence + 2);
  BOOST_TEST(feed.add_activity({"w", "ann", kNow, "x"}).value() == sequence + 3);
}

BOOST_AUTO_TEST_CASE(a_message_has_only_so_many_different_reactions) {
  const std::uint64_t message = say("ann", "ship it?");
  for (std::size_t i = 0; i < kMaxDifferentReactions; ++i) {
    BOOST_TEST(feed.react(by("bob", message), std::to_string(i), true).has_value());
  }
  const auto refused = feed.react(by("bob", message), "one more", /*on=*/true);
  BOOST_TEST_REQUIRE(!refused.has_value());
  const auto hit = limit_hit(refused.error());
  BOOST_TEST_REQUIRE(hit.has_value());
  BOOST_TEST(hit->what == "different reactions");
  BOOST_TEST(hit->limit == kMaxDifferentReactions);
  BOOST_TEST(feed.react(by("ann", message), "0", true).value() != 0U);
}

BOOST_AUTO_TEST_CASE(what_is_done_to_no_message_is_not_found) {
  const std::uint64_t activity = feed.add_activity({"w", "ann", kNow, "joined"}).value();
  for (const std::uint64_t nothing : {std::uint64_t{0}, activity, kNewest}) {
    BOOST_TEST((feed.edit(by("ann", nothing), "x").error().code == ErrorCode::NotFound));
    BOOST_TEST((feed.message("w", nothing).error().code == ErrorCode::NotFound));
    NewMessage reply = written("ann", "x");
    reply.reply_to = nothing;
    BOOST_TEST((feed.post(reply).error().code == ErrorCode::NotFound));
  }
  say("ann", "x");
  BOOST_TEST((feed.message("v", 2).error().code == ErrorCode::NotFound));
}

BOOST_AUTO_TEST_CASE(the_feed_is_read_from_where_somebody_stopped) {
  say("ann", "a");
  BOOST_TEST(feed.add_activity({"w", "bob", kNow, "joined"}).has_value());
  say("bob", "c");
  const auto rest = since(1);
  BOOST_TEST_REQUIRE(rest.size() == 2U);
  BOOST_TEST(rest[0].body == "joined");
  BOOST_TEST(!rest[0].message.has_value());
  BOOST_TEST(rest[1].message->text == "c");
  BOOST_TEST(since(0, 2).size() == 2U);
  BOOST_TEST(since(3).empty());
  BOOST_TEST(since(kNewest).empty());
}

BOOST_AUTO_TEST_CASE(history_comes_in_pages_newest_first) {
  for (const char* text : {"a", "b", "c", "d", "e"}) say("ann", text);
  const auto newest = feed.messages_before("w", kNewest, 2);
  BOOST_TEST_REQUIRE(newest->size() == 2U);
  BOOST_TEST(newest->front().text == "e");
  BOOST_TEST(newest->back().text == "d");
  const auto next = feed.messages_before("w", newest->back().sequence, 2);
  BOOST_TEST(next->front().text == "c");
  BOOST_TEST(feed.messages_before("w", 1, 2)->empty());
  BOOST_TEST(feed.messages_before("v", kNewest, 2)->empty());
}

// --- Search ---

BOOST_AUTO_TEST_CASE(search_finds_words_whatever_their_case_and_accents) {
  const std::uint64_t cafe = say("ann", "Meet at the Café tomorrow");
  const std::uint64_t build = say("bob", "the build is broken");
  BOOST_TEST(found("cafe") == Sequences{cafe});
  BOOST_TEST(found("THE") == (Sequences{build, cafe}));
  BOOST_TEST(found("the tomorr") == Sequences{cafe});
  BOOST_TEST(found("tomorr the").empty());  // only the last word may go on
  BOOST_TEST(found("nothing").empty());
}

BOOST_AUTO_TEST_CASE(a_search_can_be_narrowed) {
  const std::uint64_t first = say("ann", "lunch");
  NewMessage later = written("bob", "lunch");
  later.time = {kNow.ms + 1000};
  const std::uint64_t second = feed.post(later)->sequence;
  Search search;
  search.workspace = "w";
  search.words = "lunch";
  BOOST_TEST(found(search) == (Sequences{second, first}));
  search.limit = 1;
  BOOST_TEST(found(search) == Sequences{second});
  search.before = second;
  BOOST_TEST(found(search) == Sequences{first});
  search = {"w", "lunch", "bob", {}, {}, {}, 50};
  BOOST_TEST(found(search) == Sequences{second});
  search = {"w", "lunch", {}, WallTime{kNow.ms + 1}, {}, {}, 50};
  BOOST_TEST(found(search) == Sequences{second});
  search = {"w", "lunch", {}, {}, WallTime{kNow.ms + 1000}, {}, 50};
  BOOST_TEST(found(search) == Sequences{first});
  search = {"v", "lunch", {}, {}, {}, {}, 50};
  BOOST_TEST(found(search).empty());
}

BOOST_AUTO_TEST_CASE(no_search_is_an_operator_or_a_mistake) {
  say("ann", "a OR b");
  for (const char* words : {"a OR", "\"", "\"a", "NEAR(", "text:", "a*", "* a", "^a",
                            "a AND NOT", "{a b} : c", "a + b", "(a", "é\"", "-a"}) {
    BOOST_TEST_CONTEXT(words) {
      Search search;
      search.workspace = "w";
      search.words = words;
      const auto result = feed.search(search);
      const bool is_fine = result.has_value() || result.error().code == ErrorCode::Malformed;
      BOOST_TEST(is_fine);
    }
  }
}

// --- Audit ---

BOOST_AUTO_TEST_CASE(the_audit_log_is_numbered_by_itself) {
  say("ann", "a");
  BOOST_TEST(feed.add_audit({0, "w", kNow, "ann", "role", "bob: editor"}).value() == 1U);
  BOOST_TEST(feed.add_audit({0, "w", kNow, "ann", "revoke", "bob"}).value() == 2U);
  BOOST_TEST(feed.add_audit({0, "v", kNow, "eve", "role", ""}).value() == 1U);
  const auto page = feed.audit_before("w", kNewest, 10);
  BOOST_TEST_REQUIRE(page->size() == 2U);
  BOOST_TEST(page->front().action == "revoke");
  BOOST_TEST(page->back().body == "bob: editor");
  BOOST_TEST(feed.audit_before("w", 2, 10)->size() == 1U);
}

// --- Limits ---

BOOST_AUTO_TEST_CASE(messages_may_be_as_large_as_their_limits_and_no_larger) {
  NewMessage message =
      written(std::string(kMaxFeedNameBytes, 'a'), std::string(kMaxMessageBytes, 'x'));
  message.workspace = std::string(kMaxWorkspaceIdBytes, 'w');
  message.nonce = std::string(kMaxFeedNameBytes, 'n');
  message.anchor = std::string(kMaxAnchorBytes, 'p');
  BOOST_TEST(feed.post(message).has_value());
  for (std::string NewMessage::*field :
       {&NewMessage::workspace, &NewMessage::author, &NewMessage::nonce, &NewMessage::text,
        &NewMessage::anchor}) {
    NewMessage larger = message;
    (larger.*field) += "x";
    const auto posted = feed.post(larger);
    BOOST_TEST_REQUIRE(!posted.has_value());
    BOOST_TEST((posted.error().code == ErrorCode::LimitExceeded));
  }
  const std::uint64_t small = say("ann", "x");
  BOOST_TEST(feed.edit(by("ann", small), std::string(kMaxMessageBytes, 'x')).has_value());
  BOOST_TEST(!feed.edit(by("ann", small), std::string(kMaxMessageBytes + 1, 'x')).has_value());
}

BOOST_AUTO_TEST_CASE(a_message_takes_as_many_reactions_as_the_limit) {
  const std::uint64_t message = say("ann", "x");
  BOOST_TEST(feed.react(by("a", message), std::string(kMaxEmojiBytes, 'e'), true).has_value());
  BOOST_TEST(
      !feed.react(by("b", message), std::string(kMaxEmojiBytes + 1, 'e'), true).has_value());
  for (std::size_t i = 1; i < kMaxReactions; ++i) {
    BOOST_TEST_REQUIRE(feed.react(by(std::to_string(i), message), "+1", true).has_value());
  }
  BOOST_TEST(!feed.react(by("last", message), "+1", true).has_value());
  BOOST_TEST(feed.react(by("1", message), "+1", false).has_value());
  BOOST_TEST(feed.react(by("last", message), "+1", true).has_value());
}

BOOST_AUTO_TEST_CASE(entries_and_pages_may_be_as_large_as_their_limits_and_no_larger) {
  const std::string body(kMaxBodyBytes, 'x');
  const std::string name(kMaxFeedNameBytes, 'x');
  BOOST_TEST(feed.add_activity({"w", name, kNow, body}).has_value());
  BOOST_TEST(!feed.add_activity({"w", name + "x", kNow, body}).has_value());
  BOOST_TEST(!feed.add_activity({"w", name, kNow, body + "x"}).has_value());
  BOOST_TEST(feed.add_audit({0, "w", kNow, name, name, body}).has_value());
  BOOST_TEST(!feed.add_audit({0, "w", kNow, name + "x", name, body}).has_value());
  BOOST_TEST(!feed.add_audit({0, "w", kNow, name, name + "x", body}).has_value());
  BOOST_TEST(!feed.add_audit({0, "w", kNow, name, name, body + "x"}).has_value());

  BOOST_TEST(feed.since("w", 0, kMaxPage).has_value());
  BOOST_TEST(!feed.since("w", 0, kMaxPage + 1).has_value());
  BOOST_TEST(feed.messages_before("w", 1, kMaxPage).has_value());
  BOOST_TEST(!feed.messages_before("w", 1, kMaxPage + 1).has_value());
  BOOST_TEST(feed.audit_before("w", 1, kMaxPage).has_value());
  BOOST_TEST(!feed.audit_before("w", 1, kMaxPage + 1).has_value());
  Search search{"w", "x", {}, {}, {}, {}, kMaxPage};
  BOOST_TEST(feed.search(search).has_value());
  search.limit += 1;
  BOOST_TEST(!feed.search(search).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
