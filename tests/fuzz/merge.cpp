// Several updates: merging and cutting them never fails on what can be decoded and yields what
// can be decoded. Updates of one history say the same merged as one by one.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crdt/decoded_update.h"
#include "daemon/crdt/document.h"
#include "daemon/crdt/state_vector.h"
#include "daemon/crdt/update_merge.h"
#include "protocol/base/assert.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/peers.h"
#include "tests/support/random_edits.h"

namespace {

using plait::crdt::ClientId;
using plait::crdt::DecodedUpdate;
using plait::crdt::Document;
using plait::crdt::merge_updates;
using plait::crdt::state_vector_from_update;
using plait::crdt::StateVector;
using plait::fuzz::FuzzInput;
using plait::support::Peers;

bool is_valid(std::string_view update) {
  DecodedUpdate decoded;
  return decode_update(update, decoded).has_value();
}

void merge_anything(FuzzInput input) {
  std::vector<std::string_view> updates;
  bool all_valid = true;
  while (!input.at_end() && updates.size() < 100) {
    updates.push_back(input.bytes(input.below(256)));
    all_valid = all_valid && is_valid(updates.back());
  }
  const auto merged = merge_updates(updates);
  PLAIT_ASSERT(merged.has_value() == all_valid, "valid updates to be merged, and no others");
  if (!merged) return;
  PLAIT_ASSERT(is_valid(*merged), "a merged update to be valid");

  const auto state = state_vector_from_update(*merged);
  PLAIT_ASSERT(state.has_value(), "a merged update to have a state");
  const auto rest = diff_update(*merged, updates.size() % 2 == 0 ? *state : StateVector{});
  PLAIT_ASSERT(rest && is_valid(*rest), "a part of a merged update to be valid");
  Document document({.client = ClientId{9}});
  PLAIT_ASSERT(document.apply(*merged).has_value(), "a merged update to be applied");
  document.check_invariants();
}

void merge_one_history(FuzzInput input) {
  Peers peers(2, /*collect=*/input.one_in(2));
  for (int i = 0; i < 100 && !input.at_end(); ++i) {
    some_edit(input, peers[input.below(2)]);
    if (peers.sent().empty()) continue;
    const std::string& update = peers.sent()[input.below(peers.sent().size())];
    PLAIT_ASSERT(peers[input.below(2)].receive(update).has_value(), "an update to be applied");
  }
  std::vector<std::string> groups;
  std::vector<std::string_view> group;
  for (const std::string& update : peers.sent()) {
    group.push_back(update);
    if (!input.one_in(4)) continue;
    groups.push_back(merge_updates(group).value());
    group.clear();
  }
  std::vector<std::string_view> all(groups.begin(), groups.end());
  all.insert(all.end(), group.begin(), group.end());
  const std::string merged = merge_updates(all).value();

  Document each({.client = ClientId{8}});
  for (const std::string& update : peers.sent()) {
    PLAIT_ASSERT(each.apply(update).has_value(), "an update to be applied");
  }
  Document at_once({.client = ClientId{9}});
  PLAIT_ASSERT(at_once.apply(merged).has_value(), "a merged update to be applied");
  PLAIT_ASSERT(!each.has_pending() && !at_once.has_pending(), "nothing to be missing");
  PLAIT_ASSERT(at_once.to_string(at_once.text("text")) == each.to_string(each.text("text")),
               "the same text");
  PLAIT_ASSERT(at_once.encode_state() == each.encode_state(), "the same state");

  // What a peer lacks can be had without a document.
  const StateVector known = peers[0].document.state_vector();
  const std::string rest = diff_update(merged, known).value();
  PLAIT_ASSERT(peers[0].receive(rest).has_value(), "a part to be applied");
  PLAIT_ASSERT(!peers[0].document.has_pending(), "nothing to be missing");
  PLAIT_ASSERT(peers[0].str() == each.to_string(each.text("text")), "the same text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzInput input(data, size);
  if (input.one_in(2)) {
    merge_anything(input);
  } else {
    merge_one_history(input);
  }
  return 0;
}
