#include "daemon/document/text_change.h"

#include <algorithm>
#include <limits>

#include "protocol/base/assert.h"
#include "protocol/base/bytes.h"
#include "protocol/base/utf8.h"

namespace plait::document {
namespace {

using Part = TextChange::Part;

constexpr Utf16Offset kEndless{std::numeric_limits<std::uint32_t>::max()};

/// Walks over a change, as it takes units of the text that it leaves: kept ones and inserted
/// ones. What it removes on the way goes straight to `out`.
class ResultReader {
 public:
  ResultReader(const TextChange& change, TextChange& out) noexcept
      : parts_(change.parts()), out_(out) {
    enter();
  }

  /// Takes so many units and puts them into `out`, or takes kept ones out of the text and drops
  /// inserted ones.
  void take(Utf16Offset units, bool drop) {
    while (units > Utf16Offset{}) {
      if (kept_ > Utf16Offset{}) {
        const Utf16Offset count = std::min(units, kept_);
        if (drop) {
          out_.replace(count, {});
        } else {
          out_.keep(count);
        }
        if (!parts_.empty()) kept_ -= count;
        units -= count;
      } else {
        const Utf16Offset count = std::min(units, inserted_length_);
        const std::string_view piece = take_inserted(count);
        if (!drop) out_.replace({}, piece);
        units -= count;
      }
      leave_if_done();
    }
  }

  void take_rest() {
    while (!parts_.empty()) {
      out_.keep(kept_);
      kept_ = {};
      out_.replace({}, inserted_);
      inserted_length_ = {};
      leave_if_done();
    }
  }

 private:
  void enter() noexcept {
    if (parts_.empty()) {
      kept_ = kEndless;
      return;
    }
    kept_ = parts_.front().kept;
    inserted_ = parts_.front().inserted;
    inserted_length_ = parts_.front().inserted_length;
    leave_if_empty();
  }
  void leave_if_done() {
    if (!parts_.empty()) leave_if_empty();
  }
  void leave_if_empty() {
    if (kept_ > Utf16Offset{} || inserted_length_ > Utf16Offset{}) return;
    out_.replace(parts_.front().removed, {});
    parts_ = parts_.subspan(1);
    enter();
  }
  std::string_view take_inserted(Utf16Offset count) noexcept {
    const std::size_t bytes = count == inserted_length_
                                  ? inserted_.size()
                                  : bytes_of_utf16_prefix(inserted_, count.value());
    const std::string_view piece = inserted_.substr(0, bytes);
    inserted_.remove_prefix(bytes);
    inserted_length_ -= count;
    return piece;
  }

  std::span<const Part> parts_;
  TextChange& out_;
  Utf16Offset kept_;
  std::string_view inserted_;
  Utf16Offset inserted_length_;
};

/// Walks over a change, as it takes units of the text that it is made for.
class SourceReader {
 public:
  explicit SourceReader(const TextChange& change) noexcept : parts_(change.parts()) { enter(); }

  [[nodiscard]] bool is_done() const noexcept { return parts_.empty(); }
  /// It inserts something right here.
  [[nodiscard]] bool inserts() const noexcept {
    return !parts_.empty() && kept_ == Utf16Offset{} && !inserted_done_;
  }
  /// What it inserts here; counts as done then.
  const Part& take_inserted() noexcept {
    inserted_done_ = true;
    const Part& part = parts_.front();
    leave_if_done();
    return part;
  }
  [[nodiscard]] bool removes() const noexcept {
    return !parts_.empty() && kept_ == Utf16Offset{};
  }
  /// For how many units it goes on keeping, or removing.
  [[nodiscard]] Utf16Offset run() const noexcept {
    if (parts_.empty()) return kEndless;
    return kept_ > Utf16Offset{} ? kept_ : removed_;
  }
  void take(Utf16Offset units) noexcept {
    if (parts_.empty()) return;
    (kept_ > Utf16Offset{} ? kept_ : removed_) -= units;
    leave_if_done();
  }

 private:
  void enter() noexcept {
    if (parts_.empty()) return;
    kept_ = parts_.front().kept;
    removed_ = parts_.front().removed;
    inserted_done_ = parts_.front().inserted.empty();
  }
  void leave_if_done() noexcept {
    if (kept_ > Utf16Offset{} || removed_ > Utf16Offset{} || !inserted_done_) return;
    parts_ = parts_.subspan(1);
    enter();
  }

