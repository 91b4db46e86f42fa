#include "daemon/net/websocket_frame.h"

#include <cstring>

namespace plait::net {
namespace {

constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kReserved = 0x70;
constexpr std::uint8_t kOpcode = 0x0F;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::uint8_t kLength = 0x7F;
constexpr std::uint8_t kLengthInTwoBytes = 126;
constexpr std::uint8_t kLengthInEightBytes = 127;

std::size_t length_bytes(std::uint8_t second) noexcept {
  switch (second & kLength) {
    case kLengthInTwoBytes: return 2;
    case kLengthInEightBytes: return 8;
    default: return 0;
  }
}

std::uint64_t big_endian(std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

void append_big_endian(std::string& out, std::uint64_t value, unsigned bytes) {
  while (bytes-- > 0) out.push_back(static_cast<char>(value >> 8 * bytes));
}

bool is_known(std::uint8_t opcode) noexcept {
  return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

void append_header(std::string& out, Opcode opcode, std::size_t length, std::uint8_t masked,
                   bool final = true) {
  const std::uint8_t last = final ? kFinal : 0;
  out.push_back(static_cast<char>(last | static_cast<std::uint8_t>(opcode)));
  if (length < kLengthInTwoBytes) {
    out.push_back(static_cast<char>(masked | length));
  } else if (length <= 0xFFFF) {
    out.push_back(static_cast<char>(masked | kLengthInTwoBytes));
    append_big_endian(out, length, 2);
  } else {
    out.push_back(static_cast<char>(masked | kLengthInEightBytes));
    append_big_endian(out, length, 8);
  }
}

}  // namespace

std::size_t frame_header_size(char second) noexcept {
  const auto byte = static_cast<std::uint8_t>(second);
  return 2 + length_bytes(byte) + ((byte & kMasked) != 0 ? sizeof(MaskKey) : 0);
}

Result<FrameHeader> decode_frame_header(std::string_view bytes) {
  const auto first = static_cast<std::uint8_t>(bytes[0]);
  const auto second = static_cast<std::uint8_t>(bytes[1]);
  if ((first & kReserved) != 0) return fail(ErrorCode::Malformed, "a reserved bit is set");
  if (!is_known(first & kOpcode)) return fail(ErrorCode::Malformed, "the opcode is reserved");

  FrameHeader header{.opcode = static_cast<Opcode>(first & kOpcode),
                     .final = (first & kFinal) != 0,
                     .length = static_cast<std::uint64_t>(second & kLength),
                     .mask = std::nullopt};
  const std::size_t extra = length_bytes(second);
  if (extra != 0) {
    header.length = big_endian(bytes.substr(2, extra));
    const std::uint64_t least = extra == 2 ? kLengthInTwoBytes : 0x10000;
    if (header.length < least || header.length >> 63 != 0) {
      return fail(ErrorCode::Malformed, "a length that is not in its shortest form");
    }
  }
  if (is_control(header.opcode) && (!header.final || header.length > kMaxControlPayload)) {
    return fail(ErrorCode::Malformed, "a control frame that is fragmented or too long");
  }
  if ((second & kMasked) != 0) {
    std::memcpy(header.mask.emplace().data(), bytes.data() + 2 + extra, sizeof(MaskKey));
  }
  return header;
}

void apply_mask(std::span<char> bytes, MaskKey key, std::uint64_t offset) noexcept {
  // The key as it falls on these bytes, often enough for a whole word.
  std::array<char, sizeof(std::uint64_t)> repeated{};
  for (std::size_t i = 0; i < repeated.size(); ++i)
    repeated[i] = key[(offset + i) % key.size()];
  std::uint64_t mask = 0;
  std::memcpy(&mask, repeated.data(), sizeof mask);

  char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= sizeof mask; at += sizeof mask, left -= sizeof mask) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    word ^= mask;
    std::memcpy(at, &word, sizeof word);
  }
  for (std::size_t i = 0; i < left; ++i) at[i] = static_cast<char>(at[i] ^ repeated[i]);
}

std::string server_frame(Opcode opcode, std::string_view payload) {
  std::string frame;
  frame.reserve(kMaxFrameHeader + payload.size());
  append_server_frame(frame, opcode, payload);
  return frame;
}

void append_server_frame(std::string& out, Opcode opcode, std::string_view payload) {
  do {
    const std::string_view piece = payload.substr(0, kMaxFrameBytes);
    payload.remove_prefix(piece.size());
    append_header(out, opcode, piece.size(), 0, /*final=*/payload.empty());
    out.append(piece);
    opcode = Opcode::Continuation;
  } while (!payload.empty());
}

void append_server_frame_header(std::string& out, Opcode opcode, std::size_t length) {
  append_header(out, opcode, length, 0);
}

void append_client_frame(std::string& out, Opcode opcode, std::string_view payload, MaskKey key,
                         bool final) {
  append_header(out, opcode, payload.size(), kMasked, final);
  out.append(key.data(), key.size());
  const std::size_t at = out.size();
  out.append(payload);
  apply_mask(std::span(out).subspan(at), key, 0);
}

}  // namespace plait::net
