// Any bytes as a delete set: what is read keeps to the invariants, knows what it contains and
// can be written.

#include "daemon/crdt/delete_set.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/assert.h"
#include "tests/support/heap.h"

namespace {

using plait::crdt::DeleteRange;
using plait::crdt::DeleteSet;

constexpr std::size_t kMemoryPerByte = 128;
constexpr std::size_t kMemoryAtMost = 4'096;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const plait::support::HeapPeak peak;
  const auto deletes = DeleteSet::decode(bytes);
  PLAIT_ASSERT(peak.bytes() <= kMemoryPerByte * size + kMemoryAtMost,
               "reading to take memory in proportion to the bytes");
  if (!deletes) return 0;
  deletes->check_invariants();
  std::size_t checked = 0;
  for (const DeleteRange& range : deletes->ranges()) {
    if (++checked > 200) break;
    PLAIT_ASSERT(deletes->contains({range.client, range.clock}), "the first of a range");
    PLAIT_ASSERT(deletes->contains({range.client, range.end() - 1}), "the last of a range");
    PLAIT_ASSERT(!deletes->contains({range.client, range.end()}), "nothing behind a range");
    PLAIT_ASSERT(!deletes->ranges_of(range.client).empty(), "the ranges of a client");
  }
  const std::string written = deletes->encode();
  const auto again = DeleteSet::decode(written);
  PLAIT_ASSERT(again && *again == *deletes, "what was written to be read");
  DeleteSet both = *deletes;
  both.add(*again);
  both.check_invariants();
  PLAIT_ASSERT(both == *deletes, "a set that is added to itself to stay what it is");
  return 0;
}
