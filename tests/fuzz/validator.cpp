// Honest and hostile updates, offered to a server: what it takes leaves nothing pending and
// does what it does to a document that takes everything; what it refuses leaves no trace.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/crdt/update_validator.h"
#include "protocol/base/assert.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/history.h"
#include "tests/fuzz/observed_document.h"
#include "tests/fuzz/some_update.h"
#include "tests/support/peers.h"
#include "tests/support/random_edits.h"

namespace {

using plait::crdt::ClientId;
using plait::crdt::ClientSet;
using plait::crdt::UpdateRules;
using plait::fuzz::FuzzInput;
using plait::fuzz::ObservedDocument;
using plait::support::Peer;

constexpr int kSteps = 60;

/// What an honest client sends that has all of the server's state.
std::string honest_update(FuzzInput& input, const ObservedDocument& server) {
  std::vector<std::string> sent;
  Peer peer({.client = ClientId{3 + input.below(2)}}, sent);
  PLAIT_ASSERT(peer.receive(server.document.encode_state()).has_value(), "a state to be taken");
  some_edit(input, peer);
  some_change_elsewhere(input, peer);
  if (input.one_in(2)) return peer.document.encode_state();
  return sent.empty() ? std::string() : sent[input.below(sent.size())];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzInput input(data, size);
  const bool collect = !input.one_in(3);
  ObservedDocument server({.client = ClientId{100}, .collect = collect});
  ObservedDocument trusting({.client = ClientId{101}, .collect = collect});
  if (input.one_in(2)) {
    plait::crdt::Document history({.client = ClientId{1}});
    plait::fuzz::write_history(history);
    for (ObservedDocument* document : {&server, &trusting}) {
      PLAIT_ASSERT(document->document.apply(history.encode_state()).has_value(), "history");
    }
  }
  const ClientSet leased = {ClientId{3}, ClientId{4}};
  UpdateRules rules;
  if (input.one_in(2)) rules.leased = &leased;
  if (input.one_in(4)) rules.only_root = "text";
  if (input.one_in(4)) rules.max_scan_steps = input.below(20);
  if (input.one_in(4)) rules.max_siblings = 3;

  for (int i = 0; i < kSteps && !input.at_end(); ++i) {
    const bool honest = input.one_in(4);
    const std::string update =
        honest ? honest_update(input, server)
               : plait::fuzz::UpdateMaker(input, server.document.state_vector()).make();
    const std::string before = server.document.encode_state();
    const auto taken = server.document.apply_checked(update, rules, Peer::kNetwork);
    const std::string after = server.document.encode_state();
    server.check();
    PLAIT_ASSERT(!server.document.has_pending(), "nothing to be pending");
    if (taken) {
      PLAIT_ASSERT(trusting.document.apply(update, Peer::kNetwork).has_value(),
                   "what a server takes to be taken by others");
      trusting.check();
      PLAIT_ASSERT(!trusting.document.has_pending(), "nothing to be pending");
      PLAIT_ASSERT(trusting.document.encode_state() == after, "the same state");
    } else {
      PLAIT_ASSERT(after == before, "what is refused to leave no trace");
      PLAIT_ASSERT(taken.error().message.starts_with("rule "), "the rule to be named");
    }
  }
  return 0;
}
