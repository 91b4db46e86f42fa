#include "daemon/crdt/json_syntax.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "daemon/crdt/json_parser.h"
#include "daemon/crdt/object_order.h"

namespace plait::crdt {
namespace {

class Nobody {
 public:
  void word(std::string_view) noexcept {}
  void number(std::string_view) noexcept {}
  void string(std::string_view) noexcept {}
  void key(std::string_view) noexcept {}
  void begin_array() noexcept {}
  void end_array() noexcept {}
  void begin_object() noexcept {}
  void end_object() noexcept {}
};

// Numbers -------------------------------------------------------------------------------------

/// Whether a number that no double can hold is too large, and not too small.
bool is_too_large(std::string_view number) noexcept {
  const std::size_t e = number.find_first_of("eE");
  const std::string_view digits = number.substr(0, e);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  const std::size_t first = digits.find_first_of("123456789");
  // The decimal exponent of the first digit that counts, and then the one that is written.
  auto exponent = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
  if (e != std::string_view::npos) {
    constexpr std::int64_t kFar = std::int64_t{1} << 40;
    const bool negative = number[e + 1] == '-';
    std::int64_t written = 0;
    for (const char c : number.substr(e + 1)) {
      if (c >= '0' && c <= '9') written = std::min(kFar, written * 10 + (c - '0'));
    }
    exponent += negative ? -written : written;
  }
  return exponent > 0;
}

/// Puts a number as JavaScript prints it.
void put_number(ByteWriter& out, std::string_view text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec == std::errc::result_out_of_range) {
    // JavaScript reads infinity, and prints that as null.
    return out.put_bytes(is_too_large(text) ? "null" : "0");
  }
  if (value == 0) return out.put_byte('0');

  // The shortest digits that mean this value, as d.ddde±dd.
  char buffer[32];
  const auto printed =
      std::to_chars(std::begin(buffer), std::end(buffer), value, std::chars_format::scientific);
  std::string_view shortest(buffer, static_cast<std::size_t>(printed.ptr - buffer));
  if (shortest.front() == '-') {
    out.put_byte('-');
    shortest.remove_prefix(1);
  }
  const std::size_t e = shortest.find('e');
  int exponent = 0;
  std::from_chars(shortest.data() + e + 2, printed.ptr, exponent);
  if (shortest[e + 1] == '-') exponent = -exponent;
  std::string digits(shortest.substr(0, e));
  std::erase(digits, '.');

  const auto count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // digits in front of it
  if (point > 0 && point <= 21) {
    if (count <= point) {
      digits.append(static_cast<std::size_t>(point - count), '0');
    } else {
      digits.insert(static_cast<std::size_t>(point), 1, '.');
    }
  } else if (point > -6 && point <= 0) {
    digits.insert(0, "0." + std::string(static_cast<std::size_t>(-point), '0'));
  } else {
    if (count > 1) digits.insert(1, 1, '.');
    digits += exponent < 0 ? "e-" : "e+";
    digits += std::to_string(std::abs(exponent));
  }
  out.put_bytes(digits);
}

// Strings -------------------------------------------------------------------------------------

void put_escaped(ByteWriter& out, std::uint32_t unit) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.put_bytes("\\u");
  for (int shift = 12; shift >= 0; shift -= 4) {
    out.put_byte(static_cast<std::uint8_t>(kHex[unit >> shift & 0xF]));
  }
}

