#pragma once

#include <bitset>
#include <cstddef>
#include <string_view>

#include "daemon/crdt/json_syntax.h"

namespace plait::crdt {

/// The grammar of JSON.parse, once for all who read it. `Handler` is told the parts of a text
/// in order: word(true, false or null), number(as written), string(with its quotes), key(with
/// its quotes), begin_array(), end_array(), begin_object(), end_object(). The text must be
/// valid UTF-8.
template <class Handler>
class JsonParser {
 public:
  JsonParser(std::string_view text, Handler& handler) noexcept
      : at_(text.data()), end_(text.data() + text.size()), handler_(handler) {}

  /// Reads the whole text; false if it is not JSON.
  [[nodiscard]] bool run() {
    for (;;) {
      bool opened = false;
      if (!value(opened)) return false;
      if (opened) continue;
      // A value has ended, and with it maybe what is around it.
      for (;;) {
        space();
        if (depth_ == 0) return at_ == end_;
        if (take(',')) {
          if (is_object_[depth_ - 1] && !key()) return false;
          break;
        }
        if (!take(is_object_[depth_ - 1] ? '}' : ']')) return false;
        close();
      }
    }
  }

 private:
  static constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
  static constexpr bool is_hex_digit(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  /// `opened` says that a container has begun and that its first value is next.
  bool value(bool& opened) {
    space();
    if (at_ == end_) return false;
    switch (*at_) {
      case '{':
      case '[': return open(*at_++ == '{', opened);
      case '"': {
        const char* begin = at_;
        if (!string()) return false;
        handler_.string(since(begin));
        return true;
      }
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: {
        const char* begin = at_;
        if (!number()) return false;
        handler_.number(since(begin));
        return true;
      }
    }
  }

  bool open(bool is_object, bool& opened) {
    if (depth_ == kMaxJsonDepth) return false;
    is_object_[depth_++] = is_object;
    if (is_object) {
      handler_.begin_object();
    } else {
      handler_.begin_array();
    }
    space();
    if (take(is_object ? '}' : ']')) {
      close();
      return true;
    }
    opened = true;
    return !is_object || key();
  }

  void close() {
    if (is_object_[--depth_]) {
      handler_.end_object();
    } else {
      handler_.end_array();
    }
  }

  bool key() {
    space();
    const char* begin = at_;
    if (at_ == end_ || *at_ != '"' || !string()) return false;
    handler_.key(since(begin));
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

  bool word(std::string_view expected) {
    for (const char c : expected) {
      if (!take(c)) return false;
    }
    handler_.word(expected);
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
  std::string_view since(const char* begin) const noexcept {
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }

  const char* at_;
  const char* end_;
  Handler& handler_;
  std::bitset<kMaxJsonDepth> is_object_;  ///< of what is open, or else it is an array
  std::size_t depth_ = 0;
};

}  // namespace plait::crdt
