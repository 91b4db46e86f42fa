// Any bytes as a JSON-RPC body, and as a stream of framed ones that arrives in pieces: reading
// takes memory in proportion, and what is read means the same when it was written.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/base/assert.h"
#include "protocol/base/utf8.h"
#include "protocol/jsonrpc/frame_reader.h"
#include "protocol/jsonrpc/message.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/heap.h"

namespace {

using plait::fuzz::FuzzInput;
using plait::jsonrpc::FrameReader;
using plait::jsonrpc::JsonLimits;
using plait::jsonrpc::Message;
using plait::jsonrpc::Unreadable;

constexpr std::size_t kMemoryPerByte = 256;
constexpr std::size_t kMemoryAtMost = 65'536;

std::string written(const Message& message) {
  return std::visit(
      [](const auto& one) -> std::string {
        if constexpr (requires { write_message(one); }) {
          return write_message(one);
        } else {
          return write_message(one.answer);
        }
      },
      message);
}

void check_body(std::string_view body) {
  const plait::support::HeapPeak peak;
  const Message message = parse_message(body, JsonLimits{});
  PLAIT_ASSERT(peak.bytes() <= kMemoryPerByte * body.size() + kMemoryAtMost,
               "reading to take memory in proportion to the bytes");
  const std::string text = written(message);
  PLAIT_ASSERT(plait::is_valid_utf8(text), "what is written to be UTF-8");
  const Message again = parse_message(text, JsonLimits{});
  if (const auto* unreadable = std::get_if<Unreadable>(&message)) {
    PLAIT_ASSERT(again == Message{unreadable->answer}, "an answer to be readable");
  } else {
    PLAIT_ASSERT(again == message, "what was written to mean the same");
  }
}

/// The bodies in a stream, and whether it was refused.
struct Bodies {
  std::vector<std::string> whole;
  bool refused = false;

  bool operator==(const Bodies&) const = default;
};

void take_bodies(FrameReader& reader, Bodies& bodies) {
  auto body = reader.next();
  for (; body && *body; body = reader.next()) bodies.whole.push_back(**body);
  bodies.refused = !body;
}

void check_stream(FuzzInput input) {
  constexpr std::size_t kMaxBody = 64;
  const std::size_t seed = input.below(256);
  const std::string_view stream = input.rest();

  FrameReader at_once(kMaxBody);
  Bodies expected;
  at_once.feed(stream);
  take_bodies(at_once, expected);

  FrameReader in_pieces(kMaxBody);
  Bodies seen;
  std::size_t piece = seed;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    piece = 1 + (piece * 31 + 7) % (1 + seed % 16);
    in_pieces.feed(stream.substr(at, piece));
    take_bodies(in_pieces, seen);
  }
  PLAIT_ASSERT(seen == expected, "the same bodies, in whatever pieces they arrive");
  for (const std::string& body : seen.whole) {
    PLAIT_ASSERT(body.size() <= kMaxBody, "bodies within their limit");
    check_body(body);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check_body({reinterpret_cast<const char*>(data), size});
  check_stream(FuzzInput(data, size));
  return 0;
}
