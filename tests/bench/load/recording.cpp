#include "tests/bench/load/recording.h"

#include "daemon/crdt/document.h"
#include "protocol/base/bytes.h"
#include "tests/bench/load/typist.h"
#include "tests/support/trace.h"

namespace plait::load {
namespace {

/// How often it is looked whether the state is large enough.
constexpr std::size_t kPatchesBetweenLooks = 64;

}  // namespace

Result<Recording> play(const std::string& trace_file, std::uint64_t client,
                       std::optional<std::size_t> state_bytes) {
  if (trace_file.empty()) return fail(ErrorCode::Malformed, "which session? --trace says so");
  auto trace = support::read_trace(trace_file);
  if (!trace) return forward_error(trace);
  if (trace->concurrent || !trace->start_content.empty()) {
    return fail(ErrorCode::Unsupported,
                "a trace with one author who starts from nothing is needed");
  }
  if (auto converted = support::to_utf16(*trace); !converted) return forward_error(converted);

  Recording recording;
  crdt::Document document({.client = crdt::ClientId{client}});
  const crdt::TypeRef text = document.text(kTextRoot);
  ByteWriter update;
  for (const support::Patch& patch : trace->patches) {
    auto typed = document.transact(0, [&](crdt::Document::Editor& editor) -> Result<void> {
      const Utf16Offset at{patch.position};
      if (patch.deleted > 0) {
        auto erased = editor.erase(text, at, Utf16Offset{patch.deleted});
        if (!erased) return erased;
      }
      if (patch.inserted.empty()) return {};
      return editor.insert(text, at, patch.inserted);
    });
    if (!typed) return forward_error(typed);
    update.clear();
    if (document.encode_change(update)) recording.updates.add(update.view());
    if (!state_bytes || recording.updates.size() % kPatchesBetweenLooks != 0) continue;
    if (document.encode_state().size() >= *state_bytes) break;
  }
  recording.state = document.encode_state();
  recording.vector = document.state_vector().encode();
  recording.text = document.to_string(text);
  return recording;
}

}  // namespace plait::load
