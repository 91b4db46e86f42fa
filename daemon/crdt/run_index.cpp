#include "daemon/crdt/run_index.h"

#include <algorithm>

#include "protocol/base/assert.h"

namespace plait::crdt {

RunIndex::Position RunIndex::find(Clock clock) const noexcept {
  PLAIT_ASSERT(clock < end_, "a clock that this client has reached");
  std::uint32_t block = recent_.block;
  const auto count = static_cast<std::uint32_t>(blocks_.size());
  const Block* blocks = blocks_.data();
  if (block >= count || clock < blocks[block].first ||
      (block + 1 < count && blocks[block + 1].first <= clock)) {
    const auto after = std::upper_bound(
        blocks_.begin(), blocks_.end(), clock,
        [](Clock wanted, const Block& candidate) { return wanted < candidate.first; });
    block = static_cast<std::uint32_t>(after - blocks_.begin()) - 1;
  } else {
    // Deletions and typing go on a little behind where they were.
    constexpr std::uint32_t kNear = 4;
    const std::vector<Entry>& entries = blocks[block].entries;
    const auto size = static_cast<std::uint32_t>(entries.size());
    std::uint32_t slot = recent_.slot;
    if (slot < size && entries.data()[slot].start <= clock) {
      for (const std::uint32_t last = slot + kNear; slot < last; ++slot) {
        if (slot + 1 >= size || clock < entries.data()[slot + 1].start) {
          return recent_ = {block, slot};
        }
      }
    }
  }
  // Halving without a branch on the comparison: the outcome cannot be predicted.
  const std::vector<Entry>& entries = blocks[block].entries;
  const Entry* base = entries.data();
  std::size_t length = entries.size();
  while (length > 1) {
    const std::size_t half = length / 2;
    base = base[half].start <= clock ? base + half : base;
    length -= half;
  }
  return recent_ = {block, static_cast<std::uint32_t>(base - entries.data())};
}

bool RunIndex::advance(Position& position) const noexcept {
  if (position.slot + 1 < blocks_[position.block].entries.size()) {
    ++position.slot;
    return true;
  }
  if (position.block + 1 >= blocks_.size()) return false;
  ++position.block;
  position.slot = 0;
  return true;
}

bool RunIndex::retreat(Position& position) const noexcept {
  if (position.slot > 0) {
    --position.slot;
    return true;
  }
  if (position.block == 0) return false;
  --position.block;
  position.slot = static_cast<std::uint32_t>(blocks_[position.block].entries.size() - 1);
  return true;
}

void RunIndex::append(ItemRef item, std::uint32_t length) {
  if (blocks_.empty() || blocks_.back().entries.size() == kBlock) {
    blocks_.push_back(Block{end_, {}});
  }
  blocks_.back().entries.push_back({end_, item});
  end_ += length;
}

void RunIndex::insert_after(Position position, Entry entry) {
  Block* block = &blocks_[position.block];
  if (block->entries.size() == kBlock) {
    constexpr std::uint32_t kHalf = kBlock / 2;
    Block upper{block->entries[kHalf].start,
                std::vector<Entry>(block->entries.begin() + kHalf, block->entries.end())};
    blocks_.insert(blocks_.begin() + position.block + 1, std::move(upper));
    block = &blocks_[position.block];
    block->entries.resize(kHalf);
    if (position.slot >= kHalf) {
      ++position.block;
      position.slot -= kHalf;
      block = &blocks_[position.block];
    }
  }
  block->entries.insert(block->entries.begin() + position.slot + 1, entry);
}

void RunIndex::erase(Position position) noexcept {
  Block& block = blocks_[position.block];
  block.entries.erase(block.entries.begin() + position.slot);
  if (block.entries.empty()) {
    blocks_.erase(blocks_.begin() + position.block);
  } else if (position.slot == 0) {
    block.first = block.entries.front().start;
  }
}

void RunIndex::set_start(Position position, Clock start) noexcept {
  Block& block = blocks_[position.block];
  block.entries[position.slot].start = start;
  if (position.slot == 0) block.first = start;
}

void RunIndex::check_invariants() const {
  PLAIT_ASSERT(blocks_.empty() == (end_ == Clock{}), "entries from zero to the end");
  if (!blocks_.empty()) PLAIT_ASSERT(blocks_.front().first == Clock{}, "entries from zero on");
  const Entry* previous = nullptr;
  for (const Block& block : blocks_) {
    PLAIT_ASSERT(!block.entries.empty() && block.entries.size() <= kBlock,
                 "a block to hold some entries, and not too many");
    PLAIT_ASSERT(block.first == block.entries.front().start, "a block to know its start");
    for (const Entry& entry : block.entries) {
      PLAIT_ASSERT(previous == nullptr || previous->start < entry.start, "starts to ascend");
      PLAIT_ASSERT(entry.start < end_, "starts to be below the end");
      previous = &entry;
    }
  }
}

}  // namespace plait::crdt
