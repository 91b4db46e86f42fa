#include "daemon/crdt/json_syntax.h"

#include <bitset>

namespace plait::crdt {
namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_hex_digit(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) noexcept
      : at_(text.data()), end_(text.data() + text.size()) {}

  bool whole() noexcept {
    while (true) {
      bool opened = false;
      if (!value(opened)) return false;
      if (opened) continue;
      // A value has ended, and with it maybe what is around it.
      while (true) {
        space();
        if (depth_ == 0) return at_ == end_;
        const bool in_object = is_object_[depth_ - 1];
        if (take(',')) {
          if (in_object && !key()) return false;
          break;
        }
        if (!take(in_object ? '}' : ']')) return false;
        --depth_;
      }
    }
  }

 private:
  /// `opened` says that a container has begun and that its first value is next.
  bool value(bool& opened) noexcept {
    space();
    if (at_ == end_) return false;
    switch (*at_) {
      case '{':
      case '[': {
        const bool is_object = *at_++ == '{';
        space();
        if (take(is_object ? '}' : ']')) return depth_ < kMaxJsonDepth;
        if (depth_ == kMaxJsonDepth) return false;
        is_object_[depth_++] = is_object;
        opened = true;
        return !is_object || key();
      }
      case '"': return string();
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: return number();
    }
  }

  bool key() noexcept {
    space();
    if (at_ == end_ || *at_ != '"' || !string()) return false;
    space();
    return take(':');
  }

  bool string() noexcept {
    ++at_;
    while (at_ != end_) {
      const char c = *at_++;
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c == '\\' && !escape()) return false;
    }
    return false;
  }

  bool escape() noexcept {
    if (at_ == end_) return false;
    const char c = *at_++;
    if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
    for (int i = 0; i < 4; ++i) {
      if (at_ == end_ || !is_hex_digit(*at_++)) return false;
    }
    return true;
  }

  bool number() noexcept {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }

  bool digits() noexcept {
    if (at_ == end_ || !is_digit(*at_)) return false;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return true;
  }

  bool word(std::string_view expected) noexcept {
    for (const char c : expected) {
      if (!take(c)) return false;
    }
    return true;
  }

  void space() noexcept {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  bool take(char expected) noexcept {
    if (at_ == end_ || *at_ != expected) return false;
    ++at_;
    return true;
  }

  const char* at_;
  const char* end_;
  std::bitset<kMaxJsonDepth> is_object_;  ///< of what is open, or else it is an array
  std::size_t depth_ = 0;
};

}  // namespace

bool is_json(std::string_view text) noexcept { return JsonScanner(text).whole(); }

}  // namespace plait::crdt
