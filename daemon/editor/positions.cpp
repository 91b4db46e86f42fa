#include "daemon/editor/positions.h"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>

#include "daemon/document/rope.h"

namespace plait::editor {
namespace {

using crdt::TextPosition;
using document::TextChange;
using document::TextView;
using messages::Edit;
using messages::Position;

Failure outside() { return fail(ErrorCode::OutOfRange, "the position is not in the text"); }

/// The place so many units behind the start of a line, which ends before `end`.
template <class Unit>
Result<Utf16Offset> in_line(const TextView& text, Unit start, Unit end, std::int64_t units,
                            Unit TextSize::*unit) {
  if (units > (end - start).value()) return outside();
  const Unit at = start + Unit{static_cast<std::uint32_t>(units)};
  const TextPosition place = text.locate(at);
  if (place.offset.*unit != at) {
    return fail(ErrorCode::OutOfRange, "the position is inside of a character");
  }
  return place.offset.utf16;
}

Position position_of(const TextPosition& place, PositionEncoding encoding) {
  const std::int64_t line = place.line().value();
  switch (encoding) {
    case PositionEncoding::Utf8: return {line, place.utf8_column.value()};
    case PositionEncoding::Utf16: return {line, place.utf16_column.value()};
    case PositionEncoding::Utf32: return {line, place.code_point_column.value()};
  }
  return {};
}

bool is_before(const Position& a, const Position& b) noexcept {
  return std::tie(a.line, a.character) < std::tie(b.line, b.character);
}

/// An edit of a text as a replacement.
Result<TextChange> replacement_of(const TextView& text, const Edit& edit,
                                  PositionEncoding encoding) {
  const auto start = offset_of(text, edit.range.start, encoding);
  if (!start) return Failure{start.error()};
  const auto end = offset_of(text, edit.range.end, encoding);
  if (!end) return Failure{end.error()};
  if (*end < *start) return fail(ErrorCode::OutOfRange, "a range ends before it starts");
  return TextChange::replacement(*start, *end - *start, with_plain_newlines(edit.text));
}

/// Whether each edit is before those that come earlier, which then do not move it: several
/// cursors, or a reformatted file.
bool goes_backwards(std::span<const Edit> edits) noexcept {
  for (std::size_t i = 1; i < edits.size(); ++i) {
    if (is_before(edits[i - 1].range.start, edits[i].range.end)) return false;
  }
  return true;
}

Result<TextChange> change_of_backward_edits(const TextView& text, std::span<const Edit> edits,
                                            PositionEncoding encoding) {
  TextChange change;
  Utf16Offset end;
  for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit) {
    const auto replaced = replacement_of(text, *edit, encoding);
    if (!replaced) return Failure{replaced.error()};
    replaced->for_each([&](Utf16Offset at, const TextChange::Part& part) {
      change.keep(at - end);
      change.replace(part.removed, part.inserted);
      end = at + part.removed;
    });
  }
  return change;
}

}  // namespace

Result<Utf16Offset> offset_of(const TextView& text, const Position& position,
                              PositionEncoding encoding) {
  const TextPosition text_end = text.end();
  if (position.line < 0 || position.line > text_end.line().value() || position.character < 0) {
    return outside();
  }
  const LineNumber line{static_cast<std::uint32_t>(position.line)};
  const TextSize start = text.locate(line).offset;
  TextSize end = text_end.offset;
  if (line < text_end.line()) {
    end = text.locate(line + LineNumber{1}).offset;
    end -= TextSize{Utf16Offset{1}, Utf8Offset{1}, CodePointOffset{1}, LineNumber{1}};
  }
  switch (encoding) {
    case PositionEncoding::Utf8:
      return in_line(text, start.utf8, end.utf8, position.character, &TextSize::utf8);
    case PositionEncoding::Utf16:
      return in_line(text, start.utf16, end.utf16, position.character, &TextSize::utf16);
    case PositionEncoding::Utf32:
      return in_line(text, start.code_points, end.code_points, position.character,
                     &TextSize::code_points);
  }
  return outside();
}

Position position_of(const TextView& text, Utf16Offset at, PositionEncoding encoding) {
  return position_of(text.locate(at), encoding);
}

Result<TextChange> change_of(const TextView& text, std::span<const Edit> edits,
                             PositionEncoding encoding) {
  if (goes_backwards(edits)) return change_of_backward_edits(text, edits, encoding);
  document::Rope edited(text.string());
  std::vector<TextChange> changes;
  for (const Edit& edit : edits) {
    auto replaced = replacement_of(edited.view(), edit, encoding);
    if (!replaced) return forward_error(replaced);
    if (auto done = edited.apply(*replaced); !done) return forward_error(done);
    changes.push_back(*std::move(replaced));
  }
  return TextChange::composed(0, changes.size(), [&](std::size_t i) { return changes[i]; });
}

std::vector<Edit> edits_of(std::span<const crdt::TextEdit> edits, PositionEncoding encoding) {
  std::vector<Edit> said;
  said.reserve(edits.size());
  for (const crdt::TextEdit& edit : edits) {
    said.push_back(
        {{position_of(edit.start, encoding), position_of(edit.end, encoding)}, edit.inserted});
  }
  return said;
}

std::vector<Edit> edits_of(const TextChange& change, const TextView& text,
                           PositionEncoding encoding) {
  std::vector<Edit> said;
  said.reserve(change.parts().size());
  change.for_each([&](Utf16Offset at, const TextChange::Part& part) {
    said.push_back(
        {{position_of(text, at, encoding), position_of(text, at + part.removed, encoding)},
         part.inserted});
  });
  std::reverse(said.begin(), said.end());
  return said;
}

std::string with_plain_newlines(std::string text) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_crlf = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (!is_crlf) text[end++] = text[i];
  }
  text.resize(end);
  return text;
}

}  // namespace plait::editor
