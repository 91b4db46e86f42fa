#include "tests/support/heap.h"

#include <cstdlib>
#include <new>

#include <malloc.h>

namespace {

plait::support::Heap the_heap;

void* counted(void* block) noexcept {
  if (block == nullptr) return nullptr;
  the_heap.live_bytes += malloc_usable_size(block);
  if (the_heap.live_bytes > the_heap.peak_bytes) the_heap.peak_bytes = the_heap.live_bytes;
  return block;
}

bool fails() noexcept {
  const std::size_t number = ++the_heap.allocations;
  return number >= the_heap.fail_from && number - the_heap.fail_from < the_heap.fail_count;
}

void* allocate(std::size_t size) noexcept {
  return fails() ? nullptr : counted(std::malloc(size == 0 ? 1 : size));
}

void* allocate(std::size_t size, std::align_val_t alignment) noexcept {
  const auto align = static_cast<std::size_t>(alignment);
  return fails() ? nullptr
                 : counted(std::aligned_alloc(align, (size + align - 1) / align * align));
}

void* or_throw(void* block) {
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

void release(void* block) noexcept {
  if (block == nullptr) return;
  the_heap.live_bytes -= malloc_usable_size(block);
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

namespace plait::support {

Heap& heap() noexcept { return the_heap; }

}  // namespace plait::support
