#include "daemon/server/yjs_session.h"

#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "protocol/wire/message.h"
#include "tests/unit/server/world.h"

namespace plait::server {
namespace {

using namespace std::string_view_literals;

/// How a connection ends on which something was said; "open" if it does not.
std::string after(std::string_view message) {
  World world;
  Person& eve = world.guest("eve");
  eve.says(message);
  world.turn();
  return eve.closed() ? eve.closed()->reason : "open";
}

constexpr std::string_view kNoMessage = "this is no message of y-protocols";

}  // namespace

BOOST_AUTO_TEST_SUITE(yjs_session)

BOOST_AUTO_TEST_CASE(a_provider_is_asked_and_answered) {
  World world;
  Person& ann = world.guest("ann");
  BOOST_TEST(ann.got().step1 == 1U);
  BOOST_TEST(ann.got().step2 == 1U);
  BOOST_TEST(ann.got().updates == 0U);
}

BOOST_AUTO_TEST_CASE(what_no_provider_says_ends_the_connection) {
  BOOST_TEST(after("\0\0\1\0"sv) == "open");
  BOOST_TEST(after("\3"sv) == "open");
  BOOST_TEST(after("\0\3\0"sv) == kNoMessage);
  BOOST_TEST(after("\x63"sv) == kNoMessage);
  BOOST_TEST(after("\0"sv) == kNoMessage);
  BOOST_TEST(after(""sv) == kNoMessage);
  BOOST_TEST(after("\0\2\5abc"sv) == kNoMessage);
  BOOST_TEST(after("\0\0\1\0x"sv) == kNoMessage);
  ByteWriter durable;
  wire::encode(wire::Durable{1}, durable);
  BOOST_TEST(after(durable.view()) == kNoMessage);
}

BOOST_AUTO_TEST_CASE(who_asks_who_is_there_is_told) {
  World world;
  Person& ann = world.guest("ann");
  ann.points_at("{}");
  world.turn();
  Person& ben = world.guest("ben");
  ben.forgets_what_he_got();
  ben.says_message(wire::QueryAwareness{});
  world.turn();
  BOOST_TEST(ben.got().awareness == 1U);
}

BOOST_AUTO_TEST_CASE(awareness_that_is_noise_ends_the_connection) {
  BOOST_TEST(after("\1\1\5"sv) != "open");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
