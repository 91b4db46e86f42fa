#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace plait::crdt {

/// What a transaction notes down: plain values, one behind the other, forgotten all at once. A
/// keystroke does little else than adding to such lists, so adding is a store and a count, and
/// the way to more memory stands apart.
template <class T>
class LogList {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  void add(const T& entry) {
    if (size_ == room_.size()) [[unlikely]]
      enlarge();
    room_.data()[size_++] = entry;
  }
  void clear() noexcept { size_ = 0; }

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] const T* begin() const noexcept { return room_.data(); }
  [[nodiscard]] const T* end() const noexcept { return room_.data() + size_; }
  [[nodiscard]] const T& front() const noexcept { return room_[0]; }

 private:
  static constexpr std::size_t kFirstRoom = 8;

  [[gnu::noinline]] void enlarge() { room_.resize(std::max(kFirstRoom, 2 * size_)); }

  std::vector<T> room_;  ///< more than what was added
  std::size_t size_ = 0;
};

}  // namespace plait::crdt
