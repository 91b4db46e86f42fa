#include "tests/bench/load/dialect.h"

#include <boost/test/unit_test.hpp>

namespace plait::load {
namespace {

constexpr Dialect kDialects[] = {Dialect::YWebsocket, Dialect::Hocuspocus};

BOOST_AUTO_TEST_SUITE(dialect)

BOOST_AUTO_TEST_CASE(what_is_said_is_heard) {
  ByteWriter message;
  for (const Dialect dialect : kDialects) {
    say(dialect, "room", Sync::Vector, "a", message);
    BOOST_TEST((hear(dialect, message.view()).kind == Heard::Kind::Vector));
    say(dialect, "room", Sync::Answer, "b", message);
    BOOST_TEST((hear(dialect, message.view()).kind == Heard::Kind::Answer));
    say(dialect, "room", Sync::Update, "c", message);
    const Heard heard = hear(dialect, message.view());
    BOOST_TEST((heard.kind == Heard::Kind::Update));
    BOOST_TEST(heard.payload == "c");
  }
}

BOOST_AUTO_TEST_CASE(an_update_is_as_y_websocket_says_it) {
  ByteWriter message;
  say(Dialect::YWebsocket, "room", Sync::Update, "xyz", message);
  BOOST_TEST(message.view() == std::string_view("\0\2\3xyz", 6));
}

BOOST_AUTO_TEST_CASE(hocuspocus_says_whose_document_it_is_about) {
  ByteWriter message;
  say(Dialect::Hocuspocus, "room", Sync::Update, "xyz", message);
  BOOST_TEST(message.view() == std::string_view("\4room\0\2\3xyz", 11));
}

BOOST_AUTO_TEST_CASE(a_login_is_answered_with_welcome_or_not_at_all) {
  using namespace std::string_view_literals;
  const auto heard = [](std::string_view message) {
    return hear(Dialect::Hocuspocus, message).kind;
  };
  BOOST_TEST((heard("\4room\2\2\nread-write"sv) == Heard::Kind::Welcome));
  BOOST_TEST((heard("\4room\2\1\6denied"sv) == Heard::Kind::Broken));
}

BOOST_AUTO_TEST_CASE(what_is_cut_short_is_broken) {
  using namespace std::string_view_literals;
  for (const Dialect dialect : kDialects) {
    BOOST_TEST((hear(dialect, {}).kind == Heard::Kind::Broken));
  }
  BOOST_TEST((hear(Dialect::YWebsocket, "\0\2\5xyz"sv).kind == Heard::Kind::Broken));
  BOOST_TEST((hear(Dialect::YWebsocket, "\0\7\1x"sv).kind == Heard::Kind::Broken));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::load
