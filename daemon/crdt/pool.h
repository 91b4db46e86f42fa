#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace plait::crdt {

/// Objects of one kind, named by four-byte handles. They never move, so references stay good
/// while others are added; released ones are used again. Handle zero is "none" and is never
/// given out.
template <class T, class Ref, std::uint32_t kChunk>
class Pool {
 public:
  // Straight to the memory: a handle that this pool gave out cannot be out of range, and this
  // is what everything else spends its time on.
  [[nodiscard]] T& operator[](Ref ref) noexcept {
    const auto index = static_cast<std::uint32_t>(ref);
    return chunks_.data()[index / kChunk].get()[index % kChunk];
  }
  [[nodiscard]] const T& operator[](Ref ref) const noexcept {
    const auto index = static_cast<std::uint32_t>(ref);
    return chunks_.data()[index / kChunk].get()[index % kChunk];
  }

  /// A fresh object.
  [[nodiscard]] Ref allocate() {
    if (!free_.empty()) {
      const Ref ref = free_.back();
      free_.pop_back();
      return ref;
    }
    if (next_ / kChunk == chunks_.size()) chunks_.push_back(std::make_unique<T[]>(kChunk));
    return Ref{next_++};
  }

  void release(Ref ref) {
    free_.push_back(ref);
    (*this)[ref] = T{};
  }

  [[nodiscard]] std::uint32_t in_use() const noexcept {
    return next_ - 1 - static_cast<std::uint32_t>(free_.size());
  }
  /// No handle reaches this.
  [[nodiscard]] std::uint32_t bound() const noexcept { return next_; }

 private:
  std::vector<std::unique_ptr<T[]>> chunks_;
  std::vector<Ref> free_;
  std::uint32_t next_ = 1;
};

}  // namespace plait::crdt
