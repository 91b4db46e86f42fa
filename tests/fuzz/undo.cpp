// Two replicas edit a text and one of them undoes and redoes. Undoing never takes away what the
// other typed, and both end the same.

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "daemon/crdt/undo_manager.h"
#include "protocol/base/assert.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/peers.h"
#include "tests/support/random_edits.h"

namespace {

using plait::crdt::UndoManager;
using plait::fuzz::FuzzInput;
using plait::support::Peer;
using plait::support::Peers;

constexpr int kSteps = 300;

void check(const std::optional<std::string>& problem) {
  if (problem) std::fprintf(stderr, "%s\n", problem->c_str());
  PLAIT_ASSERT(!problem, "no problem");
}

/// The undoing peer types in small letters, the other in capitals.
std::string word(FuzzInput& input, bool capitals) {
  std::string text = plait::support::some_text(input);
  for (char& c : text) {
    if (capitals && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::string capitals_of(std::string text) {
  std::erase_if(text, [](char c) { return c < 'A' || c > 'Z'; });
  return text;
}

/// Whether one can be had from the other by leaving letters out.
bool is_part(const std::string& part, const std::string& whole) {
  std::size_t found = 0;
  for (const char c : whole) {
    if (found < part.size() && part[found] == c) ++found;
  }
  return found == part.size();
}

void edit(FuzzInput& input, Peer& peer, bool capitals) {
  const std::size_t length = peer.code_points();
  const std::size_t at = input.below(length + 1);
  if (length < 5'000 && !input.one_in(3)) {
    peer.type(at, word(input, capitals));
  } else {
    peer.remove(at, input.below(input.one_in(4) ? length + 1 : 8));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzInput input(data, size);
  Peers peers(2, /*collect=*/!input.one_in(3));
  Peer& mine = peers[0];
  Peer& other = peers[1];
  {
    const bool everything = input.one_in(2);
    UndoManager undo(mine.document,
                     {.scope = everything ? std::vector<plait::crdt::TypeRef>{}
                                          : std::vector<plait::crdt::TypeRef>{mine.text},
                      .tracked = {Peer::kEditor}});
    std::chrono::milliseconds now{};
    for (int i = 0; i < kSteps && !input.at_end(); ++i) {
      switch (input.below(10)) {
        case 0:
        case 1:
        case 2: edit(input, mine, /*capitals=*/false); break;
        case 3:
        case 4: edit(input, other, /*capitals=*/true); break;
        case 5: some_change_elsewhere(input, input.one_in(2) ? mine : other); break;
        case 6: {
          const std::string theirs = capitals_of(mine.str());
          PLAIT_ASSERT(undo.undo().has_value(), "undoing to succeed");
          PLAIT_ASSERT(is_part(theirs, capitals_of(mine.str())), "what others typed to stay");
          break;
        }
        case 7: PLAIT_ASSERT(undo.redo().has_value(), "redoing to succeed"); break;
        case 8: {
          Peer& to = input.one_in(2) ? mine : other;
          if (peers.sent().empty()) break;
          const std::string update = peers.sent()[input.below(peers.sent().size())];
          PLAIT_ASSERT(to.receive(update).has_value(), "an update to be applied");
          break;
        }
        default:
          now += std::chrono::milliseconds(input.below(1000));
          undo.advance(now);
          if (input.one_in(8)) PLAIT_ASSERT(undo.clear().has_value(), "clearing to succeed");
      }
      if (input.one_in(8)) check(mine.problem());
    }
    while (undo.can_undo()) PLAIT_ASSERT(undo.undo().has_value(), "undoing to succeed");
    check(mine.problem());
    while (undo.can_redo()) PLAIT_ASSERT(undo.redo().has_value(), "redoing to succeed");
    check(mine.problem());
  }
  check(peers.converge(Peers::Same::Text));
  return 0;
}
