// Any bytes as an update: decoding takes memory in proportion to them, applying breaks nothing,
// and what the document has to say afterwards says the same to another one.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/crdt/decoded_update.h"
#include "daemon/crdt/document.h"
#include "protocol/base/assert.h"
#include "tests/fuzz/history.h"
#include "tests/support/heap.h"
#include "tests/support/shadow_text.h"

namespace {

using plait::crdt::ClientId;
using plait::crdt::DecodedUpdate;
using plait::crdt::Document;
using plait::crdt::TypeRef;

constexpr std::size_t kMemoryPerByte = 128;
constexpr std::size_t kMemoryAtMost = 64 * 1024;

bool check_decoding(std::string_view update) {
  const plait::support::HeapPeak peak;
  DecodedUpdate decoded;
  const bool valid = decode_update(update, decoded).has_value();
  PLAIT_ASSERT(peak.bytes() <= kMemoryPerByte * update.size() + kMemoryAtMost,
               "decoding to take memory in proportion to the update");
  return valid;
}

void check_applying(std::string_view update, bool valid, Document& document) {
  const TypeRef text = document.text("text");
  plait::support::ShadowText shadow(document.to_string(text));
  const std::string before = document.encode_state();

  const bool applied = document.apply(update).has_value();
  document.check_invariants();
  PLAIT_ASSERT(applied == valid, "whatever can be decoded to be applied");
  const std::string after = document.encode_state();
  PLAIT_ASSERT(applied || after == before, "a refused update to change nothing");

  Document copy({.client = ClientId{8}, .collect = document.replica().options.collect});
  PLAIT_ASSERT(copy.apply(after).has_value(), "an encoded state to be valid");
  copy.check_invariants();
  // What waits is merged into the state as Yjs merges it, and may fare otherwise then.
  if (document.has_pending()) return;
  PLAIT_ASSERT(!copy.has_pending(), "a copy to wait for nothing");
  PLAIT_ASSERT(copy.state_vector() == document.state_vector(), "a copy to have everything");
  PLAIT_ASSERT(copy.to_string(copy.text("text")) == document.to_string(text), "the same text");
  PLAIT_ASSERT(copy.encode_state() == after, "the same state");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view update(reinterpret_cast<const char*>(data), size);
  const bool valid = check_decoding(update);
  for (const bool collect : {true, false}) {
    Document fresh({.client = ClientId{9}, .collect = collect});
    check_applying(update, valid, fresh);
    Document document({.client = ClientId{1}, .collect = collect});
    plait::fuzz::write_history(document);
    check_applying(update, valid, document);
  }
  return 0;
}
