#pragma once

#include <cstdint>

namespace plait::bench {

/// Bytes that operator new has given out and not got back, as the allocator rounds them. The
/// program replaces operator new for this. For one thread only.
[[nodiscard]] std::int64_t live_heap_bytes() noexcept;

}  // namespace plait::bench
