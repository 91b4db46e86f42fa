#include "tests/attack/visitor.h"

#include <cstdlib>
#include <utility>

namespace plait::attack {

using net::Opcode;
using std::chrono::milliseconds;

std::string to_text(const Knock& knock) {
  std::string text = "GET " + knock.path + " HTTP/1.1\r\nHost: " + knock.host +
                     "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  for (const std::string& line : knock.more_lines) text += line + "\r\n";
  return text + "\r\n";
}

std::string to_bytes(const RawFrame& frame, std::string_view payload) {
  const std::uint64_t length = frame.claimed_length.value_or(payload.size());
  std::string bytes;
  bytes += static_cast<char>((frame.final ? 0x80 : 0) | frame.reserved_bits |
                             static_cast<int>(frame.opcode));
  const int mask_bit = frame.masked ? 0x80 : 0;
  int length_bytes = 0;
  if (length < 126) {
    bytes += static_cast<char>(mask_bit | static_cast<int>(length));
  } else {
    length_bytes = length < 65'536 ? 2 : 8;
    bytes += static_cast<char>(mask_bit | (length_bytes == 2 ? 126 : 127));
  }
  for (int i = length_bytes - 1; i >= 0; --i) {
    bytes += static_cast<char>(static_cast<std::uint8_t>(length >> (8 * i)));
  }
  if (!frame.masked) return bytes.append(payload);
  const net::MaskKey key{'k', 'e', 'y', '!'};
  bytes.append(key.data(), key.size());
  std::string hidden(payload);
  net::apply_mask(hidden, key, 0);
  return bytes.append(hidden);
}

int Visitor::knocks(const Knock& knock) {
  line_->say(to_text(knock));
  std::string& heard = line_->heard();
  const auto end = [&] { return heard.find("\r\n\r\n"); };
  if (!line_->hear([&] { return end() != std::string::npos; })) return 0;
  const int status = std::atoi(heard.c_str() + sizeof "HTTP/1.1");
  if (status == 101) {
    heard.erase(0, end() + 4);
  } else {
    line_->hear([] { return false; });  // it ends the connection
    body_ = heard.substr(end() + 4);
  }
  return status;
}

/// Takes one frame from what was heard, if it is whole.
bool Visitor::take_frame() {
  std::string& heard = line_->heard();
  if (heard.size() < 2) return false;
  const std::size_t head = net::frame_header_size(heard[1]);
  if (heard.size() < head) return false;
  const auto frame = net::decode_frame_header(std::string_view{heard}.substr(0, head));
  if (!frame || heard.size() - head < frame->length) return false;
  const auto length = static_cast<std::size_t>(frame->length);
  const std::string payload = heard.substr(head, length);
  heard.erase(0, head + length);
  heard_bytes_ += head + length;
  switch (frame->opcode) {
    case Opcode::Text:
    case Opcode::Binary:
    case Opcode::Continuation: messages_.push_back(payload); break;
    case Opcode::Close:
      if (payload.size() < 2) {
        close_ = "closed";
      } else {
        const int code =
            static_cast<std::uint8_t>(payload[0]) << 8 | static_cast<std::uint8_t>(payload[1]);
        close_ = std::to_string(code) + ' ' + payload.substr(2);
      }
      break;
    case Opcode::Ping: says_frame({.opcode = Opcode::Pong}, payload); break;
    case Opcode::Pong: break;
  }
  return true;
}

std::optional<std::string> Visitor::next_message(milliseconds patience) {
  line_->hear(
      [this] {
        while (messages_.empty() && !close_ && take_frame()) {
        }
        return !messages_.empty() || close_;
      },
      patience);
  if (messages_.empty()) return std::nullopt;
  std::string message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

std::string Visitor::ending(milliseconds patience) {
  line_->hear(
      [this] {
        while (!close_ && take_frame()) messages_.clear();
        return close_.has_value();
      },
      patience);
  if (close_) return *close_;
  return line_->has_ended() ? "cut off" : "still open";
}

}  // namespace plait::attack
