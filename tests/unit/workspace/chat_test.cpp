#include "daemon/workspace/chat.h"

#include <algorithm>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "protocol/messages/connect/errors.h"
#include "tests/support/seeded_random.h"
#include "tests/unit/workspace/chat_home.h"

namespace plait::workspace {
namespace {

using connect::ConnectError;
using Texts = std::vector<std::string>;

struct Street {
  ChatTown town;
  ChatHome home{town};

  Street() {
    home.goes_online();
    home.settle();
  }
  static ChatLine line(const std::shared_ptr<std::optional<ChatHome::Answer>>& answer) {
    BOOST_TEST_REQUIRE(answer->has_value());
    BOOST_TEST_REQUIRE(std::holds_alternative<ChatLine>(**answer));
    return std::get<ChatLine>(**answer);
  }
  static std::int64_t refusal(const std::shared_ptr<std::optional<ChatHome::Answer>>& answer) {
    BOOST_TEST_REQUIRE(answer->has_value());
    BOOST_TEST_REQUIRE(std::holds_alternative<jsonrpc::RpcError>(**answer));
    return std::get<jsonrpc::RpcError>(**answer).code;
  }
  static std::shared_ptr<std::optional<ChatHome::Answer>> place() {
    return std::make_shared<std::optional<ChatHome::Answer>>();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(chat, Street)

BOOST_AUTO_TEST_CASE(what_is_said_is_answered_with_its_number_and_told_once) {
  const auto answer = home.says("hello");
  home.settle();
  BOOST_TEST(line(answer).message.seq == 1);
  BOOST_TEST(!line(answer).is_pending);
  BOOST_TEST_REQUIRE(home.changes.size() == 1U);
  BOOST_TEST(home.changes.front().id == line(answer).id);
  BOOST_TEST((town.texts() == Texts{"hello"}));
}

BOOST_AUTO_TEST_CASE(what_is_said_offline_is_on_disk_before_it_is_answered) {
  home.goes_offline();
  const auto first = home.says("one");
  BOOST_TEST(!first->has_value());
  home.writes();
  BOOST_TEST(line(first).is_pending);
  BOOST_TEST(line(first).message.seq == 0);
  BOOST_TEST(line(first).message.author.name == "Ann");
  const auto second = home.says("two", line(first).id);
  home.writes();
  BOOST_TEST((home.shown() == Texts{"(one)", "(two)"}));
  BOOST_TEST(home.changes.size() == 2U);

  home.changes.clear();
  home.goes_online();
  home.settle();
  BOOST_TEST((town.texts() == Texts{"one", "two"}));
  BOOST_TEST((home.shown() == Texts{"one", "two"}));
  // Under the ids that editors know.
  BOOST_TEST_REQUIRE(home.changes.size() == 2U);
  BOOST_TEST(home.changes[0].id == line(first).id);
  BOOST_TEST(home.changes[0].message.seq == 1);
  BOOST_TEST(!home.changes[0].is_pending);
  BOOST_TEST((home.changes[1].reply_to == line(first).id));
  BOOST_TEST((town.feed[1].message->reply_to == 1));
}

BOOST_AUTO_TEST_CASE(what_was_answered_outlives_a_kill_and_is_posted_once) {
  home.goes_offline();
  const auto answer = home.says("kept");
  home.writes();
  BOOST_TEST(line(answer).is_pending);
  const auto unanswered = home.says("lost");
  home.is_killed();
  BOOST_TEST(!unanswered->has_value());
  BOOST_TEST((home.shown() == Texts{"(kept)"}));

  // The server takes it, and its answer never comes.
  home.is_town_silent = true;
  home.goes_online();
  home.settle();
  BOOST_TEST((town.texts() == Texts{"kept"}));
  home.is_killed();
  home.is_town_silent = false;
  BOOST_TEST((home.shown() == Texts{"(kept)"}));
  home.goes_online();
  home.settle();
  BOOST_TEST((town.texts() == Texts{"kept"}));
  BOOST_TEST((home.shown() == Texts{"kept"}));
  home.is_killed();
  BOOST_TEST((home.shown() == Texts{"kept"}));
}

BOOST_AUTO_TEST_CASE(a_cut_while_the_server_has_it_answers_as_pending_and_doubles_nothing) {
  home.is_town_silent = true;
  const auto answer = home.says("once");
  home.settle();
  BOOST_TEST(!answer->has_value());
  home.goes_offline();
  BOOST_TEST(line(answer).is_pending);
  home.is_town_silent = false;
  home.goes_online();
  home.settle();
  BOOST_TEST((town.texts() == Texts{"once"}));
  BOOST_TEST((home.shown() == Texts{"once"}));
  BOOST_TEST(home.changes.size() == 2U, "pending, and then not");
}

BOOST_AUTO_TEST_CASE(an_editor_does_not_wait_for_a_server_that_hangs) {
  home.is_town_silent = true;
  const auto answer = home.says("hello?");
  home.settle();
  home.waits(kChatPatience - std::chrono::milliseconds{1});
  BOOST_TEST(!answer->has_value());
  home.waits(std::chrono::milliseconds{1});
  BOOST_TEST(line(answer).is_pending);
}

BOOST_AUTO_TEST_CASE(a_server_that_cannot_store_it_now_is_asked_again) {
  town.refusal = connect::rpc_error(ConnectError::Unavailable, "no room");
  const auto answer = home.says("later");
  home.settle();
  BOOST_TEST(!answer->has_value());
  town.refusal.reset();
  home.waits(kChatRetryPause - std::chrono::milliseconds{1});
  home.settle();
  BOOST_TEST(town.texts().empty());
  home.waits(std::chrono::milliseconds{1});
  home.settle();
  BOOST_TEST((town.texts() == Texts{"later"}));
  BOOST_TEST((home.shown() == Texts{"later"}));
}

BOOST_AUTO_TEST_CASE(what_the_server_refuses_is_told_and_not_said_again) {
  town.refusal = connect::rpc_error(ConnectError::Forbidden, "you may only read");
  const auto answer = home.says("no");
  home.settle();
  BOOST_TEST(refusal(answer) == static_cast<std::int64_t>(ConnectError::Forbidden));
  BOOST_TEST(home.refusals.empty(), "whoever asked has heard it");

  home.goes_offline();
  const auto pending = home.says("never");
  home.writes();
  const auto edited = place();
  home.chat->edit(line(pending).id, "ever", home.into(edited));
  home.writes();
  BOOST_TEST((home.shown() == Texts{"(ever)"}));
  home.changes.clear();
  home.goes_online();
  home.settle();
  BOOST_TEST_REQUIRE(home.refusals.size() == 1U);
  BOOST_TEST(home.refusals.front().find("never") != std::string::npos);
  BOOST_TEST(home.refusals.front().find("you may only read") != std::string::npos);
  BOOST_TEST_REQUIRE(home.changes.size() == 1U);
  BOOST_TEST(home.changes.front().message.deleted.value_or(false));
  BOOST_TEST(home.shown().empty());
  town.refusal.reset();
  home.is_killed();
  home.goes_online();
  home.settle();
  BOOST_TEST(town.texts().empty());
}

BOOST_AUTO_TEST_CASE(what_the_disk_does_not_take_was_not_said) {
  home.goes_offline();
  const auto answer = home.says("no room");
  home.store.steps().fail_sync();
  home.store.steps().answer();
  BOOST_TEST(refusal(answer) ==
             static_cast<std::int64_t>(jsonrpc::StandardError::InternalError));
  BOOST_TEST(home.shown().empty());
}

BOOST_AUTO_TEST_CASE(messages_are_changed_offline_and_the_server_hears_it_in_order) {
  const std::int64_t bens = town.says("ben", "hi");
  home.settle();
  home.goes_offline();
  home.changes.clear();
  const auto said = home.says("frist");
  home.writes();
  const auto edited = place();
  const auto reacted = place();
  const auto forbidden = place();
  const auto unknown = place();
  home.chat->edit(line(said).id, "first", home.into(edited));
  home.chat->react(std::to_string(bens), "👍", /*remove=*/false, home.into(reacted));
  home.chat->edit(std::to_string(bens), "mine", home.into(forbidden));
  home.chat->remove("nobody's", home.into(unknown));
  home.writes();
  BOOST_TEST(line(edited).message.text == "first");
  BOOST_TEST(line(edited).is_pending);
  BOOST_TEST_REQUIRE(line(reacted).message.reactions.size() == 1U);
  BOOST_TEST((line(reacted).message.reactions.front().user_ids == Texts{"ann"}));
  BOOST_TEST(refusal(forbidden) == static_cast<std::int64_t>(ConnectError::Forbidden));
  BOOST_TEST(refusal(unknown) ==
             static_cast<std::int64_t>(jsonrpc::StandardError::InvalidParams));
  BOOST_TEST((home.shown() == Texts{"(hi)", "(first)"}));

  home.is_killed();
  BOOST_TEST((home.shown() == Texts{"(hi)", "(first)"}));
  home.goes_online();
  home.settle();
  BOOST_TEST((town.texts() == Texts{"hi", "first"}));
  BOOST_TEST((home.shown() == Texts{"hi", "first"}));
  BOOST_TEST(town.feed.back().message->reactions.size() == 1U);

  const auto gone = place();
  home.chat->remove(line(said).id, home.into(gone));
  home.settle();
  BOOST_TEST(line(gone).message.deleted.value_or(false));
}

BOOST_AUTO_TEST_CASE(each_change_by_others_is_told_once) {
  const std::int64_t number = town.says("ben", "helo");
  home.settle();
  town.act("ben", connect::ChatEdit{number, "hello"});
  home.settle();
  BOOST_TEST_REQUIRE(home.changes.size() == 2U);
  BOOST_TEST(home.changes.back().message.text == "hello");
  BOOST_TEST((home.shown() == Texts{"hello"}));
  // The feed again, as after a crash.
  home.chat->hear(town.since(0));
  BOOST_TEST(home.changes.size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_a_page_brought_before_the_feed_did_is_told_all_the_same) {
  ChatTown other;
  other.says("ben", "before");
  ChatHome newcomer(other);
  newcomer.goes_online();
  other.says("ben", "meanwhile");
  newcomer.settle();
  BOOST_TEST_REQUIRE(newcomer.changes.size() == 1U);
  BOOST_TEST(newcomer.changes.front().message.text == "meanwhile");
  BOOST_TEST((newcomer.shown() == Texts{"before", "meanwhile"}));
}

BOOST_AUTO_TEST_CASE(an_answer_and_the_feed_are_one_change_for_so_many_messages) {
  for (std::size_t i = 0; i < kToldMessages; ++i) {
    home.says(std::to_string(i));
  }
  home.settle();
  BOOST_TEST(home.changes.size() == kToldMessages);
  home.chat->hear(town.since(0));
  BOOST_TEST(home.changes.size() == kToldMessages);
  town.says("ben", "one more");
  home.settle();
  home.chat->hear(town.since(town.feed.size() - kToldMessages));
  BOOST_TEST(home.changes.size() == kToldMessages + 1);
  home.chat->hear({&town.feed.front(), 1});
  BOOST_TEST(home.changes.size() == kToldMessages + 2, "nobody remembers that");
}

BOOST_AUTO_TEST_CASE(unread_are_messages_of_others_until_they_are_read) {
  home.says("mine");
  town.says("ben", "one");
  const std::int64_t two = town.says("ben", "two");
  const std::int64_t three = town.says("ben", "three");
  home.settle();
  BOOST_TEST(home.chat->unread() == 3U);
  town.act("ben", connect::ChatDelete{three});
  home.settle();
  BOOST_TEST(home.chat->unread() == 2U);
  home.is_killed();
  BOOST_TEST(home.chat->unread() == 2U);

  const std::size_t tellings = home.tellings;
  home.chat->mark_read(two - 1);
  BOOST_TEST(home.chat->unread() == 1U);
  BOOST_TEST(home.tellings == tellings + 1, "other editors show it, too");
  home.chat->mark_read(two - 2);
  BOOST_TEST(home.tellings == tellings + 1);
  home.chat->mark_read(INT64_MAX);
  BOOST_TEST(home.chat->unread() == 0U);
  home.writes();
  home.is_killed();
  home.goes_online();
  BOOST_TEST(home.chat->unread() == 0U);
  town.says("ben", "four");
  home.settle();
  BOOST_TEST(home.chat->unread() == 1U, "nobody can have read what was not there");
}

BOOST_AUTO_TEST_CASE(what_was_said_before_one_came_is_there_and_not_news) {
  ChatTown other;
  for (int i = 0; i < 5; ++i) other.says("ben", std::to_string(i));
  ChatHome newcomer(other);
  newcomer.goes_online();
  newcomer.settle();
  BOOST_TEST(newcomer.chat->unread() == 0U);
  newcomer.goes_offline();
  BOOST_TEST(newcomer.shown().size() == 5U);
  other.says("ben", "while you were away");
  newcomer.goes_online();
  newcomer.settle();
  BOOST_TEST(newcomer.chat->unread() == 1U);
}

BOOST_AUTO_TEST_CASE(history_is_here_and_what_is_not_comes_from_the_server) {
  ChatTown other;
  for (int i = 1; i <= 250; ++i) other.says("ben", std::to_string(i));
  ChatHome newcomer(other);
  newcomer.goes_online();
  newcomer.settle();
  newcomer.goes_offline();
  // The newest 200 came by themselves.
  ChatPage page = newcomer.history({60, 30});
  BOOST_TEST(page.lines.size() == 9U);
  BOOST_TEST(!page.more, "none that could be had now");

  newcomer.goes_online();
  newcomer.settle();
  const std::size_t questions = newcomer.questions;
  page = newcomer.history({std::nullopt, 200});
  BOOST_TEST(page.lines.size() == 200U);
  BOOST_TEST(newcomer.questions == questions);
  page = newcomer.history({60, 30});
  BOOST_TEST(page.lines.front().message.text == "30");
  BOOST_TEST(page.lines.back().message.text == "59");
  BOOST_TEST(page.more);
  page = newcomer.history({30, 200});
  BOOST_TEST(page.lines.size() == 29U);
  BOOST_TEST(!page.more);
  BOOST_TEST(newcomer.questions == questions + 2);

  newcomer.goes_offline();
  newcomer.is_killed();
  page = newcomer.history({60, 30});
  BOOST_TEST(page.lines.front().message.text == "30");
  BOOST_TEST(page.lines.size() == 30U);
}

BOOST_AUTO_TEST_CASE(a_page_that_would_leave_a_gap_is_shown_and_not_kept) {
  ChatTown other;
  for (int i = 1; i <= 250; ++i) other.says("ben", std::to_string(i));
  ChatHome newcomer(other);
  newcomer.goes_online();
  newcomer.settle();
  BOOST_TEST(newcomer.history({20, 5}).lines.front().message.text == "15");
  newcomer.goes_offline();
  BOOST_TEST(newcomer.history({20, 5}).lines.empty());
}

BOOST_AUTO_TEST_CASE(so_many_messages_are_kept_and_no_more) {
  for (std::size_t i = 0; i < kKeptMessages; ++i) town.says("ben", std::to_string(i));
  home.settle();
  home.goes_offline();
  BOOST_TEST(home.history({2, 1}).lines.size() == 1U);
  home.goes_online();
  town.says("ben", "one more");
  home.settle();
  home.goes_offline();
  BOOST_TEST(home.history({2, 1}).lines.empty());
  BOOST_TEST(home.history({3, 1}).lines.size() == 1U);
  home.is_killed();
  BOOST_TEST(home.history({2, 1}).lines.empty());
  BOOST_TEST(home.history({3, 1}).lines.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_kept_is_searched_offline) {
  town.says("ben", "The parser, again");
  town.says("cem", "parsers are fun");
  town.says("ben", "lunch?");
  home.settle();
  home.goes_offline();
  const auto found = [&](const connect::ChatSearch& wish) {
    Texts texts;
    home.chat->search(wish, [&](const auto& outcome) {
      for (const ChatLine& each : std::get<ChatPage>(outcome).lines) {
        texts.push_back(each.message.text);
      }
    });
    return texts;
  };
  BOOST_TEST(
      (found({"PARSE", {}, {}, {}, {}, {}}) == Texts{"The parser, again", "parsers are fun"}));
  BOOST_TEST((found({"parse again", {}, {}, {}, {}, {}}).empty()), "the last alone goes on");
  BOOST_TEST((found({"again pars", {}, {}, {}, {}, {}}) == Texts{"The parser, again"}));
  BOOST_TEST((found({"pars", "cem", {}, {}, {}, {}}) == Texts{"parsers are fun"}));
  BOOST_TEST((found({"?", {}, {}, {}, {}, {}}).empty()));
}

BOOST_AUTO_TEST_CASE(an_export_is_put_together) {
  std::optional<std::string> content;
  home.chat->write_out(connect::ExportFormat::Json,
                       [&](const auto& outcome) { content = std::get<std::string>(outcome); });
  home.settle();
  BOOST_TEST((content == "first, second"));
}

BOOST_AUTO_TEST_CASE(another_life_of_the_server_has_another_chat) {
  town.says("ben", "gone");
  home.settle();
  home.goes_offline();
  home.chat->forget();
  BOOST_TEST(home.shown().empty());
  home.writes();
  home.is_killed();
  BOOST_TEST(home.shown().empty());
}

BOOST_AUTO_TEST_CASE(whatever_happens_each_message_is_there_once) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    support::SeededRandom random(seed);
    BOOST_TEST_INFO_SCOPE(random);
    ChatTown place;
    ChatHome ann(place);
    std::vector<std::pair<std::string, std::shared_ptr<std::optional<ChatHome::Answer>>>> said;
    ann.goes_online();
    bool is_online = true;
    for (int i = 0; i < 60; ++i) {
      switch (random.below(8)) {
        case 0:
          if (is_online) ann.goes_offline();
          is_online = false;
          break;
        case 1:
          if (!is_online) ann.goes_online();
          is_online = true;
          break;
        case 2:
          ann.is_killed();
          is_online = false;
          break;
        case 3: ann.is_town_silent = random.one_in(2); break;
        case 4: ann.settle(); break;
        case 5: ann.writes(); break;
        default: {
          const std::string text = std::to_string(i);
          said.emplace_back(text, ann.says(text));
        }
      }
    }
    ann.is_town_silent = false;
    if (is_online) ann.goes_offline();
    ann.goes_online();
    ann.settle();
    const Texts texts = place.texts();
    BOOST_TEST((ann.shown() == texts));
    BOOST_TEST(std::set(texts.begin(), texts.end()).size() == texts.size(), "none is doubled");
    for (const auto& [text, answer] : said) {
      if (!answer->has_value() || !std::holds_alternative<ChatLine>(**answer)) continue;
      BOOST_TEST(std::ranges::count(texts, text) == 1, text);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::workspace