  std::span<const Part> parts_;
  Utf16Offset kept_;
  Utf16Offset removed_;
  bool inserted_done_ = true;
};

}  // namespace

TextChange TextChange::replacement(Utf16Offset at, Utf16Offset removed, std::string inserted) {
  TextChange change;
  const Utf16Offset length = measure(inserted).utf16;
  if (removed == Utf16Offset{} && length == Utf16Offset{}) return change;
  change.parts_.push_back({at, removed, length, std::move(inserted)});
  return change;
}

TextChange TextChange::of(std::span<const crdt::TextEdit> edits) {
  TextChange change;
  Utf16Offset end;  // of what was inserted last, in the text that was left
  for (const crdt::TextEdit& edit : edits) {
    const Utf16Offset start = edit.start.offset.utf16;
    PLAIT_ASSERT(end <= start, "edits in text order");
    change.keep(start - end);
    change.replace(edit.end.offset.utf16 - start, edit.inserted);
    end = start + measure(edit.inserted).utf16;
  }
  return change;
}

void TextChange::replace(Utf16Offset removed, std::string_view inserted) {
  if (removed == Utf16Offset{} && inserted.empty()) return;
  if (parts_.empty() || pending_keep_ > Utf16Offset{}) {
    parts_.push_back({pending_keep_, {}, {}, {}});
    pending_keep_ = {};
  }
  Part& part = parts_.back();
  part.removed += removed;
  part.inserted_length += measure(inserted).utf16;
  part.inserted += inserted;
}

TextChange TextChange::then(const TextChange& next) const {
  TextChange both;
  ResultReader reader(*this, both);
  for (const Part& part : next.parts_) {
    reader.take(part.kept, /*drop=*/false);
    both.replace({}, part.inserted);
    reader.take(part.removed, /*drop=*/true);
  }
  reader.take_rest();
  return both;
}

TextChange TextChange::after(const TextChange& other, Side side) const {
  TextChange moved;
  SourceReader mine(*this);
  SourceReader theirs(other);
  while (!mine.is_done()) {
    if (mine.inserts() && !(theirs.inserts() && side == Side::Behind)) {
      moved.replace({}, mine.take_inserted().inserted);
    } else if (theirs.inserts()) {
      moved.keep(theirs.take_inserted().inserted_length);
    } else {
      const Utf16Offset count = std::min(mine.run(), theirs.run());
      if (!theirs.removes()) {
        if (mine.removes()) {
          moved.replace(count, {});
        } else {
          moved.keep(count);
        }
      }
      mine.take(count);
      theirs.take(count);
    }
  }
  return moved;
}

Utf16Offset TextChange::map(Utf16Offset at, Side side) const noexcept {
  Utf16Offset before;  // the end of what is done with, in the old text and in the new one
  Utf16Offset after;
  for (const Part& part : parts_) {
    if (at - before < part.kept) break;
    before += part.kept;
    after += part.kept;
    if (at == before || at - before < part.removed) {
      return side == Side::Before ? after : after + part.inserted_length;
    }
    before += part.removed;
    after += part.inserted_length;
  }
  return after + (at - before);
}

Utf16Offset TextChange::map_back(Utf16Offset at) const noexcept {
  Utf16Offset before;
  Utf16Offset after;
  for (const Part& part : parts_) {
    if (at - after <= part.kept) break;
    before += part.kept;
    after += part.kept;
    if (at - after < part.inserted_length) return before;
    before += part.removed;
    after += part.inserted_length;
  }
  return before + (at - after);
}

std::string TextChange::encode() const {
  ByteWriter out;
  for (const Part& part : parts_) {
    out.put_varuint(part.kept.value());
    out.put_varuint(part.removed.value());
    out.put_varbytes(part.inserted);
  }
  return out.str();
}

Result<TextChange> TextChange::decode(std::string_view bytes) {
  constexpr std::uint64_t kLongest = std::numeric_limits<std::uint32_t>::max() / 2;
  ByteReader in(bytes);
  TextChange change;
  while (in.ok() && !in.at_end()) {
    const std::uint64_t kept = in.varuint();
    const std::uint64_t removed = in.varuint();
    const std::string_view inserted = in.varbytes();
    if (kept > kLongest || removed > kLongest || !is_valid_utf8(inserted)) in.mark_failed();
    if (!in.ok()) break;
    change.keep(Utf16Offset{static_cast<std::uint32_t>(kept)});
    change.replace(Utf16Offset{static_cast<std::uint32_t>(removed)}, inserted);
  }
  if (!in.ok()) return fail(ErrorCode::Malformed, "this is no change of a text");
  return change;
}

std::uint64_t TextChange::size() const noexcept {
  std::uint64_t size = 0;
  for (const Part& part : parts_) size += part.removed.value() + part.inserted_length.value();
  return size;
}

void TextChange::check_invariants() const {
  for (const Part& part : parts_) {
    PLAIT_ASSERT(part.removed > Utf16Offset{} || !part.inserted.empty(),
                 "each part to change something");
    PLAIT_ASSERT(&part == &parts_.front() || part.kept > Utf16Offset{},
                 "parts that touch to be one");
    const auto size = measure_checked(part.inserted);
    PLAIT_ASSERT(size && size->utf16 == part.inserted_length, "lengths of valid texts");
  }
}

}  // namespace plait::document
