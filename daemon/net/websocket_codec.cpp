#include "daemon/net/websocket_codec.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "protocol/base/utf8.h"

namespace plait::net {
namespace {

Ending protocol_error(std::string reason) {
  return {CloseCode::ProtocolError, std::move(reason)};
}

}  // namespace

std::string close_payload(const Ending& ending) {
  if (!may_be_sent(ending.code)) return {};
  std::string_view reason = ending.reason;
  if (reason.size() > kMaxControlPayload - 2) {
    std::size_t end = kMaxControlPayload - 2;
    while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xC0U) == 0x80) --end;
    reason = reason.substr(0, end);
  }
  const std::uint16_t code = number(ending.code);
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
  return payload.append(reason);
}

std::optional<Ending> WebSocketCodec::feed(std::span<char> bytes, Handler& handler) {
  while (!stopped_) {
    if (!in_payload_) {
      if (!gather_header(bytes)) break;
      if (auto fault = begin_frame()) {
        stop();
        return fault;
      }
    }
    // A frame without a payload is complete although there are no bytes left.
    if (bytes.empty() && taken_ != frame_.length) break;
    if (auto fault = take_payload(bytes, handler)) {
      stop();
      return fault;
    }
  }
  return std::nullopt;
}

/// Moves bytes into header_ until it is whole.
bool WebSocketCodec::gather_header(std::span<char>& bytes) noexcept {
  if (header_size_ == 0 && bytes.size() >= kMaxFrameHeader) {
    // As most are: there in one piece, and a copy of fixed size is the quickest.
    std::memcpy(header_.data(), bytes.data(), kMaxFrameHeader);
    header_size_ = static_cast<std::uint8_t>(frame_header_size(header_[1]));
    bytes = bytes.subspan(header_size_);
    return true;
  }
  for (;;) {
    const std::size_t wanted = header_size_ < 2 ? 2 : frame_header_size(header_[1]);
    const std::size_t more = std::min(wanted - header_size_, bytes.size());
    if (more != 0) std::memcpy(header_.data() + header_size_, bytes.data(), more);
    bytes = bytes.subspan(more);
    header_size_ = static_cast<std::uint8_t>(header_size_ + more);
    if (header_size_ < wanted) return false;
    if (wanted == frame_header_size(header_[1])) return true;
  }
}

WebSocketCodec::Fault WebSocketCodec::begin_frame() {
  auto header = decode_frame_header({header_.data(), header_size_});
  if (!header) return protocol_error(std::move(header).error().message);
  frame_ = *header;
  header_size_ = 0;
  taken_ = 0;
  in_payload_ = true;

  if (frame_.mask.has_value() != (role_ == Role::Server)) {
    return protocol_error(role_ == Role::Server ? "a client's frame that is not masked"
                                                : "a server's frame that is masked");
  }
  if (!is_control(frame_.opcode)) return check_data_frame();
  if (control_frames_ == kControlFrameBudget) {
    return Ending{CloseCode::PolicyViolation, "too many control frames"};
  }
  ++control_frames_;
  return std::nullopt;
}

WebSocketCodec::Fault WebSocketCodec::check_data_frame() {
  if ((frame_.opcode == Opcode::Continuation) != in_message_) {
    return protocol_error(in_message_ ? "a message inside of another"
                                      : "a continuation of nothing");
  }
  if (!in_message_) {
    kind_ = frame_.opcode == Opcode::Text ? MessageKind::Text : MessageKind::Binary;
    fragments_ = 0;
  }
  if (fragments_ == kMaxFragments) {
    return Ending{CloseCode::TooBig, "a message in too many fragments"};
  }
  ++fragments_;
  in_message_ = true;
  if (frame_.length > kMaxFrameBytes) return Ending{CloseCode::TooBig, "the frame is too big"};
  if (message_.size() > max_message_ || frame_.length > max_message_ - message_.size()) {
    return Ending{CloseCode::TooBig, "the message is too big"};
  }
  return std::nullopt;
}

WebSocketCodec::Fault WebSocketCodec::take_payload(std::span<char>& bytes, Handler& handler) {
  const auto left = static_cast<std::size_t>(frame_.length) - taken_;
  const std::span<char> part = bytes.first(std::min(left, bytes.size()));
  bytes = bytes.subspan(part.size());
  if (frame_.mask) apply_mask(part, *frame_.mask, taken_);
  taken_ += part.size();
  const bool whole = taken_ == frame_.length;
  in_payload_ = !whole;

  const bool control = is_control(frame_.opcode);
  std::string& gathered = control ? control_ : message_;
  const std::string_view arrived(part.data(), part.size());
  const auto end = [&](std::string_view payload) {
    return control ? end_control(payload, handler) : end_message(payload, handler);
  };
  if (whole && frame_.final && gathered.empty()) return end(arrived);
  gathered.append(arrived);
  if (!whole || !frame_.final) return std::nullopt;

  // Moved away, so that its memory goes whatever the handler does.
  const std::string owned = std::exchange(gathered, std::string());
  return end(owned);
}

WebSocketCodec::Fault WebSocketCodec::end_message(std::string_view payload, Handler& handler) {
  in_message_ = false;
  if (kind_ == MessageKind::Text && !is_valid_utf8(payload)) {
    return Ending{CloseCode::InvalidText, "the text is not UTF-8"};
  }
  handler.on_message(kind_, payload);
  return std::nullopt;
}

WebSocketCodec::Fault WebSocketCodec::end_control(std::string_view payload, Handler& handler) {
  if (frame_.opcode == Opcode::Close) return end_connection(payload, handler);
  if (frame_.opcode == Opcode::Ping) handler.on_ping(payload);
  return std::nullopt;
}

WebSocketCodec::Fault WebSocketCodec::end_connection(std::string_view payload,
                                                     Handler& handler) {
  stop();
  if (payload.empty()) {
    handler.on_close({CloseCode::NoneGiven, {}});
    return std::nullopt;
  }
  if (payload.size() < 2) return protocol_error("half a close code");
  const auto code = static_cast<CloseCode>(static_cast<std::uint8_t>(payload[0]) << 8 |
                                           static_cast<std::uint8_t>(payload[1]));
  if (!may_be_sent(code)) return protocol_error("a close code that nobody may send");
  const std::string_view reason = payload.substr(2);
  if (!is_valid_utf8(reason)) {
    return Ending{CloseCode::InvalidText, "the reason for closing is not UTF-8"};
  }
  handler.on_close({code, std::string(reason)});
  return std::nullopt;
}

}  // namespace plait::net
