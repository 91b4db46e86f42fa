#include "daemon/net/websocket_codec.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/hex.h"
#include "tests/support/seeded_random.h"

namespace plait::net {
namespace {

using support::bytes_of_hex;
using support::SeededRandom;

namespace data = boost::unit_test::data;

constexpr MaskKey kKey = {'\x37', '\xfa', '\x21', '\x3d'};

/// A frame with everything that can be wrong about it.
struct Frame {
  Opcode opcode = Opcode::Binary;
  std::string payload = {};
  bool final = true;
  bool masked = true;
};

std::string bytes_of(const Frame& frame) {
  std::string bytes;
  if (frame.masked) {
    append_client_frame(bytes, frame.opcode, frame.payload, kKey);
  } else {
    append_server_frame(bytes, frame.opcode, frame.payload);
  }
  if (!frame.final) bytes[0] = static_cast<char>(bytes[0] & 0x7F);
  return bytes;
}

/// One end of a connection that writes down what it hears: "text hi|", "close 1000 bye|".
class End final : public WebSocketCodec::Handler {
 public:
  explicit End(WebSocketCodec::Role role = WebSocketCodec::Role::Server,
               std::size_t max_message = kMaxMessageBytes)
      : codec(role, max_message) {}

  void on_message(MessageKind kind, std::string_view payload) override {
    heard += kind == MessageKind::Text ? "text " : "binary ";
    heard.append(payload) += '|';
    last_size = payload.size();
    if (payload == "stop") codec.stop();
  }
  void on_ping(std::string_view payload) override {
    heard.append("ping ").append(payload) += '|';
  }
  void on_close(const Ending& ending) override {
    heard += "close " + std::to_string(number(ending.code)) + ' ' + ending.reason + '|';
  }

  void receive_bytes(std::string bytes) {
    if (auto ending = codec.feed(bytes, *this)) fault = std::move(ending);
  }
  void receive(const Frame& frame) { receive_bytes(bytes_of(frame)); }

  [[nodiscard]] int fault_code() const { return fault ? number(fault->code) : 0; }

