// How a list's index follows what happens to its items: the changing half of SequenceIndex.

#include <algorithm>
#include <cstring>

#include "daemon/crdt/sequence_index.h"
#include "protocol/base/assert.h"
#include "protocol/base/utf8.h"

namespace plait::crdt {

void SequenceIndex::add(Tree& tree, const Entry& changed, const Extent& change) noexcept {
  const Extent delta = change;  // cannot be one of those it is added to: it stays in a register
  Leaf& leaf = leaves_[changed.leaf];
  leaf.total += delta;
  std::uint32_t slot = leaf.slot;
  NodeRef parent = leaf.parent;
  while (parent != NodeRef::None) {
    Node& node = nodes_[parent];
    node.extents.data()[slot] += delta;
    slot = node.slot;
    parent = node.parent;
  }
  tree.total += delta;
  if (changed.leaf != recent_) recent_ = LeafRef::None;
  if (changed.slot < hint_.slot) forget_hint(changed.leaf);
}

// Apart from put_text(), which otherwise saves registers for it at every keystroke.
[[gnu::noinline]] void SequenceIndex::enlarge_text(Leaf& leaf, std::uint32_t needed) {
  const std::uint32_t wanted = std::max(needed, leaf.capacity + leaf.capacity / 2U);
  const std::uint32_t capacity = (wanted + 31U) & ~31U;
  std::unique_ptr<char[]> bigger(new char[capacity]);
  if (leaf.total.bytes != 0) std::memcpy(bigger.get(), leaf.text.get(), leaf.total.bytes);
  leaf.text = std::move(bigger);
  leaf.capacity = static_cast<std::uint16_t>(capacity);
}

void SequenceIndex::put_text(Leaf& leaf, std::uint32_t at, std::string_view text) {
  const std::uint32_t used = leaf.total.bytes;
  const auto more = static_cast<std::uint32_t>(text.size());
  if (used + more > leaf.capacity) [[unlikely]]
    enlarge_text(leaf, used + more);
  char* gap = leaf.text.get() + at;
  if (at != used) std::memmove(gap + more, gap, used - at);
  if (more == 1) {
    *gap = text.front();
  } else {
    std::memcpy(gap, text.data(), more);
  }
}

void SequenceIndex::cut_text(Leaf& leaf, std::uint32_t at, std::uint32_t count) noexcept {
  char* start = leaf.text.get() + at;
  std::memmove(start, start + count, leaf.total.bytes - at - count);
}

void SequenceIndex::open_slot(Leaf& leaf, std::uint32_t slot) noexcept {
  const std::size_t moved = leaf.count - slot;
  std::memmove(&leaf.items[slot] + 1, &leaf.items[slot], moved * sizeof(ItemRef));
  std::memmove(&leaf.units[slot] + 1, &leaf.units[slot], moved * sizeof(std::uint16_t));
  std::memmove(&leaf.bytes[slot] + 1, &leaf.bytes[slot], moved * sizeof(std::uint16_t));
  ++leaf.count;
}

void SequenceIndex::close_slot(Leaf& leaf, std::uint32_t slot) noexcept {
  const std::size_t moved = leaf.count - slot - 1U;
  std::memmove(&leaf.items[slot], &leaf.items[slot] + 1, moved * sizeof(ItemRef));
  std::memmove(&leaf.units[slot], &leaf.units[slot] + 1, moved * sizeof(std::uint16_t));
  std::memmove(&leaf.bytes[slot], &leaf.bytes[slot] + 1, moved * sizeof(std::uint16_t));
  --leaf.count;
}

void SequenceIndex::insert_after(Tree& tree, ItemRef left, ItemRef item, std::string_view text,
                                 const Extent& extent) {
  Entry entry;
  if (tree.height == 0) {
    entry.leaf = leaves_.allocate();
    tree.root = index_of(entry.leaf);
    tree.height = 1;
    tree.first = tree.last = entry.leaf;
  } else if (left == ItemRef::None) {
    entry.leaf = tree.first;
  } else {
    entry = entry_of(left);
    entry.units += leaves_[entry.leaf].units[entry.slot];
    entry.bytes += leaves_[entry.leaf].bytes[entry.slot];
    ++entry.slot;
  }
  entry = make_room(tree, entry, static_cast<std::uint32_t>(text.size()));
  Leaf& leaf = leaves_[entry.leaf];
  if (!text.empty()) put_text(leaf, entry.bytes, text);
  open_slot(leaf, entry.slot);
  leaf.items[entry.slot] = item;
  leaf.units[entry.slot] = static_cast<std::uint16_t>(extent.units);
  leaf.bytes[entry.slot] = static_cast<std::uint16_t>(extent.bytes);
  items_[item].leaf = entry.leaf;
  hint_ = entry;
  add(tree, entry, extent);
  widen(entry.leaf, siblings_of(item));
}

bool SequenceIndex::try_extend(Tree& tree, ItemRef item, std::string_view text,
                               const Extent& extent) {
  Entry entry = entry_of(item);
  Leaf* leaf = &leaves_[entry.leaf];
  const auto bytes = static_cast<std::uint32_t>(text.size());
  const std::uint32_t used = leaf->bytes[entry.slot];
  if (leaf->units[entry.slot] + extent.units > kMaxEntryUnits ||
      used + bytes > kMaxEntryBytes) {
    return false;
  }
  if (leaf->total.bytes + bytes > kLeafBytes && leaf->count > 1) {
    split_leaf(tree, entry.leaf, middle_by_bytes(*leaf));
    entry = entry_of(item);
    leaf = &leaves_[entry.leaf];
  }
  put_text(*leaf, entry.bytes + used, text);
  leaf->units[entry.slot] = static_cast<std::uint16_t>(leaf->units[entry.slot] + extent.units);
  leaf->bytes[entry.slot] = static_cast<std::uint16_t>(used + extent.bytes);
  add(tree, entry, extent);
  return true;
}

bool SequenceIndex::split(Tree& tree, ItemRef left, ItemRef right, std::uint32_t units) {
  Entry entry = entry_of(left);
  if (leaves_[entry.leaf].count == kLeafEntries) {
    split_leaf(tree, entry.leaf, kLeafEntries / 2);
    entry = entry_of(left);
  }
  Leaf& leaf = leaves_[entry.leaf];
  std::uint32_t left_bytes = 0;
  bool inside_pair = false;
  Extent delta;
  delta.live = items_[left].deleted ? 0 : 1;
  if (leaf.bytes[entry.slot] != 0) {
    const std::string_view text = text_of(entry);
    left_bytes = static_cast<std::uint32_t>(bytes_of_utf16_prefix(text, units, &inside_pair));
    if (inside_pair) {
      // Four bytes become twice three.
      const std::uint32_t at = entry.bytes + left_bytes;
      put_text(leaf, at, kReplacementCharacter.substr(0, 2));
      std::memcpy(leaf.text.get() + at, kReplacementCharacter.data(), 3);
      std::memcpy(leaf.text.get() + at + 3, kReplacementCharacter.data(), 3);
      left_bytes += 3;
      leaf.bytes[entry.slot] = static_cast<std::uint16_t>(leaf.bytes[entry.slot] + 2);
      delta.bytes = 2;
      delta.code_points = 1;
    }
  }
  const bool takes_room = leaf.units[entry.slot] != 0;
  if (hint_.slot > entry.slot) forget_hint(entry.leaf);
  open_slot(leaf, entry.slot + 1);
  leaf.items[entry.slot + 1] = right;
  leaf.units[entry.slot + 1] =
      static_cast<std::uint16_t>(takes_room ? leaf.units[entry.slot] - units : 0);
  leaf.bytes[entry.slot + 1] = static_cast<std::uint16_t>(leaf.bytes[entry.slot] - left_bytes);
  leaf.units[entry.slot] = static_cast<std::uint16_t>(takes_room ? units : 0);
  leaf.bytes[entry.slot] = static_cast<std::uint16_t>(left_bytes);
  items_[right].leaf = entry.leaf;
  add(tree, entry, delta);
  widen(entry.leaf, siblings_of(right));
  return inside_pair;
}

SequenceIndex::Hidden SequenceIndex::hide(Tree& tree, ItemRef item, std::string* kept) {
  const Entry entry = entry_of(item);
  Leaf& leaf = leaves_[entry.leaf];
  Hidden hidden;
  hidden.extent.live = 1;
  hidden.extent.units = leaf.units[entry.slot];
  if (leaf.bytes[entry.slot] != 0) {
    const std::string_view text = text_of(entry);
    hidden = hidden_of(text);
    if (kept != nullptr) kept->append(text);
    cut_text(leaf, entry.bytes, hidden.extent.bytes);
  }
  leaf.units[entry.slot] = 0;
  leaf.bytes[entry.slot] = 0;
  add(tree, entry, Extent{} - hidden.extent);
  if (hidden.extent.bytes == 0) hidden.last_line = hidden.extent;
  return hidden;
}

SequenceIndex::Hidden SequenceIndex::hidden_of(std::string_view text) noexcept {
  const Extent extent = extent_of(text);
  if (extent.newlines == 0) return {extent, extent};
  return {extent, extent_of(text.substr(text.rfind('\n') + 1))};
}

std::optional<SequenceIndex::Hidden> SequenceIndex::try_cut_tail(Tree& tree, ItemRef item,
                                                                 std::uint32_t units) {
  const Entry entry = entry_of(item);
  const std::uint32_t length = leaves_[entry.leaf].units[entry.slot];
  return cut_entry(tree, entry, length - units, length);
}

std::optional<SequenceIndex::Hidden> SequenceIndex::try_cut_head(Tree& tree, ItemRef item,
                                                                 std::uint32_t units) {
  return cut_entry(tree, entry_of(item), 0, units);
}

std::optional<SequenceIndex::Hidden> SequenceIndex::cut_entry(Tree& tree, const Entry& entry,
                                                              std::uint32_t from,
                                                              std::uint32_t to) {
  Leaf& leaf = leaves_[entry.leaf];
  const std::string_view text = text_of(entry);
  std::size_t begin = from;
  std::size_t end = to;
  if (leaf.bytes[entry.slot] != leaf.units[entry.slot]) {
    bool begins_inside = false;
    bool ends_inside = false;
    begin = bytes_of_utf16_prefix(text, from, &begins_inside);
    end = bytes_of_utf16_prefix(text, to, &ends_inside);
    if (begins_inside || ends_inside) return std::nullopt;
  }
  Hidden hidden = hidden_of(text.substr(begin, end - begin));
  hidden.extent.live = hidden.last_line.live = 0;
  cut_text(leaf, entry.bytes + static_cast<std::uint32_t>(begin), hidden.extent.bytes);
  leaf.units[entry.slot] = static_cast<std::uint16_t>(leaf.units[entry.slot] - (to - from));
  leaf.bytes[entry.slot] =
      static_cast<std::uint16_t>(leaf.bytes[entry.slot] - hidden.extent.bytes);
  add(tree, entry, Extent{} - hidden.extent);
  return hidden;
}

bool SequenceIndex::join(Tree& tree, ItemRef left, ItemRef right) {
  if (items_[left].leaf != items_[right].leaf) return false;
  const Entry entry = entry_of(left);
  Leaf& leaf = leaves_[entry.leaf];
  const std::uint32_t next = entry.slot + 1;
  PLAIT_ASSERT(next < leaf.count && leaf.items[next] == right, "neighbours to be joined");
  if (leaf.units[entry.slot] + leaf.units[next] > static_cast<int>(kMaxEntryUnits) ||
      leaf.bytes[entry.slot] + leaf.bytes[next] > static_cast<int>(kMaxEntryBytes)) {
    return false;
  }
  leaf.units[entry.slot] =
      static_cast<std::uint16_t>(leaf.units[entry.slot] + leaf.units[next]);
  leaf.bytes[entry.slot] =
      static_cast<std::uint16_t>(leaf.bytes[entry.slot] + leaf.bytes[next]);
  if (hint_.slot > entry.slot) forget_hint(entry.leaf);
  close_slot(leaf, next);
  Extent delta;
  if (!items_[left].deleted) delta.live = static_cast<std::uint32_t>(-1);
  add(tree, entry, delta);
  merge_if_small(tree, entry.leaf);
  return true;
}

void SequenceIndex::erase(Tree& tree, ItemRef item) {
  const Entry entry = entry_of(item);
  Leaf& leaf = leaves_[entry.leaf];
  PLAIT_ASSERT(leaf.units[entry.slot] == 0, "an erased item to take no room");
  if (hint_.slot >= entry.slot) forget_hint(entry.leaf);
  close_slot(leaf, entry.slot);
  if (leaf.count == 0) {
    remove_leaf(tree, entry.leaf);
  } else {
    merge_if_small(tree, entry.leaf);
  }
}

}  // namespace plait::crdt
