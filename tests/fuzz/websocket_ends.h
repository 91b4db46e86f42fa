#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/net/websocket_codec.h"
#include "protocol/base/assert.h"
#include "protocol/base/utf8.h"

namespace plait::fuzz {

/// Small, so that a search finds what lies beyond them.
inline constexpr std::size_t kMaxMessage = 4096;

/// How a stream is cut: pieces of sizes that a number decides.
class Pieces {
 public:
  Pieces(std::string_view stream, std::uint32_t seed) noexcept : rest_(stream), state_(seed) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  std::string next() {
    state_ = state_ * 1664525 + 1013904223;
    const std::size_t size = 1 + (state_ >> 16) % ((state_ >> 24) % 4 == 0 ? 300 : 5);
    std::string piece(rest_.substr(0, size));
    rest_.remove_prefix(piece.size());
    return piece;
  }

 private:
  std::string_view rest_;
  std::uint32_t state_;
};

/// One end of a WebSocket: writes down what it hears, and checks that it may hear it.
class WebSocketEnd final : public net::WebSocketCodec::Handler {
 public:
  explicit WebSocketEnd(net::WebSocketCodec::Role role) : codec_(role, kMaxMessage) {}

  void receive(std::string bytes) {
    const auto fault = codec_.feed(bytes, *this);
    if (!fault) return;
    PLAIT_ASSERT(!has_ended_, "a connection to end once");
    PLAIT_ASSERT(net::may_be_sent(fault->code), "a reason that can be told");
    has_ended_ = true;
    log_ += "fault " + std::to_string(number(fault->code)) + ' ' + fault->reason;
  }
  [[nodiscard]] const std::string& log() const noexcept { return log_; }

  void on_message(net::MessageKind kind, std::string_view payload) override {
    PLAIT_ASSERT(!has_ended_, "nothing to be heard after the end");
    PLAIT_ASSERT(payload.size() <= kMaxMessage, "no message to be too long");
    const bool is_text = kind == net::MessageKind::Text;
    PLAIT_ASSERT(!is_text || is_valid_utf8(payload), "text to be UTF-8");
    note(is_text ? 't' : 'b', payload);
  }
  void on_ping(std::string_view payload) override {
    PLAIT_ASSERT(!has_ended_, "nothing to be heard after the end");
    PLAIT_ASSERT(payload.size() <= net::kMaxControlPayload, "no ping to be too long");
    PLAIT_ASSERT(++pings_ <= net::kControlFrameBudget, "no more pings than there are to be");
    note('p', payload);
  }
  void on_close(const net::Ending& ending) override {
    PLAIT_ASSERT(!has_ended_, "a connection to end once");
    PLAIT_ASSERT(is_valid_utf8(ending.reason), "a reason to be UTF-8");
    has_ended_ = true;
    note('c', ending.reason);
  }

 private:
  void note(char what, std::string_view payload) {
    log_ += what + std::to_string(payload.size()) + ':';
    log_.append(payload);
  }

  net::WebSocketCodec codec_;
  std::string log_;
  std::size_t pings_ = 0;
  bool has_ended_ = false;
};

/// Four bytes decide where the rest, a stream, is cut. An end hears the same of it in pieces as
/// at once.
inline void hear_stream(net::WebSocketCodec::Role role, const std::uint8_t* data,
                        std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  std::uint32_t seed = 0;
  for (const char byte : input.substr(0, 4)) seed = seed << 8 | static_cast<std::uint8_t>(byte);
  const std::string_view stream = input.substr(std::min<std::size_t>(4, size));

  WebSocketEnd at_once(role);
  at_once.receive(std::string(stream));
  WebSocketEnd in_pieces(role);
  for (Pieces pieces(stream, seed); !pieces.at_end();) in_pieces.receive(pieces.next());
  PLAIT_ASSERT(in_pieces.log() == at_once.log(), "the same to be heard of any pieces");
}

}  // namespace plait::fuzz
