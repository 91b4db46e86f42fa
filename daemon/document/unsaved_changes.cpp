#include "daemon/document/unsaved_changes.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "daemon/document/text_diff.h"
#include "protocol/base/utf8.h"

namespace plait::document {
namespace {

std::uint32_t units(std::string_view text) { return measure(text).utf16.value(); }

/// Whether two texts that were put at one place are so much alike that one was made from the
/// other: half of the shorter one is in both.
bool are_alike(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return false;
  std::uint32_t common = units(a);
  difference(a, b).for_each(
      [&](Utf16Offset, const TextChange::Part& part) { common -= part.removed.value(); });
  return 2 * common >= std::min(units(a), units(b));
}

/// A text that one has at a place where the other has something else.
struct Addition {
  Utf16Offset at;  ///< in the other one's text
  Utf16Offset removed;
  std::string text;

  [[nodiscard]] Utf16Offset size() const { return std::max(removed, measure(text).utf16); }
};

/// Fewer letters that two words have in common are there by chance.
constexpr Utf16Offset kFewLetters{3};

/// What `mine` has beside `theirs`. What stays between two changes counts only if it is more
/// than a few letters, and longer than one of them.
std::vector<Addition> additions(std::string_view theirs, std::string_view mine) {
  std::vector<Addition> all;
  std::size_t byte = 0;  // of theirs, at the end of what is in all
  Utf16Offset end;
  difference(theirs, mine).for_each([&](Utf16Offset at, const TextChange::Part& part) {
    const std::string_view kept =
        theirs.substr(byte, bytes_of_utf16_prefix(theirs.substr(byte), (at - end).value()));
    byte += kept.size();
    byte += bytes_of_utf16_prefix(theirs.substr(byte), part.removed.value());
    const Addition next{at, part.removed, part.inserted};
    if (!all.empty() &&
        at - end <= std::max(kFewLetters, std::min(all.back().size(), next.size()))) {
      all.back().removed += at - end + part.removed;
      all.back().text.append(kept).append(part.inserted);
    } else {
      all.push_back(next);
    }
    end = at + part.removed;
  });
  return all;
}

/// Puts changes to the parts of a text together, from its front on.
class Collected {
 public:
  void add(Utf16Offset at, Utf16Offset removed, std::string_view text) {
    change.keep(at - end_);
    change.replace(removed, text);
    end_ = at + removed;
  }

  TextChange change;

 private:
  Utf16Offset end_;
};

}  // namespace

TextChange unsaved_changes(std::string_view on_disk, std::string_view buffer,
                           std::string_view document) {
  if (on_disk == document) return difference(on_disk, buffer);
  const TextChange mine = difference(on_disk, buffer);
  const TextChange theirs = difference(on_disk, document);

  // Insertions move to the document in another way than deletions, which are removed once.
  Collected deletions;           // of the text on disk
  Collected new_insertions;      // of the text on disk: nothing like it is in the document
  Collected further_insertions;  // of the document: beside what it has of them
  std::span<const TextChange::Part> others = theirs.parts();
  Utf16Offset other_at;                   // of the first of them, in the text on disk
  Utf16Offset other_now;                  // and in the document
  const TextChange::Part* met = nullptr;  // the last of them that is like one of mine
  if (!others.empty()) other_at = other_now = others.front().kept;
  mine.for_each([&](Utf16Offset at, const TextChange::Part& part) {
    if (part.removed > Utf16Offset{}) deletions.add(at, part.removed, {});
    while (!others.empty() && other_at + others.front().removed < at) {
      const Utf16Offset old_end = other_at + others.front().removed;
      const Utf16Offset new_end = other_now + others.front().inserted_length;
      others = others.subspan(1);
      if (others.empty()) break;
      other_at = old_end + others.front().kept;
      other_now = new_end + others.front().kept;
    }
    if (part.inserted.empty()) return;
    const bool is_same_place =
        !others.empty() && other_at <= at + part.removed && met != &others.front();
    if (!is_same_place || !are_alike(others.front().inserted, part.inserted)) {
      new_insertions.add(at, {}, part.inserted);
      return;
    }
    met = &others.front();
    for (const Addition& addition : additions(met->inserted, part.inserted)) {
      further_insertions.add(other_now + addition.at, {}, addition.text);
    }
  });

  const TextChange first = further_insertions.change;
  const TextChange second = new_insertions.change.after(theirs.then(first), Side::Before);
  return first.then(second).then(
      deletions.change.after(theirs.then(first).then(second), Side::Before));
}

}  // namespace plait::document
