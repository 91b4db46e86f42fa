#include "daemon/crdt/text_changes.h"

#include <algorithm>
#include <utility>

#include "protocol/base/utf8.h"

namespace plait::crdt {
namespace {

/// Something that went, or came, or both: at this place in the new text.
struct Touched {
  std::uint64_t order = 0;  ///< where its item is in the list
  Clock clock;              ///< orders what belongs to one item
  ItemRef item{};
  std::uint32_t skip = 0;      ///< units of the item that were there before
  std::uint32_t appeared = 0;  ///< units that follow those and are new
  SequenceIndex::Hidden gone;
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
    for (const TransactionLog::Loss& loss : replica_.log.losses) note_gone(loss);
    for (const TransactionLog::TornPair& pair : replica_.log.torn) note_torn(pair);
    std::sort(touched_.begin(), touched_.end(), [](const Touched& a, const Touched& b) {
      return a.order != b.order ? a.order < b.order : a.clock < b.clock;
    });
    for (const Touched& touched : touched_) add(touched);
    return std::move(edits_);
  }

 private:
  [[nodiscard]] bool in_text(const Item& item) const noexcept {
    return !item.is_gc() && item.parent == text_ && !item.in_map;
  }
  [[nodiscard]] bool is_new(ClientRef client, Clock clock) const noexcept {
    return clock >= replica_.before_clock(client);
  }

  void note_new(ClientRef client) {
    const RunIndex& runs = replica_.clients[client].runs;
    const Clock from = replica_.before_clock(client);
    RunIndex::Position at = runs.find(from);
    do {
      const ItemRef ref = runs.at(at).item;
      const Item& item = replica_.items[ref];
      if (!in_text(item) || !item.visible()) continue;
      const std::uint32_t skip = from > item.clock ? from - item.clock : 0;
      touched_.push_back({replica_.sequences.order_key(ref),
                          item.clock + skip,
                          ref,
                          skip,
                          item.length - skip,
                          {}});
    } while (runs.advance(at));
  }

  void note_gone(const TransactionLog::Loss& loss) {
    const TransactionLog::Deletion& deletion = loss.of;
    // What came and went within the transaction never was in anybody's text.
    if (is_new(deletion.client, deletion.clock)) return;
    const ItemRef ref = replica_.find(deletion.client, deletion.clock);
    if (!in_text(replica_.items[ref])) return;
    Touched touched{replica_.sequences.order_key(ref), deletion.clock, ref, 0, 0, loss.hidden};
    for (const TransactionLog::TornPair& pair : replica_.log.torn) {
      take_out_torn_half(deletion, pair, pair.high, touched.gone);
      take_out_torn_half(deletion, pair, pair.high + 1, touched.gone);
    }
    touched_.push_back(touched);
  }

  /// The half of a torn pair that was deleted is counted with its pair, below.
  static void take_out_torn_half(const TransactionLog::Deletion& deletion,
                                 const TransactionLog::TornPair& pair, Clock half,
                                 SequenceIndex::Hidden& gone) noexcept {
    if (pair.client != deletion.client || half < deletion.clock ||
        half >= deletion.clock + deletion.length) {
      return;
    }
    const Extent replacement = extent_of(kReplacementCharacter);
    gone.extent -= replacement;
    // A first half ends its item, a second half starts it.
    if (half == pair.high || gone.extent.newlines == 0) gone.last_line -= replacement;
  }

  /// An editor has the pair as one character: that goes, and U+FFFD comes for each half that
  /// stays.
  void note_torn(const TransactionLog::TornPair& pair) {
    if (is_new(pair.client, pair.high)) return;
    SequenceIndex::Hidden gone;
    gone.extent = {2, 4, 1, 0, 0};
    gone.last_line = gone.extent;
    for (const Clock half : {pair.high, pair.high + 1}) {
      const ItemRef ref = replica_.find(pair.client, half);
      const Item& item = replica_.items[ref];
      if (!in_text(item)) return;
      touched_.push_back({replica_.sequences.order_key(ref), half, ref, half - item.clock,
                          item.visible() ? 1U : 0U, gone});
      gone = {};
    }
  }

  /// Everything to the left is as it is to be, so places are those of the new text.
  void add(const Touched& touched) {
    Extent at = replica_.sequences.before(touched.item);
    if (touched.skip > 0 && touched.appeared > 0) {
      at = replica_.sequences.at_units(tree_, at.units + touched.skip);
    }
    if (edits_.empty() || at.units != edit_end_) {
      const TextPosition start = position_of(replica_.sequences, tree_, at);
      edits_.push_back({start, start, {}});
      edit_end_ = at.units;
    }
    TextEdit& edit = edits_.back();
    edit.end = after(edit.end, touched.gone);
    if (touched.appeared == 0) return;
    replica_.sequences.read(tree_, at.units, at.units + touched.appeared, edit.inserted);
    edit_end_ += touched.appeared;
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
