#include "daemon/server/presence.h"

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/server/limits.h"
#include "protocol/base/bytes.h"
#include "protocol/wire/awareness.h"

namespace plait::server {
namespace {

using namespace std::chrono_literals;

const int kAnn = 0;
const int kBen = 0;

std::string states(const std::vector<wire::AwarenessState>& said) {
  ByteWriter out;
  wire::encode_awareness(said, out);
  return out.str();
}

/// "7@1={} 8@2=null": client, clock and value of all that an awareness update says.
std::string words_of(std::string_view update) {
  const auto said = wire::decode_awareness(update);
  BOOST_TEST_REQUIRE(said.has_value());
  std::string words;
  for (const wire::AwarenessState& state : *said) {
    if (!words.empty()) words += ' ';
    words += std::to_string(state.client) + '@' + std::to_string(state.clock) + '=';
    words += state.json;
  }
  return words;
}

struct Scene {
  void says(const void* who, std::uint64_t client, std::uint64_t clock, std::string_view json,
            const Identity* identity = nullptr) {
    BOOST_TEST(presence.take(states({{client, clock, json}}), who, identity, now).has_value());
  }
  std::string changes() {
    const std::string update = presence.take_changes(now);
    return update.empty() ? "" : words_of(update);
  }
  [[nodiscard]] std::string everybody() const {
    const std::string update = presence.everybody();
    return update.empty() ? "" : words_of(update);
  }

