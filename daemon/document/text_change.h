#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/crdt/text_edit.h"
#include "protocol/base/result.h"
#include "protocol/base/text_units.h"

namespace plait::document {

/// Of two insertions at one place, made by people who did not know of each other: whether one's
/// own comes before the other's.
enum class Side : std::uint8_t { Before, Behind };

/// What turns one text into another: from its front on, so much is kept, so much is removed and
/// a text is put in its place; then the next such part; behind the last one all is kept.
/// Lengths are in UTF-16 units. Which text it is made for is the caller's to know; changes that
/// do not fit together give nonsense, but never anything out of bounds.
///
/// Invariants (check_invariants): each part removes or inserts something; each but the first
/// keeps something, so a change has one form only; lengths are those of the texts.
class TextChange {
 public:
  struct Part {
    Utf16Offset kept;  ///< since the end of what the part before removed
    Utf16Offset removed;
    Utf16Offset inserted_length;
    std::string inserted;  ///< stands before what is removed, where that makes a difference

    bool operator==(const Part&) const noexcept = default;
  };

  /// Changes nothing.
  TextChange() = default;
  static TextChange replacement(Utf16Offset at, Utf16Offset removed, std::string inserted);
  /// Of edits in text order, each of which applies to what the one before it left: as
  /// crdt::Document::edits() has them.
  static TextChange of(std::span<const crdt::TextEdit> edits);
  /// Of `count` changes from `first` on, `at(i)` each, of which each is made to what the one
  /// before it left.
  template <class At>
  static TextChange composed(std::size_t first, std::size_t count, const At& at);

  /// Goes on behind what was added so far: for who makes a change from the front. The text has
  /// to be valid UTF-8.
  void keep(Utf16Offset units) noexcept { pending_keep_ += units; }
  void replace(Utf16Offset removed, std::string_view inserted);

  [[nodiscard]] bool is_nothing() const noexcept { return parts_.empty(); }
  [[nodiscard]] std::span<const Part> parts() const noexcept { return parts_; }
  /// How much it removes and inserts, in UTF-16 units.
  [[nodiscard]] std::uint64_t size() const noexcept;

  /// This change, and then `next`, which is made to what this one leaves.
  [[nodiscard]] TextChange then(const TextChange& next) const;
  /// The same change as it is once `other`, made to the same text, was done before. Whichever
  /// goes first, both together give one text:
  ///
  ///     a.then(b.after(a, Side::Behind)) == b.then(a.after(b, Side::Before))
  [[nodiscard]] TextChange after(const TextChange& other, Side side) const;

  /// Where a place of the old text is in the new one: before what was inserted there, or behind
  /// it. What was removed is where it was removed.
  [[nodiscard]] Utf16Offset map(Utf16Offset at, Side side) const noexcept;
  /// Where a place of the new text was in the old one. What was inserted comes from where it
  /// was inserted.
  [[nodiscard]] Utf16Offset map_back(Utf16Offset at) const noexcept;

  /// Calls `visit(Utf16Offset at, const Part&)` for each part, with its place in the old text.
  template <class Visit>
  void for_each(Visit&& visit) const {
    Utf16Offset at;
    for (const Part& part : parts_) {
      at += part.kept;
      visit(at, part);
      at += part.removed;
    }
  }

  bool operator==(const TextChange& other) const noexcept { return parts_ == other.parts_; }

  /// To be written down, and read again.
  [[nodiscard]] std::string encode() const;
  static Result<TextChange> decode(std::string_view bytes);

  /// Aborts with a message if an invariant does not hold.
  void check_invariants() const;

 private:
  std::vector<Part> parts_;
  Utf16Offset pending_keep_;  ///< since the last part; says nothing of its own
};

template <class At>
TextChange TextChange::composed(std::size_t first, std::size_t count, const At& at) {
  if (count == 0) return {};
  if (count == 1) return at(first);
  // By halves, so that no part is copied more often than the logarithm of how many there are.
  const std::size_t half = count / 2;
  return composed(first, half, at).then(composed(first + half, count - half, at));
}

}  // namespace plait::document
