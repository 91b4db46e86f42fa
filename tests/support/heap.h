#pragma once

#include <cstddef>

namespace plait::support {

/// What went through operator new and delete. A program that links plait::heap gets its own of
/// both; for one thread only.
struct Heap {
  std::size_t live_bytes = 0;
  std::size_t peak_bytes = 0;  ///< the most live_bytes since it was last set
  std::size_t allocations = 0;
  /// Allocations that fail: so many, starting with the one of this number (as counted above).
  std::size_t fail_from = 0;
  std::size_t fail_count = 0;
};

[[nodiscard]] Heap& heap() noexcept;

/// The most memory that is taken beyond what there was when this was made.
class HeapPeak {
 public:
  HeapPeak() noexcept : before_(heap().live_bytes) { heap().peak_bytes = before_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return heap().peak_bytes - before_; }

 private:
  std::size_t before_;
};

}  // namespace plait::support