  WebSocketCodec codec;
  std::string heard;
  std::size_t last_size = 0;
  std::optional<Ending> fault;
};

const std::string kConversation =
    bytes_of({.opcode = Opcode::Text, .payload = "one"}) +
    bytes_of({.opcode = Opcode::Binary, .payload = std::string(200, 'x')}) +
    bytes_of({.opcode = Opcode::Text, .payload = "tw", .final = false}) +
    bytes_of({.opcode = Opcode::Ping, .payload = "still there?"}) +
    bytes_of({.opcode = Opcode::Continuation, .payload = "", .final = false}) +
    bytes_of({.opcode = Opcode::Continuation, .payload = "o"}) +
    bytes_of({.opcode = Opcode::Pong}) + bytes_of({.opcode = Opcode::Binary}) +
    bytes_of({.opcode = Opcode::Close,
              .payload = "\x03\xe8"
                         "bye"});
const std::string kHeard = "text one|binary " + std::string(200, 'x') +
                           "|ping still there?|text two|binary |close 1000 bye|";
const auto kEverySplit = data::xrange(std::size_t{0}, kConversation.size());

struct Bad {
  const char* why;
  std::vector<Frame> frames;
  CloseCode code;
};
std::ostream& operator<<(std::ostream& out, const Bad& bad) { return out << bad.why; }

const Bad kBad[] = {
    {"unmasked", {{.masked = false}}, CloseCode::ProtocolError},
    {"continues nothing", {{.opcode = Opcode::Continuation}}, CloseCode::ProtocolError},
    {"continues what ended",
     {{.opcode = Opcode::Binary}, {.opcode = Opcode::Continuation}},
     CloseCode::ProtocolError},
    {"a message in a message", {{.final = false}, {}}, CloseCode::ProtocolError},
    {"fragmented ping", {{.opcode = Opcode::Ping, .final = false}}, CloseCode::ProtocolError},
    {"long ping",
     {{.opcode = Opcode::Ping, .payload = std::string(126, 'x')}},
     CloseCode::ProtocolError},
    {"not UTF-8", {{.opcode = Opcode::Text, .payload = "\xc3\x28"}}, CloseCode::InvalidText},
    {"a surrogate",
     {{.opcode = Opcode::Text, .payload = "\xed\xa0\x80"}},
     CloseCode::InvalidText},
    {"overlong", {{.opcode = Opcode::Text, .payload = "\xc0\xaf"}}, CloseCode::InvalidText},
    {"half a character",
     {{.opcode = Opcode::Text, .payload = "\xe2\x82"}},
     CloseCode::InvalidText},
    {"half a close code",
     {{.opcode = Opcode::Close, .payload = "\x03"}},
     CloseCode::ProtocolError},
    {"a reason that is not UTF-8",
     {{.opcode = Opcode::Close, .payload = "\x03\xe8\xff"}},
     CloseCode::InvalidText},
};

BOOST_AUTO_TEST_SUITE(websocket_codec)

BOOST_DATA_TEST_CASE(a_conversation_survives_any_split, kEverySplit, split) {
  End server;
  server.receive_bytes(kConversation.substr(0, split));
  server.receive_bytes(kConversation.substr(split));
  BOOST_TEST(server.heard == kHeard);
  BOOST_TEST(!server.fault.has_value());
}

BOOST_AUTO_TEST_CASE(a_conversation_survives_single_bytes) {
  End server;
  for (const char byte : kConversation) server.receive_bytes(std::string(1, byte));
  BOOST_TEST(server.heard == kHeard);
}

BOOST_AUTO_TEST_CASE(a_character_may_be_cut_by_a_fragment) {
  End server;
  server.receive({.opcode = Opcode::Text, .payload = "\xe2\x82", .final = false});
  server.receive({.opcode = Opcode::Continuation, .payload = "\xac"});
  BOOST_TEST(server.heard == "text €|");
}

BOOST_DATA_TEST_CASE(broken_rules_end_the_connection, data::make(kBad), bad) {
  End server;
  for (const Frame& frame : bad.frames) server.receive(frame);
  BOOST_TEST(server.fault_code() == number(bad.code));

  const std::string heard = server.heard;
  server.receive({.payload = "more"});
  BOOST_TEST(server.heard == heard);
}

BOOST_AUTO_TEST_CASE(a_client_takes_unmasked_frames_only) {
  End client(WebSocketCodec::Role::Client);
  client.receive({.opcode = Opcode::Text, .payload = "hello", .masked = false});
  BOOST_TEST(client.heard == "text hello|");
  client.receive({.opcode = Opcode::Text, .payload = "hello", .masked = true});
  BOOST_TEST(client.fault_code() == 1002);
}

BOOST_AUTO_TEST_CASE(a_frame_of_the_greatest_size_is_taken) {
  End server;
  server.receive({.payload = std::string(kMaxFrameBytes, 'x')});
  BOOST_TEST(server.last_size == kMaxFrameBytes);
}

BOOST_AUTO_TEST_CASE(a_greater_frame_is_refused_by_its_header) {
  End server;
  server.receive_bytes(
      bytes_of({.payload = std::string(kMaxFrameBytes + 1, 'x')}).substr(0, 14));
  BOOST_TEST(server.fault_code() == 1009);
}

BOOST_AUTO_TEST_CASE(a_message_of_the_greatest_size_is_taken) {
  End server;
  const std::string quarter(kMaxMessageBytes / 4, 'x');
  server.receive({.payload = quarter, .final = false});
  server.receive({.opcode = Opcode::Continuation, .payload = quarter, .final = false});
  server.receive({.opcode = Opcode::Continuation, .payload = quarter, .final = false});
  server.receive({.opcode = Opcode::Continuation, .payload = quarter});
  BOOST_TEST(server.last_size == kMaxMessageBytes);
}

BOOST_AUTO_TEST_CASE(a_greater_message_is_refused_by_the_header_that_makes_it_so) {
  End server;
  const std::string quarter(kMaxMessageBytes / 4, 'x');
  server.receive({.payload = quarter, .final = false});
  for (int i = 0; i < 3; ++i) {
    server.receive({.opcode = Opcode::Continuation, .payload = quarter, .final = false});
  }
  BOOST_TEST(server.fault_code() == 0);
  server.receive_bytes(bytes_of({.opcode = Opcode::Continuation, .payload = "x"}).substr(0, 6));
  BOOST_TEST(server.fault_code() == 1009);
}

BOOST_AUTO_TEST_CASE(before_login_messages_are_small) {
  End server(WebSocketCodec::Role::Server, kMaxMessageBytesBeforeLogin);
  server.receive({.payload = std::string(kMaxMessageBytesBeforeLogin, 'x')});
  BOOST_TEST(server.last_size == kMaxMessageBytesBeforeLogin);
  server.codec.set_max_message(kMaxMessageBytes);
  server.receive({.payload = std::string(kMaxMessageBytesBeforeLogin + 1, 'x')});
  BOOST_TEST(server.last_size == kMaxMessageBytesBeforeLogin + 1);
  server.codec.set_max_message(kMaxMessageBytesBeforeLogin);
  server.receive({.payload = std::string(kMaxMessageBytesBeforeLogin + 1, 'x')});
  BOOST_TEST(server.fault_code() == 1009);
}

BOOST_AUTO_TEST_CASE(a_message_may_have_128_fragments) {
  End server;
  server.receive({.payload = "x", .final = false});
  for (std::size_t i = 2; i < kMaxFragments; ++i) {
    server.receive({.opcode = Opcode::Continuation, .payload = "x", .final = false});
  }
  server.receive({.opcode = Opcode::Continuation, .payload = "x"});
  BOOST_TEST(server.last_size == kMaxFragments);

  server.receive({.payload = "x", .final = false});
  for (std::size_t i = 1; i < kMaxFragments; ++i) {
    server.receive({.opcode = Opcode::Continuation, .payload = "x", .final = false});
  }
  BOOST_TEST(server.fault_code() == 0);
  server.receive({.opcode = Opcode::Continuation, .payload = "x"});
  BOOST_TEST(server.fault_code() == 1009);
}

BOOST_AUTO_TEST_CASE(control_frames_have_a_budget_that_is_refilled) {
  End server;
  for (std::size_t i = 0; i < kControlFrameBudget; ++i)
    server.receive({.opcode = Opcode::Ping});
  server.codec.refill_control_budget();
  for (std::size_t i = 0; i < kControlFrameBudget; ++i)
    server.receive({.opcode = Opcode::Pong});
  BOOST_TEST(server.fault_code() == 0);
  server.receive({.opcode = Opcode::Ping});
  BOOST_TEST(server.fault_code() == 1008);
}

BOOST_AUTO_TEST_CASE(close_codes_are_those_that_may_be_sent) {
  for (unsigned value = 0; value < 6000; ++value) {
    const bool valid = (value >= 1000 && value <= 1003) || (value >= 1007 && value <= 1014) ||
                       (value >= 3000 && value <= 4999);
    End server;
    const std::string payload = {static_cast<char>(value >> 8), static_cast<char>(value)};
    server.receive({.opcode = Opcode::Close, .payload = payload});
    BOOST_TEST_REQUIRE(server.fault.has_value() != valid);
    BOOST_TEST_REQUIRE(server.heard.empty() != valid);
  }
}

BOOST_AUTO_TEST_CASE(a_close_without_a_code_is_told_as_such) {
  End server;
  server.receive({.opcode = Opcode::Close});
  BOOST_TEST(server.heard == "close 1005 |");
}

BOOST_AUTO_TEST_CASE(nothing_is_heard_behind_a_close) {
  End server;
  server.receive_bytes(bytes_of({.opcode = Opcode::Close}) + bytes_of({.payload = "late"}) +
                       "junk");
  BOOST_TEST(server.heard == "close 1005 |");
  BOOST_TEST(!server.fault.has_value());
}

BOOST_AUTO_TEST_CASE(a_handler_can_stop_in_the_middle) {
  End server;
  server.receive_bytes(bytes_of({.payload = "stop"}) + bytes_of({.payload = "late"}));
  BOOST_TEST(server.heard == "binary stop|");
}

BOOST_AUTO_TEST_CASE(random_messages_in_random_pieces_arrive) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int round = 0; round < 200; ++round) {
    const bool to_server = random.one_in(2);
    End end(to_server ? WebSocketCodec::Role::Server : WebSocketCodec::Role::Client);
    std::string stream;
    std::string expected;
    for (int message = 0; message < 5; ++message) {
      std::string payload(random.below(300), static_cast<char>('a' + message));
      expected += "binary " + payload + '|';
      const std::size_t fragments = 1 + random.below(4);
      for (std::size_t i = 0; i < fragments; ++i) {
        const bool last = i + 1 == fragments;
        const std::size_t size = last ? payload.size() : random.below(payload.size() + 1);
        stream += bytes_of({.opcode = i == 0 ? Opcode::Binary : Opcode::Continuation,
                            .payload = payload.substr(0, size),
                            .final = last,
                            .masked = to_server});
        payload.erase(0, size);
      }
    }
    while (!stream.empty()) {
      const std::size_t size = 1 + random.below(std::min<std::size_t>(stream.size(), 100));
      end.receive_bytes(stream.substr(0, size));
      stream.erase(0, size);
    }
    BOOST_TEST_REQUIRE(end.heard == expected);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::net