  Presence presence;
  MonotonicTime now{1h};
  Identity ann{"1", "Ann", "#ff0000", "editor"};
  Identity ben{"2", "Ben", "#00ff00", "viewer"};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(presence, Scene)

BOOST_AUTO_TEST_CASE(a_newer_clock_counts) {
  says(&kAnn, 7, 2, R"({"n":2})");
  BOOST_TEST(changes() == R"(7@2={"n":2})");
  says(&kAnn, 7, 1, R"({"n":1})");
  says(&kAnn, 7, 2, R"({"n":3})");
  BOOST_TEST(changes().empty());
  BOOST_TEST(everybody() == R"(7@2={"n":2})");
}

// As in applyAwarenessUpdate(): what a provider says first has clock 0, and is empty.
BOOST_AUTO_TEST_CASE(clock_zero_says_nothing) {
  says(&kAnn, 7, 0, "{}");
  BOOST_TEST(changes().empty());
  BOOST_TEST(everybody().empty());
}

BOOST_AUTO_TEST_CASE(somebody_may_say_that_a_client_is_gone) {
  says(&kAnn, 7, 1, "{}");
  BOOST_TEST(changes() == "7@1={}");
  says(&kAnn, 7, 1, "null");
  BOOST_TEST(changes() == "7@1=null");
  says(&kAnn, 7, 1, "null");
  BOOST_TEST(changes().empty());
  BOOST_TEST(everybody().empty());
}

BOOST_AUTO_TEST_CASE(a_connection_that_goes_takes_its_own_with_it) {
  says(&kAnn, 7, 1, "{}");
  says(&kBen, 8, 1, "{}");
  BOOST_TEST(changes() == "7@1={} 8@1={}");
  presence.remove(&kAnn);
  BOOST_TEST(changes() == "7@1=null");
  BOOST_TEST(everybody() == "8@1={}");
}

BOOST_AUTO_TEST_CASE(an_echo_does_not_make_it_ones_own) {
  says(&kAnn, 7, 1, "{}");
  says(&kBen, 7, 1, "{}");
  static_cast<void>(changes());
  presence.remove(&kBen);
  BOOST_TEST(changes().empty());
}

BOOST_AUTO_TEST_CASE(who_comes_back_on_another_connection_stays_when_the_old_one_goes) {
  says(&kAnn, 7, 1, "{}");
  says(&kBen, 7, 2, "{}");
  BOOST_TEST(changes() == "7@2={}");
  presence.remove(&kAnn);
  BOOST_TEST(changes().empty());
  BOOST_TEST(presence.size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_is_silent_for_too_long_is_gone_and_old_words_do_not_bring_him_back) {
  says(&kAnn, 7, 5, "{}");
  BOOST_TEST(changes() == "7@5={}");
  now += kPresenceTimeout - 1us;
  presence.expire(now);
  BOOST_TEST(changes().empty());
  now += 1us;
  BOOST_TEST((presence.next_deadline() <= now));
  presence.expire(now);
  BOOST_TEST(changes() == "7@5=null");
  now += kPresencePause;
  says(&kAnn, 7, 4, "{}");
  BOOST_TEST(changes().empty());
  says(&kAnn, 7, 6, "{}");
  BOOST_TEST(changes() == "7@6={}");
}

BOOST_AUTO_TEST_CASE(who_renews_stays) {
  says(&kAnn, 7, 1, "{}");
  now += kPresenceTimeout - 1s;
  says(&kAnn, 7, 2, "{}");
  now += 2s;
  presence.expire(now);
  BOOST_TEST(everybody() == "7@2={}");
}

BOOST_AUTO_TEST_CASE(one_clients_changes_are_passed_on_at_a_pace) {
  says(&kAnn, 7, 1, "1");
  BOOST_TEST(changes() == "7@1=1");
  says(&kAnn, 7, 2, "2");
  now += kPresencePause - 1us;
  says(&kAnn, 7, 3, "3");
  BOOST_TEST(changes().empty());
  now += 1us;
  BOOST_TEST((presence.next_deadline() == now));
  BOOST_TEST(changes() == "7@3=3");
  says(&kAnn, 7, 3, "null");  // that is passed on at once
  BOOST_TEST(changes() == "7@3=null");
}

BOOST_AUTO_TEST_CASE(one_connection_may_be_so_many_clients) {
  for (std::uint64_t client = 1; client <= kMaxPresencesOfOne + 1; ++client) {
    says(&kAnn, client, 1, "{}");
  }
  BOOST_TEST(presence.size() == kMaxPresencesOfOne);
}

BOOST_AUTO_TEST_CASE(noise_and_what_is_not_json_is_refused_whole) {
  const auto take = [&](std::string_view update) {
    return presence.take(update, &kAnn, /*identity=*/nullptr, now).has_value();
  };
  BOOST_TEST(!take("\x01"));
  BOOST_TEST(!take(states({{7, 1, "{}"}, {8, 1, "{"}})));
  BOOST_TEST(!take(states({{7, 1, "{}"}}) + "x"));
  BOOST_TEST(everybody().empty());
}

BOOST_AUTO_TEST_CASE(a_member_is_who_the_server_says_he_is) {
  says(&kAnn, 7, 1, R"({"user":{"name":"Ben","role":"owner"},"cursor":{"anchor":1},"x":1})",
       &ann);
  BOOST_TEST(
      changes() ==
      R"(7@1={"user":{"name":"Ann","color":"#ff0000","role":"editor"},"cursor":{"anchor":1}})");
}

BOOST_AUTO_TEST_CASE(a_member_says_nothing_about_others) {
  says(&kAnn, 7, 1, R"({"cursor":1})", &ann);
  static_cast<void>(changes());
  says(&kBen, 7, 2, R"({"cursor":2})", &ben);
  says(&kBen, 7, 1, "null", &ben);
  BOOST_TEST(changes().empty());
  says(&kBen, 8, 1, "{}", &ben);
  says(&kBen, 9, 1, "{}", &ben);  // he is one client
  BOOST_TEST(presence.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_member_takes_his_own_along_to_a_new_connection) {
  says(&kAnn, 7, 1, R"({"cursor":1})", &ann);
  says(&kBen, 7, 2, R"({"cursor":2})", &ann);
  presence.remove(&kAnn);
  BOOST_TEST(presence.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_members_presence_has_a_greatest_size) {
  const auto json = [](std::size_t size) {
    const std::string frame = R"({"cursor":""})";
    return frame.substr(0, frame.size() - 2) + std::string(size - frame.size(), 'x') + "\"}";
  };
  BOOST_TEST(presence_of_member(json(kMaxPresenceBytes), ann).has_value());
  BOOST_TEST(!presence_of_member(json(kMaxPresenceBytes + 1), ann).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
