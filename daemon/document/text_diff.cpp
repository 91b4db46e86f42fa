#include "daemon/document/text_diff.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "protocol/base/utf8.h"

namespace plait::document {
namespace {

bool is_continuation(char byte) noexcept {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

/// Compared so many at once, which is what makes long texts with one change quick.
constexpr std::size_t kBlock = 4096;

/// Bytes that both begin with, without a part of a character.
std::size_t common_prefix(std::string_view a, std::string_view b) noexcept {
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t size = 0;
  while (most - size >= kBlock && std::memcmp(&a[size], &b[size], kBlock) == 0) size += kBlock;
  while (size < most && a[size] == b[size]) ++size;
  const auto inside = [&](std::string_view text) {
    return size < text.size() && is_continuation(text[size]);
  };
  while (inside(a) || inside(b)) --size;
  return size;
}

/// The same for their ends.
std::size_t common_suffix(std::string_view a, std::string_view b) noexcept {
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t size = 0;
  while (most - size >= kBlock &&
         std::memcmp(&a[a.size() - size - kBlock], &b[b.size() - size - kBlock], kBlock) == 0) {
    size += kBlock;
  }
  while (size < most && a[a.size() - size - 1] == b[b.size() - size - 1]) ++size;
  while (size > 0 && is_continuation(a[a.size() - size])) --size;
  return size;
}

/// A text in pieces: lines or characters. Pieces of one number are equal.
struct Pieces {
  std::vector<std::uint32_t> numbers;
  std::vector<std::size_t> starts;  ///< bytes; one more, for the end

  [[nodiscard]] std::size_t count() const noexcept { return numbers.size(); }
};

/// Gives equal lines equal numbers, over several texts.
class LineNumbers {
 public:
  Pieces cut(std::string_view text) {
    Pieces lines;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
      const auto next = static_cast<std::uint32_t>(numbers_.size());
      lines.starts.push_back(at);
      lines.numbers.push_back(
          numbers_.try_emplace(text.substr(at, end - at), next).first->second);
      at = end;
    }
    lines.starts.push_back(text.size());
    return lines;
  }

 private:
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

Pieces cut_into_characters(std::string_view text) {
  Pieces characters;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (is_continuation(text[at])) {
      characters.numbers.back() = characters.numbers.back() << 8U | byte;
    } else {
      characters.starts.push_back(at);
      characters.numbers.push_back(byte);
    }
  }
  characters.starts.push_back(text.size());
  return characters;
}

/// Pieces that stay: `count` from `a` on in the old text, from `b` on in the new one.
struct Match {
  std::size_t a = 0;
  std::size_t b = 0;
  std::size_t count = 0;
};

/// What stays with the fewest pieces changed, in order (E. Myers, "An O(ND) difference
/// algorithm and its variations", 1986). Nothing if that takes more than `steps`, from which
/// what was needed is taken.
std::optional<std::vector<Match>> matches(std::span<const std::uint32_t> a,
                                          std::span<const std::uint32_t> b,
                                          std::size_t& steps) {
  // furthest[d][i]: how far in `a` d changes get on diagonal (a - b) = 2 * i - d.
  std::vector<std::vector<std::uint32_t>> furthest;
  const auto get = [&](std::size_t d, std::ptrdiff_t diagonal) {
    return furthest[d][static_cast<std::size_t>(diagonal + static_cast<std::ptrdiff_t>(d)) / 2];
  };
  /// Where diagonal `k` is entered with one more change than `d` and whether from above, which
  /// inserts; else from the left, which removes.
  struct Entry {
    std::ptrdiff_t x;
    bool inserts;
  };
  const auto enter = [&](std::size_t d, std::ptrdiff_t k) -> Entry {
    const auto last = static_cast<std::ptrdiff_t>(d);
    if (k < -last || (k <= last - 1 && get(d, k - 1) < get(d, k + 1))) {
      return {static_cast<std::ptrdiff_t>(get(d, k + 1)), true};
    }
    return {static_cast<std::ptrdiff_t>(get(d, k - 1)) + 1, false};
  };
  const auto a_count = static_cast<std::ptrdiff_t>(a.size());
  const auto b_count = static_cast<std::ptrdiff_t>(b.size());
  const std::ptrdiff_t goal = a_count - b_count;

  std::size_t changes = 0;
  for (bool found = false; !found; ++changes) {
    std::vector<std::uint32_t> reached(changes + 1);
    const auto d = static_cast<std::ptrdiff_t>(changes);
    for (std::ptrdiff_t k = -d; k <= d && !found; k += 2) {
      std::ptrdiff_t x = changes == 0 ? 0 : enter(changes - 1, k).x;
      std::size_t work = 1;
      // Off the field on one side: nothing to compare, and never the goal.
      for (; x < a_count && x - k < b_count &&
             a[static_cast<std::size_t>(x)] == b[static_cast<std::size_t>(x - k)];
           ++x) {
        ++work;
      }
      if (work > steps) return std::nullopt;
      steps -= work;
      reached[static_cast<std::size_t>(k + d) / 2] = static_cast<std::uint32_t>(x);
      found = k == goal && x >= a_count;
    }
    furthest.push_back(std::move(reached));
  }

  std::vector<Match> kept;
  std::ptrdiff_t x = a_count;
  std::ptrdiff_t k = goal;
  for (std::size_t d = changes - 1;; --d) {
    const Entry entry = d == 0 ? Entry{0, false} : enter(d - 1, k);
    if (x > entry.x) {
      kept.push_back({static_cast<std::size_t>(entry.x), static_cast<std::size_t>(entry.x - k),
                      static_cast<std::size_t>(x - entry.x)});
    }
    if (d == 0) break;
    x = entry.inserts ? entry.x : entry.x - 1;
    k += entry.inserts ? 1 : -1;
  }
  std::reverse(kept.begin(), kept.end());
  return kept;
}

class Differ {
 public:
  TextChange run(std::string_view from, std::string_view to, Author author) {
    if (author == Author::Person && try_characters(from, to)) return std::move(change_);
    // Whole lines, so that what is left has some that are equal.
    std::size_t prefix = common_prefix(from, to);
    prefix = prefix == 0 ? 0 : from.rfind('\n', prefix - 1) + 1;  // npos + 1 is the start
    keep(from.substr(0, prefix));
    from.remove_prefix(prefix);
    to.remove_prefix(prefix);
    std::size_t suffix = common_suffix(from, to);
    const std::size_t line_end = from.find('\n', from.size() - suffix);
    suffix = line_end == std::string_view::npos ? 0 : from.size() - line_end - 1;
    change_lines(from.substr(0, from.size() - suffix), to.substr(0, to.size() - suffix));
    return std::move(change_);
  }

