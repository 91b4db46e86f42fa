// Three replicas edit a document; their updates come late, twice, in any order, in one piece or
// merged, and replicas are loaded anew. All end the same, to the byte, and an editor that only
// heard of edits has the text.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "protocol/base/assert.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/peers.h"
#include "tests/support/random_edits.h"

namespace {

using plait::fuzz::FuzzInput;
using plait::support::Peer;
using plait::support::Peers;

constexpr std::size_t kPeers = 3;
constexpr int kSteps = 300;

void check(const std::optional<std::string>& problem) {
  if (problem) std::fprintf(stderr, "%s\n", problem->c_str());
  PLAIT_ASSERT(!problem, "no problem");
}

void step(FuzzInput& input, Peers& peers) {
  const std::size_t index = input.below(kPeers);
  Peer& peer = peers[index];
  switch (input.below(8)) {
    case 0:
    case 1:
    case 2:
    case 3: some_edit(input, peer); break;
    case 4: some_change_elsewhere(input, peer); break;
    case 5: {
      Peer& other = peers[input.below(kPeers)];
      const std::string news = other.document.encode_state(peer.document.state_vector());
      PLAIT_ASSERT(peer.receive(news).has_value(), "a state to be applied");
      break;
    }
    case 6:
      if (input.one_in(4)) {
        peers.restart(index);
        break;
      }
      [[fallthrough]];
    default: {
      if (peers.sent().empty()) break;
      const std::string update = peers.sent()[input.below(peers.sent().size())];
      PLAIT_ASSERT(peer.receive(update).has_value(), "an update to be applied");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzInput input(data, size);
  Peers peers(kPeers, /*collect=*/!input.one_in(3));
  for (int i = 0; i < kSteps && !input.at_end(); ++i) {
    step(input, peers);
    if (input.one_in(16)) {
      for (std::size_t p = 0; p < kPeers; ++p) check(peers[p].problem());
    }
  }
  check(peers.converge());
  return 0;
}
