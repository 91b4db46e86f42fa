#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/base/assert.h"

namespace plait {

/// Largest integer that a varint may carry: what JavaScript can hold exactly.
inline constexpr std::uint64_t kMaxVarUint = (std::uint64_t{1} << 53) - 1;

/// Bytes that a varint of any value fits into.
inline constexpr std::size_t kMaxVarUintSize = 10;

/// Bytes that a varint of `value` takes.
constexpr std::size_t varuint_size(std::uint64_t value) noexcept {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

/// Writes a varint (little-endian base 128, seven bits a byte, the top bit says that more
/// follow) to where there is room for it; returns its end.
constexpr char* put_varuint_at(char* at, std::uint64_t value) noexcept {
  for (; value >= 0x80; value >>= 7) *at++ = static_cast<char>(value | 0x80);
  *at++ = static_cast<char>(value);
  return at;
}

/// Grows a buffer of bytes. clear() keeps the memory, so one writer that is used again and
/// again stops allocating. The put functions come in two kinds: those named `unchecked` rely on
/// an earlier ensure() and are what inner loops use.
class ByteWriter {
 public:
  void clear() noexcept { size_ = 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::string_view view() const noexcept { return {data_.get(), size_}; }
  [[nodiscard]] std::string str() const { return std::string(view()); }
  /// Forgets everything after the first `size` bytes.
  void truncate(std::size_t size) noexcept {
    PLAIT_ASSERT(size <= size_, "to keep no more than was written");
    size_ = size;
  }

  /// Makes room for `more` further bytes.
  void ensure(std::size_t more) {
    if (capacity_ - size_ < more) [[unlikely]]
      grow(more);
  }

  void put_byte(std::uint8_t byte) {
    ensure(1);
    put_byte_unchecked(byte);
  }
  void put_bytes(std::string_view bytes) {
    ensure(bytes.size());
    put_bytes_unchecked(bytes);
  }
  void put_varuint(std::uint64_t value) {
    ensure(kMaxVarUintSize);
    put_varuint_unchecked(value);
  }
  /// A length in bytes and the bytes themselves.
  void put_varbytes(std::string_view bytes) {
    ensure(kMaxVarUintSize + bytes.size());
    put_varuint_unchecked(bytes.size());
    put_bytes_unchecked(bytes);
  }

  void put_byte_unchecked(std::uint8_t byte) noexcept {
    data_[size_++] = static_cast<char>(byte);
  }
  void put_bytes_unchecked(std::string_view bytes) noexcept {
    if (!bytes.empty()) std::memcpy(data_.get() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  void put_varuint_unchecked(std::uint64_t value) noexcept {
    commit(put_varuint_at(data_.get() + size_, value));
  }

  /// For inner loops that write several things at once: where the next byte goes, with room for
  /// `more` bytes. What the caller puts there counts once commit() was told where it ends.
  [[nodiscard]] char* room(std::size_t more) {
    ensure(more);
    return data_.get() + size_;
  }
  void commit(const char* end) noexcept { size_ = static_cast<std::size_t>(end - data_.get()); }

  /// Opens a gap of `count` bytes at `at` (for a length that is only known afterwards) and
  /// returns its start. The gap's bytes are to be written by the caller.
  char* open_gap(std::size_t at, std::size_t count) {
    PLAIT_ASSERT(at <= size_, "a gap inside of what was written");
    ensure(count);
    char* gap = data_.get() + at;
    if (at != size_) std::memmove(gap + count, gap, size_ - at);
    size_ += count;
    return gap;
  }
  /// Puts the varint of `value` in front of what was written since `at`.
  void insert_varuint(std::size_t at, std::uint64_t value) {
    put_varuint_at(open_gap(at, varuint_size(value)), value);
  }

 private:
  void grow(std::size_t more) {
    std::size_t capacity = capacity_ * 2 < 64 ? 64 : capacity_ * 2;
    if (capacity - size_ < more) capacity = size_ + more;
    std::unique_ptr<char[]> bigger(new char[capacity]);
    if (size_ != 0) std::memcpy(bigger.get(), data_.get(), size_);
    data_ = std::move(bigger);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// Reads a span of bytes from front to back. The first mistake is sticky: from then on
/// everything reads as zero and ok() is false, so a decoder may check once per step instead of
/// once per byte.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) noexcept
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  [[nodiscard]] bool ok() const noexcept { return !failed_; }
  [[nodiscard]] bool at_end() const noexcept { return at_ == end_; }
  [[nodiscard]] std::size_t remaining() const noexcept {
    return static_cast<std::size_t>(end_ - at_);
  }
  [[nodiscard]] const char* position() const noexcept { return at_; }
  [[nodiscard]] std::string_view rest() const noexcept { return {at_, remaining()}; }
  /// Whether every varint so far was as short as its value allows.
  [[nodiscard]] bool canonical() const noexcept { return canonical_; }
  /// Makes ok() false, for a mistake that only the caller can see.
  void mark_failed() noexcept {
    failed_ = true;
    at_ = end_;
  }
  void mark_not_canonical() noexcept { canonical_ = false; }

  [[nodiscard]] std::uint8_t byte() noexcept {
    if (at_ == end_) [[unlikely]] {
      failed_ = true;
      return 0;
    }
    return static_cast<std::uint8_t>(*at_++);
  }

  /// A varint of at most 2^53 - 1.
  [[nodiscard]] std::uint64_t varuint() noexcept {
    if (remaining() >= 3) {  // most are this short, and then need no further checks
      const std::uint32_t first = static_cast<std::uint8_t>(at_[0]);
      if (first < 0x80) {
        at_ += 1;
        return first;
      }
      const std::uint32_t second = static_cast<std::uint8_t>(at_[1]);
      if (second < 0x80) {
        at_ += 2;
        canonical_ = canonical_ && second != 0;
        return (first & 0x7F) | second << 7;
      }
      const std::uint32_t third = static_cast<std::uint8_t>(at_[2]);
      if (third < 0x80) {
        at_ += 3;
        canonical_ = canonical_ && third != 0;
        return (first & 0x7F) | (second & 0x7F) << 7 | third << 14;
      }
    }
    return varuint_slow();
  }

  [[nodiscard]] std::string_view bytes(std::uint64_t count) noexcept {
    if (count > remaining()) [[unlikely]] {
      mark_failed();
      return {};
    }
    const std::string_view view(at_, static_cast<std::size_t>(count));
    at_ += count;
    return view;
  }
  [[nodiscard]] std::string_view varbytes() noexcept { return bytes(varuint()); }

 private:
  [[gnu::noinline]] std::uint64_t varuint_slow() noexcept {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 7 * kMaxVarUintSize; shift += 7) {
      const std::uint64_t next = byte();
      if (failed_) return 0;
      const std::uint64_t bits = next & 0x7F;
      // The eighth byte holds bits 49 and up, of which four are left; those after it hold none.
      if (shift >= 49 && bits >> (shift == 49 ? 4 : 0) != 0) break;
      value |= bits << shift;
      if (next < 0x80) {
        if (next == 0 && shift > 0) canonical_ = false;
        return value;
      }
    }
    mark_failed();
    return 0;
  }

  const char* at_;
  const char* end_;
  bool failed_ = false;
  bool canonical_ = true;
};

}  // namespace plait
