#pragma once

#include <cstdint>
#include <vector>

#include "daemon/crdt/item.h"

namespace plait::crdt {

/// One client's items by clock: without gaps from zero to end(), so an item is found by where
/// it starts. Entries lie in blocks of bounded size, because items are split in the middle all
/// the time and a flat array would be moved for each.
///
/// Invariants (check_invariants): no block is empty or over kBlock entries; each knows where it
/// starts; starts ascend strictly over all blocks, from zero to below end().
class RunIndex {
 public:
  struct Entry {
    Clock start;
    ItemRef item{};
  };
  /// Where an entry stands; good until the next change.
  struct Position {
    std::uint32_t block = 0;
    std::uint32_t slot = 0;
  };

  [[nodiscard]] bool empty() const noexcept { return blocks_.empty(); }
  /// The clock after the last item: the client's entry in the state vector.
  [[nodiscard]] Clock end() const noexcept { return end_; }

  /// The entry that covers `clock`, which must be below end().
  [[nodiscard]] Position find(Clock clock) const noexcept;
  [[nodiscard]] const Entry& at(Position position) const noexcept {
    return blocks_.data()[position.block].entries.data()[position.slot];
  }
  [[nodiscard]] Position first() const noexcept { return {}; }
  [[nodiscard]] Position last() const noexcept {
    const auto block = static_cast<std::uint32_t>(blocks_.size() - 1);
    return {block, static_cast<std::uint32_t>(blocks_[block].entries.size() - 1)};
  }
  /// Steps to the neighbour; false at the end.
  [[nodiscard]] bool advance(Position& position) const noexcept;
  [[nodiscard]] bool retreat(Position& position) const noexcept;

  /// Adds an item that starts at end().
  void append(ItemRef item, std::uint32_t length);
  /// The last item became longer.
  void extend_last(std::uint32_t length) noexcept { end_ += length; }
  /// Adds the right half of an item that was split.
  void insert_after(Position position, Entry entry);
  /// Takes out an item whose range its left neighbour has taken over.
  void erase(Position position) noexcept;
  /// Moves the border between an item and its left neighbour.
  void set_start(Position position, Clock start) noexcept;

  /// Aborts with a message if an invariant does not hold.
  void check_invariants() const;

 private:
  static constexpr std::uint32_t kBlock = 128;
  struct Block {
    Clock first;
    std::vector<Entry> entries;
  };

  std::vector<Block> blocks_;
  Clock end_;
  mutable Position recent_;  ///< the latest find: the next is often near
};

}  // namespace plait::crdt
