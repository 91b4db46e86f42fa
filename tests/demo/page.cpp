#include "tests/demo/page.h"

#include <algorithm>
#include <string_view>

#include "daemon/crdt/replica.h"
#include "tests/demo/glyph.h"

namespace plait::demo {
namespace {

/// The letter that a cursor stands in front of; nothing if the replica cannot tell.
std::optional<std::size_t> letter_at(const std::vector<Letter>& letters,
                                     const std::optional<crdt::RelativePosition>& cursor,
                                     const crdt::Document& document) {
  if (!cursor) return std::nullopt;
  const auto place = cursor->resolve(document);
  if (!place) return std::nullopt;
  const auto found = std::ranges::lower_bound(letters, place->index.value(), {}, &Letter::at);
  return static_cast<std::size_t>(found - letters.begin());
}

}  // namespace

std::vector<Letter> letters_of(const Session& session, std::uint32_t author) {
  const Side& side = session.side(author);
  const crdt::Replica& replica = side.document.replica();
  const crdt::ClientId other = Session::client_of(1 - author);
  const bool has_news = !side.arrivals.empty();
  const crdt::Clock news_from = has_news ? side.arrivals.front().known : crdt::Clock{};

  std::vector<Letter> letters;
  std::uint32_t at = 0;
  replica.sequences.for_each_text(
      replica.types[side.text].sequence, [&](crdt::ItemRef ref, std::string_view text) {
        const crdt::Item& item = replica.items[ref];
        const bool is_others = replica.clients.id_of(item.client) == other;
        const auto writer = static_cast<std::uint8_t>(is_others ? 1 - author : author);
        crdt::Clock clock = item.clock;
        while (!text.empty()) {
          const char32_t character = take_character(text);
          const bool is_new = is_others && has_news && clock >= news_from;
          letters.push_back({character, at, writer, is_new});
          const std::uint32_t units = character > 0xFFFF ? 2 : 1;
          at += units;
          clock += units;
        }
      });
  return letters;
}

std::size_t Lines::line_of(std::size_t letter) const noexcept {
  const auto after = std::ranges::upper_bound(lines, letter, {}, &Line::begin);
  return static_cast<std::size_t>(after - lines.begin()) - 1;
}

Lines wrap(const std::vector<Letter>& letters, std::uint32_t columns, bool unicode) {
  const auto columns_of = [&](std::size_t i) -> std::uint32_t {
    return glyph_of(letters[i].character, unicode).columns;
  };
  Lines wrapped;
  std::size_t begin = 0;
  std::size_t word = 0;  // where the latest word of the line begins
  std::uint32_t used = 0;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (letters[i].character == U'\n') {
      wrapped.lines.push_back({begin, i});
      begin = word = i + 1;
      used = 0;
      continue;
    }
    // Room is left for the cursor behind the last letter. A space may hang over.
    if (used + columns_of(i) >= columns && letters[i].character != U' ') {
      const std::size_t end = word > begin ? word : i;
      wrapped.lines.push_back({begin, end});
      begin = word = end;
      used = 0;
      for (std::size_t moved = begin; moved < i; ++moved) used += columns_of(moved);
    }
    used += columns_of(i);
    if (letters[i].character == U' ') word = i + 1;
  }
  wrapped.lines.push_back({begin, letters.size()});
  return wrapped;
}

void Page::scroll_to(std::size_t line, std::size_t lines, std::uint32_t rows) noexcept {
  // Nothing moves while the cursor does not come near the edges.
  const std::size_t margin = std::min<std::size_t>(2, rows / 4);
  if (line < top_ + margin || line + margin + 1 > top_ + rows) {
    const std::size_t above = rows / 2;
    top_ = line > above ? line - above : 0;
  }
  const std::size_t most = lines > rows ? lines - rows : 0;
  top_ = std::min(top_, most);
}

void Page::draw(const Session& session, const Rect& where, Canvas& canvas) {
  if (where.rows == 0 || where.columns < 2) return;
  const Side& side = session.side(author_);
  const std::vector<Letter> letters = letters_of(session, author_);
  const Lines wrapped = wrap(letters, where.columns, canvas.unicode());
  const auto own = letter_at(letters, side.cursor, side.document);
  const auto others = letter_at(letters, side.other_cursor, side.document);
  scroll_to(wrapped.line_of(own.value_or(0)), wrapped.lines.size(), where.rows);

  const std::size_t bottom = std::min(wrapped.lines.size(), top_ + where.rows);
  const std::uint32_t limit = where.column + where.columns;
  for (std::size_t i = top_; i < bottom; ++i) {
    const auto row = where.row + static_cast<std::uint32_t>(i - top_);
    std::uint32_t column = where.column;
    // One place more than there are letters: a cursor may stand at the end of the line.
    const Lines::Line line = wrapped.lines[i];
    const bool has_end = i + 1 == wrapped.lines.size() || wrapped.lines[i + 1].begin > line.end;
    for (std::size_t at = line.begin; at < line.end + (has_end ? 1 : 0); ++at) {
      const bool is_letter = at < line.end;
      Style style;
      if (is_letter) {
        style.ink = ink_of(letters[at].author);
        style.underlined = letters[at].is_new;
      }
      const bool is_own = own == at;
      if (is_own || others == at) {
        style = {
            .ink = ink_of(is_own ? author_ : 1 - author_), .bold = is_own, .inverse = true};
      } else if (!is_letter) {
        break;
      }
      if (column >= limit) break;
      column = canvas.put(row, column, is_letter ? letters[at].character : U' ', style);
    }
  }
}

}  // namespace plait::demo
