// Any bytes as a state vector: what is read can be written, and a document answers it.

#include "daemon/crdt/state_vector.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/crdt/document.h"
#include "daemon/crdt/update_merge.h"
#include "protocol/base/assert.h"
#include "tests/fuzz/history.h"
#include "tests/support/heap.h"

namespace {

using plait::crdt::ClientId;
using plait::crdt::Document;
using plait::crdt::StateVector;

constexpr std::size_t kMemoryPerByte = 128;
constexpr std::size_t kMemoryAtMost = 4'096;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const plait::support::HeapPeak peak;
  const auto state = StateVector::decode(bytes);
  PLAIT_ASSERT(peak.bytes() <= kMemoryPerByte * size + kMemoryAtMost,
               "reading to take memory in proportion to the bytes");
  if (!state) return 0;
  state->check_invariants();
  const std::string written = state->encode();
  const auto again = StateVector::decode(written);
  PLAIT_ASSERT(again && *again == *state, "what was written to be read");
  PLAIT_ASSERT(written.size() <= size, "the shortest form to be no longer");

  Document document({.client = ClientId{1}});
  plait::fuzz::write_history(document);
  const std::string missing = document.encode_state(*state);
  const auto cut = diff_update(document.encode_state(), *state);
  PLAIT_ASSERT(cut.has_value(), "a state to be cut");
  for (const std::string& update : {missing, *cut}) {
    Document peer({.client = ClientId{9}});
    PLAIT_ASSERT(peer.apply(update).has_value(), "a part of a state to be valid");
    peer.check_invariants();
    PLAIT_ASSERT(peer.apply(document.encode_state()).has_value(), "the whole to be valid");
    peer.check_invariants();
    PLAIT_ASSERT(!peer.has_pending() && peer.state_vector() == document.state_vector(),
                 "a part and the whole to be the whole");
  }
  return 0;
}
