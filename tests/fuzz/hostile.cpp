// Updates that are well formed but hang on whatever they like, between edits that may tear
// characters and undos: nothing breaks, an editor that only hears of edits has the text, and
// the state that comes out is valid and says the same to another document.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/crdt/decoded_update.h"
#include "daemon/crdt/document.h"
#include "daemon/crdt/undo_manager.h"
#include "daemon/crdt/update_validator.h"
#include "protocol/base/assert.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/history.h"
#include "tests/fuzz/observed_document.h"
#include "tests/fuzz/some_update.h"

namespace {

using plait::Utf16Offset;
using plait::crdt::ClientId;
using plait::crdt::DecodedUpdate;
using plait::crdt::Document;
using plait::crdt::UndoManager;
using plait::crdt::UpdateRules;
using plait::crdt::UpdateValidator;
using plait::fuzz::FuzzInput;
using plait::fuzz::ObservedDocument;

constexpr int kSteps = 60;

void edit(FuzzInput& input, ObservedDocument& observed) {
  const auto number = [&](std::size_t count) {
    return Utf16Offset{static_cast<std::uint32_t>(input.below(count))};
  };
  Document& document = observed.document;
  const std::uint32_t length = document.length(observed.text).value();
  const Utf16Offset at = number(length + 1);
  if (input.one_in(2)) {
    const std::array<std::string_view, 3> words = {"x", "\n", "\xF0\x9F\x98\x80"};
    const auto done = document.insert(observed.text, at, words[input.below(words.size())]);
    PLAIT_ASSERT(done.has_value(), "an insertion inside of the text to succeed");
  } else {
    const auto done = document.erase(observed.text, at, number(length - at.value() + 1));
    PLAIT_ASSERT(done.has_value(), "a deletion inside of the text to succeed");
  }
}

/// Whether a server would take it.
bool is_reasonable(std::string_view update, const Document& document) {
  const UpdateRules rules;
  const UpdateValidator validator(document, rules);
  DecodedUpdate decoded;
  return validator.decode(update, decoded) && validator.check(decoded);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzInput input(data, size);
  const bool collect = !input.one_in(3);
  ObservedDocument observed({.client = ClientId{1}, .collect = collect});
  Document& document = observed.document;
  if (input.one_in(2)) plait::fuzz::write_history(document);
  bool reasonable = true;
  {
    UndoManager undo(document, {});
    for (int i = 0; i < kSteps && !input.at_end(); ++i) {
      switch (input.below(8)) {
        case 0: edit(input, observed); break;
        case 1:
          undo.stop_capturing();
          PLAIT_ASSERT(undo.undo().has_value(), "undoing to succeed");
          break;
        case 2: PLAIT_ASSERT(undo.redo().has_value(), "redoing to succeed"); break;
        default: {
          const std::string update =
              plait::fuzz::UpdateMaker(input, document.state_vector()).make();
          reasonable = reasonable && is_reasonable(update, document);
          static_cast<void>(document.apply(update, /*origin=*/7));
        }
      }
      observed.check();
    }
  }
  const std::string state = document.encode_state();
  ObservedDocument copy({.client = ClientId{9}, .collect = collect});
  PLAIT_ASSERT(copy.document.apply(state).has_value(), "an encoded state to be valid");
  copy.check();
  // What waits is merged into the state as Yjs merges it, and may fare otherwise then. Where a
  // server has reasons to refuse, the order in which things arrive may count, as in Yjs.
  if (document.has_pending()) return 0;
  PLAIT_ASSERT(!copy.document.has_pending(), "nothing to be missing");
  PLAIT_ASSERT(copy.document.state_vector() == document.state_vector(), "all to be there");
  PLAIT_ASSERT(
      !reasonable || copy.document.to_string(copy.text) == document.to_string(observed.text),
      "the same text");
  return 0;
}
