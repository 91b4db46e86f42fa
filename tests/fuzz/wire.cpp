// Any bytes as a binary frame, as a message and as awareness states: what is read is written
// back to the same bytes, since there is one form of everything.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/base/assert.h"
#include "protocol/base/bytes.h"
#include "protocol/wire/awareness.h"
#include "protocol/wire/channel_frame.h"
#include "tests/support/heap.h"

namespace {

using plait::ByteWriter;

constexpr std::size_t kMemoryPerByte = 64;
constexpr std::size_t kMemoryAtMost = 4'096;

void check_frame(std::string_view bytes) {
  const auto frame = plait::wire::decode_frame(bytes);
  if (!frame) return;
  ByteWriter out;
  plait::wire::encode_frame(frame->channel, frame->message, out);
  PLAIT_ASSERT(out.view() == bytes, "a frame to be written as it was read");
}

void check_message(std::string_view bytes) {
  const auto message = plait::wire::decode_message(bytes);
  if (!message) return;
  ByteWriter out;
  encode(*message, out);
  PLAIT_ASSERT(out.view() == bytes, "a message to be written as it was read");
}

void check_awareness(std::string_view bytes) {
  const plait::support::HeapPeak peak;
  const auto states = plait::wire::decode_awareness(bytes);
  PLAIT_ASSERT(peak.bytes() <= kMemoryPerByte * bytes.size() + kMemoryAtMost,
               "reading to take memory in proportion to the bytes");
  if (!states) return;
  ByteWriter out;
  plait::wire::encode_awareness(*states, out);
  PLAIT_ASSERT(out.view() == bytes, "states to be written as they were read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_frame(bytes);
  check_message(bytes);
  check_awareness(bytes);
  return 0;
}
