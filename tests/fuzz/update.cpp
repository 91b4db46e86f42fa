// Any bytes as an update: decoding takes memory in proportion to them, applying breaks nothing,
// and what the document has to say afterwards says the same to another one.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/crdt/decoded_update.h"
#include "daemon/crdt/document.h"
#include "daemon/crdt/update_validator.h"
#include "protocol/base/assert.h"
#include "tests/fuzz/history.h"
#include "tests/fuzz/observed_document.h"
#include "tests/support/heap.h"

namespace {

using plait::crdt::ClientId;
using plait::crdt::DecodedUpdate;
using plait::crdt::Document;
using plait::crdt::UpdateRules;
using plait::crdt::UpdateValidator;
using plait::fuzz::ObservedDocument;

constexpr std::size_t kMemoryPerByte = 128;
constexpr std::size_t kMemoryAtMost = 65'536;

bool check_decoding(std::string_view update) {
  const plait::support::HeapPeak peak;
  DecodedUpdate decoded;
  const bool valid = decode_update(update, decoded).has_value();
  PLAIT_ASSERT(peak.bytes() <= kMemoryPerByte * update.size() + kMemoryAtMost,
               "decoding to take memory in proportion to the update");
  return valid;
}

/// Whether a server would take it.
bool is_reasonable(std::string_view update, const Document& document) {
  const UpdateRules rules;
  const UpdateValidator validator(document, rules);
  DecodedUpdate decoded;
  return validator.decode(update, decoded) && validator.check(decoded);
}

void check_applying(std::string_view update, bool valid, ObservedDocument& observed) {
  Document& document = observed.document;
  const std::string before = document.encode_state();
  const bool reasonable = is_reasonable(update, document);
  const bool applied = document.apply(update).has_value();
  observed.check();
  PLAIT_ASSERT(applied == valid, "whatever can be decoded to be applied");
  const std::string after = document.encode_state();
  PLAIT_ASSERT(applied || after == before, "a refused update to change nothing");

  Document copy({.client = ClientId{8}, .collect = document.replica().options.collect});
  PLAIT_ASSERT(copy.apply(after).has_value(), "an encoded state to be valid");
  copy.check_invariants();
  // What waits is merged into the state as Yjs merges it, and may fare otherwise then. Where a
  // server has reasons to refuse, the order in which things arrive may count, as in Yjs.
  if (document.has_pending()) return;
  PLAIT_ASSERT(!copy.has_pending(), "a copy to wait for nothing");
  PLAIT_ASSERT(copy.state_vector() == document.state_vector(), "a copy to have everything");
  if (!reasonable) return;
  PLAIT_ASSERT(copy.to_string(copy.text("text")) == document.to_string(observed.text),
               "the same text");
  PLAIT_ASSERT(copy.encode_state() == after, "the same state");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view update(reinterpret_cast<const char*>(data), size);
  const bool valid = check_decoding(update);
  for (const bool collect : {true, false}) {
    ObservedDocument fresh({.client = ClientId{9}, .collect = collect});
    check_applying(update, valid, fresh);
    ObservedDocument document({.client = ClientId{1}, .collect = collect});
    plait::fuzz::write_history(document.document);
    check_applying(update, valid, document);
  }
  return 0;
}
