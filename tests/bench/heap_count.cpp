#include "tests/bench/heap_count.h"

#include <cstddef>
#include <cstdlib>
#include <new>

#include <malloc.h>

namespace {

std::int64_t live_bytes = 0;

void* counted(void* block) noexcept {
  if (block != nullptr) live_bytes += static_cast<std::int64_t>(malloc_usable_size(block));
  return block;
}

void* allocate(std::size_t size) noexcept { return counted(std::malloc(size == 0 ? 1 : size)); }

void* allocate(std::size_t size, std::align_val_t alignment) noexcept {
  const auto align = static_cast<std::size_t>(alignment);
  return counted(std::aligned_alloc(align, (size + align - 1) / align * align));
}

void* or_throw(void* block) {
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

void release(void* block) noexcept {
  if (block == nullptr) return;
  live_bytes -= static_cast<std::int64_t>(malloc_usable_size(block));
  std::free(block);
}

}  // namespace

// Every form, since a sanitizer's own would not come down to the plain ones.
using std::align_val_t;
using std::nothrow_t;
using std::size_t;

void* operator new(size_t size) { return or_throw(allocate(size)); }
void* operator new[](size_t size) { return or_throw(allocate(size)); }
void* operator new(size_t size, align_val_t align) { return or_throw(allocate(size, align)); }
void* operator new[](size_t size, align_val_t align) { return or_throw(allocate(size, align)); }

void* operator new(size_t size, const nothrow_t&) noexcept { return allocate(size); }
void* operator new[](size_t size, const nothrow_t&) noexcept { return allocate(size); }
void* operator new(size_t size, align_val_t align, const nothrow_t&) noexcept {
  return allocate(size, align);
}
void* operator new[](size_t size, align_val_t align, const nothrow_t&) noexcept {
  return allocate(size, align);
}

void operator delete(void* block) noexcept { release(block); }
void operator delete[](void* block) noexcept { release(block); }
void operator delete(void* block, size_t) noexcept { release(block); }
void operator delete[](void* block, size_t) noexcept { release(block); }
void operator delete(void* block, align_val_t) noexcept { release(block); }
void operator delete[](void* block, align_val_t) noexcept { release(block); }
void operator delete(void* block, size_t, align_val_t) noexcept { release(block); }
void operator delete[](void* block, size_t, align_val_t) noexcept { release(block); }
void operator delete(void* block, const nothrow_t&) noexcept { release(block); }
void operator delete[](void* block, const nothrow_t&) noexcept { release(block); }
void operator delete(void* block, align_val_t, const nothrow_t&) noexcept { release(block); }
void operator delete[](void* block, align_val_t, const nothrow_t&) noexcept { release(block); }

namespace plait::bench {

std::int64_t live_heap_bytes() noexcept { return live_bytes; }

}  // namespace plait::bench
