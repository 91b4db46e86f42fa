#include "tests/demo/view.h"

#include <algorithm>
#include <cmath>

namespace plait::demo {
namespace {

/// From here on the replicas are shown side by side.
constexpr std::uint32_t kWide = 72;

constexpr Style kFaint{.ink = Ink::Faint};
constexpr Style kBold{.bold = true};

Style name_style(std::uint32_t author) { return {.ink = ink_of(author), .bold = true}; }

}  // namespace

std::string grouped(std::size_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

std::string counted(std::size_t number, std::string_view what) {
  return grouped(number).append(" ").append(what).append(number == 1 ? "" : "s");
}

std::string kilobytes(std::size_t bytes) {
  return bytes < 10'000 ? grouped(bytes) + " bytes" : grouped((bytes + 500) / 1000) + " kB";
}

Canvas View::draw(const Session& session, double rate, Size size, bool unicode) {
  constexpr std::uint32_t kTitleRows = 1;
  constexpr std::uint32_t kFootRows = 5;
  Canvas canvas(size, unicode);
  if (size.columns < kLeastSize.columns || size.rows < kLeastSize.rows) {
    canvas.print(0, 0, "this window is too small");
    return canvas;
  }
  draw_title(session, rate, canvas);
  const std::uint32_t rows = size.rows - kTitleRows - kFootRows;
  if (size.columns >= kWide) {
    const std::uint32_t columns = (size.columns - 3) / 2;
    draw_side(session, 0, {kTitleRows, 0, columns, rows}, canvas);
    draw_side(session, 1, {kTitleRows, columns + 3, columns, rows}, canvas);
    for (std::uint32_t row = kTitleRows; row < kTitleRows + rows; ++row) {
      canvas.put(row, columns + 1, unicode ? U'│' : U'|', kFaint);
    }
  } else {
    const std::uint32_t upper = rows / 2;
    draw_side(session, 0, {kTitleRows, 0, size.columns, upper}, canvas);
    draw_side(session, 1, {kTitleRows + upper, 0, size.columns, rows - upper}, canvas);
  }
  const std::uint32_t foot = size.rows - kFootRows;
  draw_wire(session, 0, foot, canvas);
  draw_wire(session, 1, foot + 1, canvas);
  draw_numbers(session, foot + 2, canvas);
  return canvas;
}

void View::draw_title(const Session& session, double rate, Canvas& canvas) const {
  std::uint32_t column = canvas.print(0, 0, "Plait", kBold);
  const std::size_t edits = session.numbers().edits;
  std::string right = recording_;
  if (rate >= 1.5) right += "   speed x" + grouped(static_cast<std::size_t>(std::lround(rate)));
  right += "   " + std::to_string(edits * 100 / std::max<std::size_t>(edits_, 1)) + " %";
  column = canvas.print(0, column + 2, "one text, two replicas", kFaint);
  const auto length = static_cast<std::uint32_t>(right.size());
  if (column + 2 + length > canvas.size().columns) return;
  canvas.print(0, canvas.size().columns - length, right, kFaint);
}

void View::draw_side(const Session& session, std::uint32_t author, const Rect& where,
                     Canvas& canvas) {
  const Side& side = session.side(author);
  const std::uint32_t limit = where.column + where.columns;
  std::uint32_t column =
      canvas.print(where.row, where.column, kNames.at(author), name_style(author));
  const std::size_t characters = side.document.end_of(side.text).offset.code_points.value();
  std::string about = "  " + counted(characters, "character");
  if (side.unsent > 0) about += ", " + counted(side.unsent, "edit") + " unsent";
  canvas.print(where.row, column, about, kFaint, limit);
  pages_.at(author).draw(session, {where.row + 1, where.column, where.columns, where.rows - 1},
                         canvas);
}

void View::draw_wire(const Session& session, std::uint32_t sender, std::uint32_t row,
                     Canvas& canvas) const {
  const bool to_the_right = sender == 0;
  const std::string_view left_name = kNames[0];
  const std::string_view right_name = kNames[1];
  const auto left = static_cast<std::uint32_t>(left_name.size()) + 1;
  const std::uint32_t end =
      canvas.size().columns - static_cast<std::uint32_t>(right_name.size()) - 1;
  canvas.print(row, 0, left_name, to_the_right ? name_style(0) : kFaint);
  canvas.print(row, end + 1, right_name, to_the_right ? kFaint : name_style(1));
  for (std::uint32_t column = left; column < end; ++column) {
    canvas.put(row, column, canvas.unicode() ? U'·' : U'.', kFaint);
  }
  const std::string_view arrow =
      canvas.unicode() ? (to_the_right ? "→" : "←") : (to_the_right ? ">" : "<");
  for (const Packet& packet : session.in_flight()) {
    if (packet.sender != sender) continue;
    const std::string edits = std::to_string(packet.txns);
    std::string label = " ";
    if (to_the_right) {
      label.append(edits).append(arrow);
    } else {
      label = std::string(arrow).append(edits).append(" ");
    }
    const auto width = static_cast<std::uint32_t>(edits.size()) + 2;
    if (end - left <= width) continue;
    const double way = static_cast<double>(session.now() - packet.departed) /
                       std::max<double>(1, packet.arrives - packet.departed);
    const auto gone =
        static_cast<std::uint32_t>(std::clamp(way, 0.0, 1.0) * (end - left - width));
    const std::uint32_t column = to_the_right ? left + gone : end - width - gone;
    canvas.print(row, column, label, {.ink = ink_of(sender), .bold = true, .inverse = true});
  }
}

void View::draw_numbers(const Session& session, std::uint32_t row, Canvas& canvas) const {
  const Numbers& numbers = session.numbers();
  const std::string merged = grouped(numbers.edits) + " of " + counted(edits_, "edit") + ", " +
                             counted(numbers.conflicts, "conflict") + " merged";
  const std::string sent =
      counted(numbers.packets, "packet") + ", " + kilobytes(numbers.bytes) + " on the wire";
  constexpr std::uint32_t kOneLine = 100;
  std::uint32_t column = canvas.print(row, 0, merged);
  if (canvas.size().columns >= kOneLine) {
    canvas.print(row, column + 3, sent);
  } else {
    canvas.print(row + 1, 0, sent);
  }

  const bool equal = session.texts_are_equal();
  const std::string_view mark =
      canvas.unicode() ? (equal ? "● " : "○ ") : (equal ? "= " : "# ");
  std::string state = equal ? "the texts are equal" : "the texts differ";
  if (session.apart() > 0) {
    state += ", " + counted(session.apart(), "edit") + " not yet on both sides";
  }
  const Style style{.ink = equal ? Ink::Good : Ink::Plain, .bold = equal};
  column = canvas.print(row + 2, 0, mark, style);
  column = canvas.print(row + 2, column, state, style);
  constexpr std::string_view kHint = "Ctrl+C ends it";
  const auto length = static_cast<std::uint32_t>(kHint.size());
  if (column + 2 + length <= canvas.size().columns) {
    canvas.print(row + 2, canvas.size().columns - length, kHint, kFaint);
  }
}

}  // namespace plait::demo
