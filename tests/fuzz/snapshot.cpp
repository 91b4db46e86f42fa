// Any bytes as a snapshot: what is read can be written, and a document that keeps everything
// has a text for it or says why not.

#include "daemon/crdt/snapshot.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/crdt/document.h"
#include "protocol/base/assert.h"
#include "protocol/base/utf8.h"
#include "tests/fuzz/history.h"
#include "tests/support/heap.h"

namespace {

using plait::crdt::ClientId;
using plait::crdt::Document;
using plait::crdt::Snapshot;

constexpr std::size_t kMemoryPerByte = 128;
constexpr std::size_t kMemoryAtMost = 4'096;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const plait::support::HeapPeak peak;
  const auto snapshot = Snapshot::decode(bytes);
  PLAIT_ASSERT(peak.bytes() <= kMemoryPerByte * size + kMemoryAtMost,
               "reading to take memory in proportion to the bytes");
  if (!snapshot) return 0;
  const auto again = Snapshot::decode(snapshot->encode());
  PLAIT_ASSERT(again && *again == *snapshot, "what was written to be read");

  Document document({.client = ClientId{1}, .collect = false});
  plait::fuzz::write_history(document);
  const auto text = document.text("text");
  const auto then = document.text_at(*snapshot, text);
  PLAIT_ASSERT(!then || plait::is_valid_utf8(*then), "a text");
  const auto now = document.text_at(document.snapshot(), text);
  PLAIT_ASSERT(now && *now == document.to_string(text), "the text of now");
  return 0;
}