void put_utf8(ByteWriter& out, std::uint32_t c) {
  const auto put = [&](std::uint32_t byte) { out.put_byte(static_cast<std::uint8_t>(byte)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | c >> 6);
  } else {
    if (c < 0x10000) {
      put(0xE0 | c >> 12);
    } else {
      put(0xF0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3F));
    }
    put(0x80 | (c >> 6 & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

/// Puts one UTF-16 unit that is no half of a surrogate pair as JSON.stringify does.
void put_unit(ByteWriter& out, std::uint32_t unit) {
  constexpr std::string_view kPlain = "\b\f\n\r\t\"\\";
  constexpr std::string_view kLetters = "bfnrt\"\\";
  const std::size_t short_form =
      unit < 0x80 ? kPlain.find(static_cast<char>(unit)) : std::string_view::npos;
  if (short_form != std::string_view::npos) {
    out.put_byte('\\');
    out.put_byte(static_cast<std::uint8_t>(kLetters[short_form]));
  } else if (unit < 0x20 || (unit >= 0xD800 && unit <= 0xDFFF)) {
    put_escaped(out, unit);
  } else {
    put_utf8(out, unit);
  }
}

/// The unit that an escape stands for; `text` begins behind the backslash and loses the escape.
std::uint32_t take_escape(std::string_view& text) noexcept {
  const char kind = text.front();
  text.remove_prefix(1);
  switch (kind) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'u': {
      std::uint32_t unit = 0;
      std::from_chars(text.data(), text.data() + 4, unit, 16);
      text.remove_prefix(4);
      return unit;
    }
    default: return static_cast<std::uint32_t>(kind);
  }
}

/// Puts a string, quotes included, which `quoted` has as well.
void put_string(ByteWriter& out, std::string_view quoted) {
  if (quoted.find('\\') == std::string_view::npos) return out.put_bytes(quoted);
  std::string_view text = quoted.substr(1, quoted.size() - 2);
  out.put_byte('"');
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find('\\'), text.size());
    out.put_bytes(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    text.remove_prefix(1);
    const std::uint32_t unit = take_escape(text);
    const bool high = unit >= 0xD800 && unit <= 0xDBFF;
    if (high && text.substr(0, 2) == "\\u") {
      std::string_view behind = text.substr(1);
      const std::uint32_t low = take_escape(behind);
      if (low >= 0xDC00 && low <= 0xDFFF) {
        put_utf8(out, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
        text = behind;
        continue;
      }
    }
    put_unit(out, unit);
  }
  out.put_byte('"');
}

// Everything together -------------------------------------------------------------------------

/// Writes what it is told of as JSON.stringify would.
class Rewriter {
 public:
  explicit Rewriter(ByteWriter& out) noexcept : out_(out) {}

  void word(std::string_view text) {
    separate();
    out_.put_bytes(text);
  }
  void number(std::string_view text) {
    separate();
    put_number(out_, text);
  }
  void string(std::string_view quoted) {
    separate();
    put_string(out_, quoted);
  }
  void begin_array() { open('['); }
  void end_array() {
    open_.pop_back();
    out_.put_byte(']');
  }
  void begin_object() { open('{'); }
  void key(std::string_view quoted) {
    end_member();
    separate();
    Member& member = members_.emplace_back();
    member.begin = out_.size();
    put_string(out_, quoted);
    member.end_of_key = out_.size();
    out_.put_byte(':');
    after_key_ = true;
  }
  void end_object() {
    end_member();
    arrange(open_.back());
    members_.resize(open_.back().first_member);
    open_.pop_back();
    out_.put_byte('}');
  }

 private:
  struct Container {
    std::size_t begin;  ///< in the output, behind its bracket
    std::size_t first_member;
  };
  struct Member {
    std::size_t begin = 0;  ///< in the output
    std::size_t end_of_key = 0;
    std::size_t end = 0;
  };

  void open(char bracket) {
    separate();
    out_.put_byte(static_cast<std::uint8_t>(bracket));
    open_.push_back({out_.size(), members_.size()});
  }

  /// Puts a comma unless this is the first in its container or the value of a key.
  void separate() {
    if (!after_key_ && !open_.empty() && out_.size() > open_.back().begin) out_.put_byte(',');
    after_key_ = false;
  }

  void end_member() {
    if (members_.size() > open_.back().first_member) members_.back().end = out_.size();
  }

  void arrange(const Container& object) {
    const std::size_t count = members_.size() - object.first_member;
    const std::string copy(out_.view().substr(object.begin));
    const std::string_view written = copy;
    const auto piece = [&](std::size_t from, std::size_t to) {
      return written.substr(from - object.begin, to - from);
    };
    std::vector<std::string_view> keys(count);
    std::vector<std::string_view> members(count);
    for (std::size_t i = 0; i < count; ++i) {
      const Member& member = members_[object.first_member + i];
      // Without the quotes. Two keys are the same if their shortest forms are.
      keys[i] = piece(member.begin + 1, member.end_of_key - 1);
      members[i] = piece(member.begin, member.end);
    }
    out_.truncate(object.begin);
    for (const std::uint32_t member : object_order(keys)) {
      if (out_.size() > object.begin) out_.put_byte(',');
      out_.put_bytes(members[member]);
    }
  }

  ByteWriter& out_;
  std::vector<Container> open_;
  std::vector<Member> members_;  ///< of all objects that are open
  bool after_key_ = false;
};

}  // namespace

bool is_json(std::string_view text) noexcept {
  Nobody nobody;
  return JsonParser(text, nobody).run();
}

bool rewrite_json(std::string_view text, ByteWriter& out) {
  const std::size_t begin = out.size();
  Rewriter rewriter(out);
  if (JsonParser(text, rewriter).run()) return true;
  out.truncate(begin);
  return false;
}

}  // namespace plait::crdt
