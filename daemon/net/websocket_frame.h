#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace plait::net {

// The frames of RFC 6455, section 5.2, without extensions.

enum class Opcode : std::uint8_t {
  Continuation = 0,
  Text = 1,
  Binary = 2,
  Close = 8,
  Ping = 9,
  Pong = 10,
};

constexpr bool is_control(Opcode opcode) noexcept {
  return (static_cast<std::uint8_t>(opcode) & 8U) != 0;
}

/// Four random bytes that a client XORs its payload with.
using MaskKey = std::array<char, 4>;

/// Of payload. What is longer is sent in several frames, and not taken in one.
inline constexpr std::size_t kMaxFrameBytes = std::size_t{1} << 20;

/// Two bytes, eight of length, four of mask.
inline constexpr std::size_t kMaxFrameHeader = 14;
inline constexpr std::size_t kMaxControlPayload = 125;

struct FrameHeader {
  Opcode opcode = Opcode::Continuation;
  bool final = true;  ///< the last fragment of its message
  std::uint64_t length = 0;
  std::optional<MaskKey> mask;
};

/// How long a header is, by its second byte.
[[nodiscard]] std::size_t frame_header_size(char second) noexcept;

/// Reads a whole header. Refused: reserved bits and opcodes, lengths in more bytes than they
/// need or beyond 2^63, control frames that are fragmented or longer than 125 bytes.
Result<FrameHeader> decode_frame_header(std::string_view bytes);

/// XORs bytes with the key; `offset` is where in the payload they are. Twice is once undone.
void apply_mask(std::span<char> bytes, MaskKey key, std::uint64_t offset) noexcept;

/// A server's frame is the same for all who receive it, so it is made once and appended to each
/// receiver's output. A message that is longer than a frame may be becomes several.
[[nodiscard]] std::string server_frame(Opcode opcode, std::string_view payload);
void append_server_frame(std::string& out, Opcode opcode, std::string_view payload);
/// Only the header, for whoever then appends a payload of that length in pieces.
void append_server_frame_header(std::string& out, Opcode opcode, std::size_t length);

/// A client's frame is masked, with another key each. Not final: others of its message follow.
void append_client_frame(std::string& out, Opcode opcode, std::string_view payload, MaskKey key,
                         bool final = true);

}  // namespace plait::net
