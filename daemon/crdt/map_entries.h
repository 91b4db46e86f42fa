#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/crdt/item.h"
#include "daemon/crdt/ref_map.h"

namespace plait::crdt {

/// What a map holds: a chain of values for each key that was ever set, in the order in which
/// the keys were first set.
class MapEntries {
 public:
  struct Entry {
    NameRef key{};
    ItemRef oldest{};
    ItemRef newest{};
  };

  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] const Entry& operator[](std::size_t i) const noexcept { return entries_[i]; }
  [[nodiscard]] auto begin() const noexcept { return entries_.begin(); }
  [[nodiscard]] auto end() const noexcept { return entries_.end(); }

  /// Null for a key that was never set.
  [[nodiscard]] const Entry* find(NameRef key) const noexcept {
    const std::size_t place = place_of(key);
    return place < entries_.size() ? &entries_[place] : nullptr;
  }

  /// An entry without values for a key that was never set. Good until the next is added.
  [[nodiscard]] Entry& find_or_add(NameRef key) {
    const std::size_t place = place_of(key);
    if (place < entries_.size()) return entries_[place];
    entries_.push_back({key, ItemRef::None, ItemRef::None});
    if (entries_.size() > kSearched) {
      for (std::size_t i = hashed_; i < entries_.size(); ++i) places_.set(entries_[i].key, i);
      hashed_ = entries_.size();
    }
    return entries_.back();
  }

  void clear() noexcept { *this = MapEntries(); }

 private:
  /// So few are found sooner by looking at each, and most maps hold no more.
  static constexpr std::size_t kSearched = 8;

  [[nodiscard]] std::size_t place_of(NameRef key) const noexcept {
    if (hashed_ > 0) {
      const std::uint64_t* place = places_.find(key);
      return place != nullptr ? *place : entries_.size();
    }
    std::size_t place = 0;
    while (place < entries_.size() && entries_[place].key != key) ++place;
    return place;
  }

  std::vector<Entry> entries_;
  RefMap<NameRef> places_;  ///< in entries_, once there are many
  std::size_t hashed_ = 0;  ///< how many are in places_: none or all
};

}  // namespace plait::crdt
