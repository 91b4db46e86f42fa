#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/net/websocket_frame.h"
#include "protocol/base/bytes.h"
#include "protocol/wire/message.h"
#include "tests/attack/line.h"

namespace plait::attack {

/// A request that opens a WebSocket, or something like it.
struct Knock {
  std::string path = "/yjs/garden";
  std::string host = "127.0.0.1";
  std::vector<std::string> more_lines = {};  ///< "Origin: https://example.org"
};
[[nodiscard]] std::string to_text(const Knock& knock);

/// A frame as nobody should have to read it.
struct RawFrame {
  net::Opcode opcode = net::Opcode::Binary;
  bool final = true;
  bool masked = true;
  std::uint8_t reserved_bits = 0;  ///< of the first byte: 0x40, 0x20, 0x10
  std::optional<std::uint64_t> claimed_length = std::nullopt;  ///< other than the payload's
};
[[nodiscard]] std::string to_bytes(const RawFrame& frame, std::string_view payload);

/// Somebody at the other end of a WebSocket who does as he likes.
class Visitor {
 public:
  explicit Visitor(std::unique_ptr<Line> line) : line_(std::move(line)) {}

  /// Asks to be let in. The status code of the answer; 0 if there is none.
  int knocks(const Knock& knock);

  bool says(std::string_view binary) { return line_->say(to_bytes({}, binary)); }
  bool says_text(std::string_view text) {
    return line_->say(to_bytes({.opcode = net::Opcode::Text}, text));
  }
  template <class M>
  bool says_message(const M& message) {
    ByteWriter bytes;
    wire::encode(message, bytes);
    return says(bytes.view());
  }
  bool says_frame(const RawFrame& frame, std::string_view payload) {
    return line_->say(to_bytes(frame, payload));
  }

  /// The next whole message; nothing if the connection ends first, or time is up.
  std::optional<std::string> next_message(std::chrono::milliseconds patience = kPatience);
  /// Reads on until the server ends it, and says how: "1008 rule kind: ...", "cut off". Or
  /// "still open".
  std::string ending(std::chrono::milliseconds patience = kPatience);

  [[nodiscard]] Line& line() noexcept { return *line_; }
  /// All that was heard so far, in bytes.
  [[nodiscard]] std::size_t heard_bytes() const noexcept { return heard_bytes_; }
  [[nodiscard]] const std::string& answer_body() const noexcept { return body_; }

 private:
  bool take_frame();

  std::unique_ptr<Line> line_;
  std::deque<std::string> messages_;
  std::optional<std::string> close_;
  std::string body_;
  std::size_t heard_bytes_ = 0;
};

}  // namespace plait::attack
