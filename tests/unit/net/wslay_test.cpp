#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/test/unit_test.hpp>
#include <wslay/wslay.h>

#include "daemon/net/websocket_codec.h"
#include "tests/support/seeded_random.h"

// The codec beside an implementation by somebody else: what one writes the other reads.

namespace plait::net {
namespace {

using support::SeededRandom;

/// wslay's end of a connection: writes down what it hears, and has bytes to send.
class Wslay {
 public:
  explicit Wslay(WebSocketCodec::Role role) {
    wslay_event_callbacks callbacks{};
    callbacks.recv_callback = [](wslay_event_context_ptr context, std::uint8_t* data,
                                 std::size_t size, int /*flags*/, void* self) -> ssize_t {
      std::string_view& in = static_cast<Wslay*>(self)->in_;
      if (in.empty()) {
        wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
        return -1;
      }
      const std::size_t count = in.copy(reinterpret_cast<char*>(data), size);
      in.remove_prefix(count);
      return static_cast<ssize_t>(count);
    };
    callbacks.send_callback = [](wslay_event_context_ptr /*context*/, const std::uint8_t* data,
                                 std::size_t size, int /*flags*/, void* self) -> ssize_t {
      static_cast<Wslay*>(self)->out_.append(reinterpret_cast<const char*>(data), size);
      return static_cast<ssize_t>(size);
    };
    callbacks.genmask_callback = [](wslay_event_context_ptr /*context*/, std::uint8_t* key,
                                    std::size_t size, void* /*self*/) {
      std::memcpy(key, "wsl?", size);
      return 0;
    };
    callbacks.on_msg_recv_callback = [](wslay_event_context_ptr /*context*/,
                                        const wslay_event_on_msg_recv_arg* message,
                                        void* self) {
      static_cast<Wslay*>(self)->note(
          message->opcode, {reinterpret_cast<const char*>(message->msg), message->msg_length});
    };
    wslay_event_context_ptr made = nullptr;
    const int status = role == WebSocketCodec::Role::Server
                           ? wslay_event_context_server_init(&made, &callbacks, this)
                           : wslay_event_context_client_init(&made, &callbacks, this);
    BOOST_TEST_REQUIRE(status == 0);
    context_.reset(made);
  }

  void receive(std::string_view bytes) {
    in_ = bytes;
    BOOST_TEST(wslay_event_recv(context_.get()) == 0);
  }
  void send(Opcode opcode, std::string_view payload) {
    const wslay_event_msg message{static_cast<std::uint8_t>(opcode),
                                  reinterpret_cast<const std::uint8_t*>(payload.data()),
                                  payload.size()};
    BOOST_TEST(wslay_event_queue_msg(context_.get(), &message) == 0);
  }
  /// What it has to say, its answers to pings and closes included.
  std::string take_out() {
    BOOST_TEST(wslay_event_send(context_.get()) == 0);
    return std::exchange(out_, {});
  }
  [[nodiscard]] const std::string& log() const noexcept { return log_; }

 private:
  void note(std::uint8_t opcode, std::string_view payload) {
    log_ += std::to_string(opcode) + ' ';
    log_.append(payload) += '|';
  }

  std::unique_ptr<wslay_event_context, decltype([](wslay_event_context* context) {
                    wslay_event_context_free(context);
                  })>
      context_;
  std::string_view in_;
  std::string out_;
  std::string log_;
};

/// Ours, with the same notes.
struct Ours final : WebSocketCodec::Handler {
  explicit Ours(WebSocketCodec::Role role) : codec(role, kMaxMessageBytes) {}

  void on_message(MessageKind kind, std::string_view payload) override {
    log += kind == MessageKind::Text ? "1 " : "2 ";
    log.append(payload) += '|';
  }
  void on_ping(std::string_view payload) override { log.append("9 ").append(payload) += '|'; }
  void on_close(const Ending& ending) override { log += "8 " + close_payload(ending) + '|'; }
  void receive(std::string bytes) { BOOST_TEST(!codec.feed(bytes, *this).has_value()); }

  WebSocketCodec codec;
  std::string log;
};

constexpr std::array kLengths = {0, 1, 125, 126, 127, 65535, 65536, 100'000};
constexpr std::array kOpcodes = {Opcode::Text, Opcode::Binary, Opcode::Ping, Opcode::Pong};

struct Conversation {
  SeededRandom random;

  /// A frame's payload, ASCII, so that it fits every kind.
  std::string payload_for(Opcode opcode) {
    const auto length = static_cast<std::size_t>(random.pick(kLengths));
    return std::string(is_control(opcode) ? length % 126 : length, 'x');
  }
};

BOOST_FIXTURE_TEST_SUITE(wslay, Conversation)

BOOST_AUTO_TEST_CASE(wslay_understands_what_our_server_and_client_say) {
  BOOST_TEST_INFO_SCOPE(random);
  Wslay client(WebSocketCodec::Role::Client);
  Wslay server(WebSocketCodec::Role::Server);
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    const Opcode opcode = random.pick(kOpcodes);
    const std::string payload = payload_for(opcode);
    client.receive(server_frame(opcode, payload));
    std::string frame;
    const auto key = static_cast<std::uint32_t>(random.bits());
    MaskKey mask{};
    std::memcpy(mask.data(), &key, mask.size());
    append_client_frame(frame, opcode, payload, mask);
    server.receive(frame);
    expected += std::to_string(static_cast<int>(opcode)) + ' ' + payload + '|';
  }
  BOOST_TEST((client.log() == expected));
  BOOST_TEST((server.log() == expected));
}

BOOST_AUTO_TEST_CASE(our_server_and_client_understand_what_wslay_says) {
  BOOST_TEST_INFO_SCOPE(random);
  for (const bool as_server : {true, false}) {
    const auto ours_role =
        as_server ? WebSocketCodec::Role::Server : WebSocketCodec::Role::Client;
    Ours ours(ours_role);
    Wslay theirs(as_server ? WebSocketCodec::Role::Client : WebSocketCodec::Role::Server);
    std::string expected;
    for (int i = 0; i < 100; ++i) {
      const Opcode opcode = random.pick(kOpcodes);
      const std::string payload = payload_for(opcode);
      theirs.send(opcode, payload);
      ours.receive(theirs.take_out());
      ours.codec.refill_control_budget();
      if (opcode != Opcode::Pong) {
        expected += std::to_string(static_cast<int>(opcode)) + ' ' + payload + '|';
      }
    }
    BOOST_TEST((ours.log == expected));
  }
}

BOOST_AUTO_TEST_CASE(a_close_is_echoed_by_both) {
  const std::string payload = close_payload({CloseCode::GoingAway, "bye"});
  Wslay client(WebSocketCodec::Role::Client);
  client.receive(server_frame(Opcode::Close, payload));
  Ours server(WebSocketCodec::Role::Server);
  server.receive(client.take_out());
  BOOST_TEST(server.log == "8 " + payload + '|');
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::net
