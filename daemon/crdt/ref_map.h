#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "daemon/crdt/item.h"

namespace plait::crdt {

/// A number for some of very many items, names or the like: a hash table that takes memory when
/// the first is noted, and never gives one up.
template <class Ref>
class RefMap {
 public:
  [[nodiscard]] bool empty() const noexcept { return used_ == 0; }

  /// Its number, or null.
  [[nodiscard]] const std::uint64_t* find(Ref ref) const noexcept {
    if (slots_.empty()) return nullptr;
    const Slot& slot = slots_[slot_of(ref)];
    return slot.ref == ref ? &slot.value : nullptr;
  }

  void set(Ref ref, std::uint64_t value) {
    if (slots_.size() < 2 * (used_ + 1)) grow();
    Slot& slot = slots_[slot_of(ref)];
    if (slot.ref == Ref::None) ++used_;
    slot = {ref, value};
  }

 private:
  static constexpr std::size_t kFirstSize = 32;
  struct Slot {
    Ref ref = Ref::None;
    std::uint64_t value = 0;
  };

  /// Where it is, or where it would be put. Neighbours in a list tend to have
  /// neighbouring numbers, which multiplying spreads.
  [[nodiscard]] std::size_t slot_of(Ref ref) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = (index_of(ref) * std::uint64_t{0x9E3779B97F4A7C15} >> 32) & mask;
    while (slots_[at].ref != ref && slots_[at].ref != Ref::None) at = (at + 1) & mask;
    return at;
  }

  void grow() {
    std::vector<Slot> old = std::exchange(
        slots_, std::vector<Slot>(slots_.empty() ? kFirstSize : 2 * slots_.size()));
    for (const Slot& slot : old) {
      if (slot.ref != Ref::None) slots_[slot_of(slot.ref)] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace plait::crdt
