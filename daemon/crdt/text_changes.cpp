#include "daemon/crdt/text_changes.h"

#include <algorithm>
#include <utility>

namespace plait::crdt {
namespace {

/// An item that appeared, or something that went.
struct Touched {
  std::uint64_t order = 0;  ///< where its item is in the list
  Clock clock;              ///< what went from one item went in this order
  ItemRef item{};
  std::uint32_t skip = 0;  ///< of an item that appeared: its older part
  const SequenceIndex::Hidden* hidden = nullptr;
};

TextSize size_of(const Extent& extent) noexcept {
  return {Utf16Offset{extent.units}, Utf8Offset{extent.bytes},
          CodePointOffset{extent.code_points}, LineNumber{extent.newlines}};
}

/// Where a deletion that starts at `at` ends in the text that still has what it deletes.
TextPosition after(TextPosition at, const SequenceIndex::Hidden& hidden) noexcept {
  const TextSize last = size_of(hidden.last_line);
  at.offset += size_of(hidden.extent);
  if (hidden.extent.newlines == 0) {
    at.utf16_column += last.utf16;
    at.utf8_column += last.utf8;
    at.code_point_column += last.code_points;
  } else {
    at.utf16_column = last.utf16;
    at.utf8_column = last.utf8;
    at.code_point_column = last.code_points;
  }
  return at;
}

class ChangeCollector {
 public:
  ChangeCollector(const Replica& replica, TypeRef text) noexcept
      : replica_(replica), text_(text), tree_(replica.types[text].sequence) {}

  std::vector<TextEdit> run() {
    for (const ClientRef client : replica_.log.changed_clients) note_new(client);
    for (const TransactionLog::Deletion& deletion : replica_.log.deletions) note_gone(deletion);
    std::sort(touched_.begin(), touched_.end(), [](const Touched& a, const Touched& b) {
      return a.order != b.order ? a.order < b.order : a.clock < b.clock;
    });
    for (const Touched& touched : touched_) add(touched);
    return std::move(edits_);
  }

 private:
  void note_new(ClientRef client) {
    const RunIndex& runs = replica_.clients[client].runs;
    const Clock from = replica_.before_clock(client);
    RunIndex::Position at = runs.find(from);
    do {
      const ItemRef ref = runs.at(at).item;
      const Item& item = replica_.items[ref];
      if (item.is_gc() || item.parent != text_ || item.in_map || !item.visible()) continue;
      const std::uint32_t skip = from > item.clock ? from - item.clock : 0;
      touched_.push_back({replica_.sequences.order_key(ref), item.clock, ref, skip, nullptr});
    } while (runs.advance(at));
  }

  void note_gone(const TransactionLog::Deletion& deletion) {
    // What came and went within the transaction never was in anybody's text.
    if (deletion.hidden.extent.units == 0) return;
    if (deletion.clock >= replica_.before_clock(deletion.client)) return;
    const ItemRef ref = replica_.find(deletion.client, deletion.clock);
    const Item& item = replica_.items[ref];
    if (item.is_gc() || item.parent != text_ || item.in_map) return;
    touched_.push_back(
        {replica_.sequences.order_key(ref), deletion.clock, ref, 0, &deletion.hidden});
  }

  /// Everything to the left is as it is to be, so places are those of the new text.
  void add(const Touched& touched) {
    Extent at = replica_.sequences.before(touched.item);
    const std::string_view text =
        touched.hidden == nullptr && replica_.items[touched.item].kind == ContentKind::String
            ? replica_.content(touched.item)
            : std::string_view{};
    if (touched.skip > 0) at = replica_.sequences.at_units(tree_, at.units + touched.skip);
    if (edits_.empty() || at.units != edit_end_) {
      const TextPosition start = position_of(replica_.sequences, tree_, at);
      edits_.push_back({start, start, {}});
      edit_end_ = at.units;
    }
    TextEdit& edit = edits_.back();
    if (touched.hidden != nullptr) {
      edit.end = after(edit.end, *touched.hidden);
      return;
    }
    const std::uint32_t units = replica_.items[touched.item].length - touched.skip;
    if (!text.empty())
      replica_.sequences.read(tree_, at.units, at.units + units, edit.inserted);
    edit_end_ += units;
  }

  const Replica& replica_;
  TypeRef text_;
  const SequenceIndex::Tree& tree_;
  std::vector<Touched> touched_;
  std::vector<TextEdit> edits_;
  std::uint32_t edit_end_ = 0;  // where the last edit's inserted text ends in the new text
};

}  // namespace

TextPosition position_of(const SequenceIndex& index, const SequenceIndex::Tree& tree,
                         const Extent& before) noexcept {
  const Extent line = index.at_line(tree, before.newlines);
  return {size_of(before), Utf16Offset{before.units - line.units},
          Utf8Offset{before.bytes - line.bytes},
          CodePointOffset{before.code_points - line.code_points}};
}

std::vector<TextEdit> text_changes(const Replica& replica, TypeRef text) {
  return ChangeCollector(replica, text).run();
}

}  // namespace plait::crdt