 private:
  void keep(std::string_view text) { change_.keep(measure(text).utf16); }
  void replace(std::string_view from, std::string_view to) {
    change_.replace(measure(from).utf16, to);
  }

  void change_lines(std::string_view from, std::string_view to) {
    LineNumbers numbers;
    const Pieces old_lines = numbers.cut(from);
    const Pieces new_lines = numbers.cut(to);
    std::size_t steps = kMaxLineSteps;
    change_pieces(from, old_lines, new_lines.count(),
                  matches(old_lines.numbers, new_lines.numbers, steps),
                  [&](std::size_t a, std::size_t a_end, std::size_t b, std::size_t b_end) {
                    change_group(from, old_lines, a, a_end, to, new_lines, b, b_end);
                  });
  }

  /// Keeps what matches, and has `change(a, a_end, b, b_end)` do what is between. No answer to
  /// what matches is: nothing.
  template <class Change>
  void change_pieces(std::string_view from, const Pieces& a, std::size_t b_count,
                     const std::optional<std::vector<Match>>& kept, const Change& change) {
    std::size_t at_a = 0;
    std::size_t at_b = 0;
    for (const Match& match : kept.value_or(std::vector<Match>{})) {
      change(at_a, match.a, at_b, match.b);
      at_a = match.a + match.count;
      at_b = match.b + match.count;
      keep(between(from, a, match.a, at_a));
    }
    change(at_a, a.count(), at_b, b_count);
  }

  static std::string_view between(std::string_view text, const Pieces& pieces,
                                  std::size_t first, std::size_t end) {
    return text.substr(pieces.starts[first], pieces.starts[end] - pieces.starts[first]);
  }

  /// Lines of which none stayed. As many as before are most likely the same ones, each with a
  /// change in it.
  void change_group(std::string_view from, const Pieces& old_lines, std::size_t a,
                    std::size_t a_end, std::string_view to, const Pieces& new_lines,
                    std::size_t b, std::size_t b_end) {
    if (a_end - a != b_end - b) {
      change_characters(between(from, old_lines, a, a_end), between(to, new_lines, b, b_end));
      return;
    }
    for (; a < a_end; ++a, ++b) {
      change_characters(between(from, old_lines, a, a + 1), between(to, new_lines, b, b + 1));
    }
  }

  void change_characters(std::string_view from, std::string_view to) {
    if (try_characters(from, to)) return;
    const Middle middle(from, to);
    keep(from.substr(0, middle.prefix));
    replace(middle.from, middle.to);
    keep(from.substr(from.size() - middle.suffix));
  }

  /// What is between the common start and the common end.
  struct Middle {
    Middle(std::string_view a, std::string_view b) : prefix(common_prefix(a, b)) {
      a.remove_prefix(prefix);
      b.remove_prefix(prefix);
      suffix = common_suffix(a, b);
      from = a.substr(0, a.size() - suffix);
      to = b.substr(0, b.size() - suffix);
    }
    std::size_t prefix;
    std::size_t suffix;
    std::string_view from;
    std::string_view to;
  };

  /// False, and nothing done, if that is beyond the budget.
  bool try_characters(std::string_view from, std::string_view to) {
    const Middle middle(from, to);
    const std::size_t most = std::min(kMaxCharacterSteps, character_steps_);
    if (middle.from.size() + middle.to.size() > most) return false;
    const Pieces a = cut_into_characters(middle.from);
    const Pieces b = cut_into_characters(middle.to);
    std::size_t steps = most;
    const auto kept = matches(a.numbers, b.numbers, steps);
    character_steps_ -= most - steps;
    if (!kept) return false;
    keep(from.substr(0, middle.prefix));
    change_pieces(
        middle.from, a, b.count(), kept,
        [&](std::size_t first_a, std::size_t end_a, std::size_t first_b, std::size_t end_b) {
          replace(between(middle.from, a, first_a, end_a),
                  between(middle.to, b, first_b, end_b));
        });
    keep(from.substr(from.size() - middle.suffix));
    return true;
  }

  TextChange change_;
  std::size_t character_steps_ = kMaxAllCharacterSteps;
};

}  // namespace

TextChange difference(std::string_view from, std::string_view to, Author author) {
  return Differ().run(from, to, author);
}

}  // namespace plait::document
