#include "daemon/crdt/sequence_index.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "protocol/base/assert.h"
#include "protocol/base/utf8.h"

namespace plait::crdt {

Extent extent_of(std::string_view text) noexcept {
  if (text.size() == 1) {  // typing
    return {1, 1, 1, text[0] == '\n' ? 1U : 0U, 1};
  }
  const TextSize size = measure(text);
  return {size.utf16.value(), size.utf8.value(), size.code_points.value(),
          size.newlines.value(), 1};
}

// Finding -------------------------------------------------------------------------------------

SequenceIndex::Entry SequenceIndex::entry_of(ItemRef item) const noexcept {
  const LeafRef ref = items_[item].leaf;
  const Leaf& leaf = leaves_[ref];
  // Raw arrays: these loops are what editing spends its time in.
  const ItemRef* listed = leaf.items.data();
  if (hint_.leaf == ref && listed[hint_.slot] == item) return hint_;
  const std::uint16_t* units = leaf.units.data();
  const std::uint16_t* bytes = leaf.bytes.data();
  Entry entry{ref, 0, 0, 0};
  while (listed[entry.slot] != item) {
    entry.units += units[entry.slot];
    entry.bytes += bytes[entry.slot];
    ++entry.slot;
    PLAIT_ASSERT(entry.slot < leaf.count, "an item to be listed in its leaf");
  }
  return hint_ = entry;
}

SequenceIndex::Entry SequenceIndex::entry_at(LeafRef ref, std::uint32_t slot) const noexcept {
  const Leaf& leaf = leaves_[ref];
  Entry entry{ref, slot, 0, 0};
  for (std::uint32_t i = 0; i < slot; ++i) {
    entry.units += leaf.units.data()[i];
    entry.bytes += leaf.bytes.data()[i];
  }
  return entry;
}

std::string_view SequenceIndex::text_of(const Entry& entry) const noexcept {
  const Leaf& leaf = leaves_[entry.leaf];
  return {leaf.text.get() + entry.bytes, leaf.bytes[entry.slot]};
}

/// What stands before an entry in its leaf.
Extent SequenceIndex::before_entry(const Entry& entry) const noexcept {
  const Leaf& leaf = leaves_[entry.leaf];
  Extent before;
  before.bytes = entry.bytes;
  before.units = entry.units;
  const bool ascii = leaf.total.code_points == leaf.total.bytes;
  if (ascii && leaf.total.newlines == 0) {
    before.code_points = before.bytes;
  } else {
    const TextSize size = measure({leaf.text.get(), before.bytes});
    before.code_points = size.code_points.value();
    before.newlines = size.newlines.value();
  }
  for (std::uint32_t i = 0; i < entry.slot; ++i) {
    before.live += items_[leaf.items[i]].deleted ? 0U : 1U;
  }
  return before;
}

Extent SequenceIndex::before_leaf(LeafRef ref) const noexcept {
  Extent before;
  std::uint32_t slot = leaves_[ref].slot;
  NodeRef parent = leaves_[ref].parent;
  while (parent != NodeRef::None) {
    const Node& node = nodes_[parent];
    for (std::uint32_t i = 0; i < slot; ++i) before += node.extents[i];
    slot = node.slot;
    parent = node.parent;
  }
  return before;
}

Extent SequenceIndex::before(ItemRef item) const noexcept {
  const Entry entry = entry_of(item);
  return before_leaf(entry.leaf) + before_entry(entry);
}

ItemRef SequenceIndex::end_of_siblings(ItemRef item, ItemRef limit) const noexcept {
  const Siblings wanted = siblings_of(item);
  if (limit != ItemRef::None && siblings_of(limit) == wanted) return item;
  const Leaf* leaf = &leaves_[items_[item].leaf];
  if (leaf->siblings != wanted) return item;
  // Up as long as there is nothing else, then to the end of that.
  const Node* whole = nullptr;
  NodeRef parent = leaf->parent;
  while (parent != NodeRef::None && nodes_[parent].parent != NodeRef::None &&
         nodes_[nodes_[parent].parent].siblings[nodes_[parent].slot] == wanted) {
    whole = &nodes_[parent];
    parent = whole->parent;
  }
  while (whole != nullptr && !whole->above_leaves) {
    whole = &nodes_[NodeRef{whole->children[whole->count - 1U]}];
  }
  if (whole != nullptr) leaf = &leaves_[LeafRef{whole->children[whole->count - 1U]}];
  return leaf->items[leaf->count - 1U];
}

std::uint64_t SequenceIndex::order_key(ItemRef item) const noexcept {
  const Entry entry = entry_of(item);
  // Slots from the leaf upwards, five bits a level: a tree of 2^32 items has some eight levels.
  std::uint64_t key = entry.slot;
  unsigned shift = 5;
  std::uint64_t slot = leaves_[entry.leaf].slot;
  for (NodeRef parent = leaves_[entry.leaf].parent; parent != NodeRef::None;
       parent = nodes_[parent].parent) {
    key |= slot << shift;
    shift += 5;
    slot = nodes_[parent].slot;
  }
  return key;
}

ItemRef SequenceIndex::live_from(ItemRef item) const noexcept {
  const Entry entry = entry_of(item);
  const Leaf* leaf = &leaves_[entry.leaf];
  for (std::uint32_t i = entry.slot; i < leaf->count; ++i) {
    if (!items_[leaf->items[i]].deleted) return leaf->items[i];
  }
  // Up until something live lies to the right, then down to it.
  std::uint32_t slot = leaf->slot;
  NodeRef parent = leaf->parent;
  while (parent != NodeRef::None) {
    const Node& node = nodes_[parent];
    for (std::uint32_t i = slot + 1; i < node.count; ++i) {
      if (node.extents[i].live == 0) continue;
      const Node* at = &node;
      std::uint32_t child = i;
      while (!at->above_leaves) {
        at = &nodes_[NodeRef{at->children[child]}];
        child = 0;
        while (at->extents[child].live == 0) ++child;
      }
      const Leaf& found = leaves_[LeafRef{at->children[child]}];
      for (std::uint32_t j = 0; j < found.count; ++j) {
        if (!items_[found.items[j]].deleted) return found.items[j];
      }
    }
    slot = node.slot;
    parent = node.parent;
  }
  return ItemRef::None;
}

std::string_view SequenceIndex::text(ItemRef item) const noexcept {
  return text_of(entry_of(item));
}

ItemRef SequenceIndex::front(const Tree& tree) const noexcept {
  return tree.first == LeafRef::None ? ItemRef::None : leaves_[tree.first].items[0];
}

ItemRef SequenceIndex::back(const Tree& tree) const noexcept {
  if (tree.last == LeafRef::None) return ItemRef::None;
  const Leaf& leaf = leaves_[tree.last];
  return leaf.items[leaf.count - 1U];
}

template <class Field>
LeafRef SequenceIndex::descend(const Tree& tree, Field field, std::uint32_t& wanted,
                               Extent& skipped) const noexcept {
  std::uint32_t ref = tree.root;
  for (std::uint32_t level = tree.height; level > 1; --level) {
    const Node& node = nodes_[NodeRef{ref}];
    std::uint32_t child = 0;
    while (child + 1U < node.count && wanted >= node.extents[child].*field) {
      wanted -= node.extents[child].*field;
      skipped += node.extents[child];
      ++child;
    }
    ref = node.children[child];
  }
  return LeafRef{ref};
}

SequenceIndex::Place SequenceIndex::locate(const Tree& tree,
                                           std::uint32_t units) const noexcept {
  PLAIT_ASSERT(units < tree.total.units, "an offset inside of the list");
  std::uint32_t wanted = units - recent_start_;
  if (recent_tree_ != &tree || recent_ == LeafRef::None || units < recent_start_ ||
      wanted >= leaves_[recent_].total.units) {
    wanted = units;
    Extent skipped;
    recent_ = descend(tree, &Extent::units, wanted, skipped);
    recent_start_ = skipped.units;
    recent_tree_ = &tree;
  }
  const Leaf& leaf = leaves_[recent_];
  const std::uint16_t* units_in = leaf.units.data();
  if (hint_.leaf == recent_) {  // typing goes on where it was
    const std::uint32_t offset = wanted - hint_.units;
    if (offset < units_in[hint_.slot]) return {leaf.items.data()[hint_.slot], offset};
  }
  const std::uint16_t* bytes_in = leaf.bytes.data();
  Entry entry{recent_, 0, 0, 0};
  while (wanted - entry.units >= units_in[entry.slot]) {
    entry.units += units_in[entry.slot];
    entry.bytes += bytes_in[entry.slot];
    ++entry.slot;
  }
  hint_ = entry;
  return {leaf.items.data()[entry.slot], wanted - entry.units};
}

Extent SequenceIndex::at_byte_in_leaf(LeafRef ref, std::uint32_t bytes) const noexcept {
  const Leaf& leaf = leaves_[ref];
  // Objects without text that stand before this byte count as units, so go entry by entry.
  Entry entry{ref, 0, 0, 0};
  while (entry.slot < leaf.count && entry.bytes + leaf.bytes[entry.slot] <= bytes) {
    entry.units += leaf.units[entry.slot];
    entry.bytes += leaf.bytes[entry.slot];
    ++entry.slot;
  }
  Extent at = before_entry(entry);
  const Extent inside = extent_of({leaf.text.get() + entry.bytes, bytes - entry.bytes});
  at += inside;
  at.live -= inside.live;
  return at;
}

Extent SequenceIndex::at_units(const Tree& tree, std::uint32_t units) const noexcept {
  if (units >= tree.total.units) return tree.total;
  const Place place = locate(tree, units);
  const Entry entry = entry_of(place.item);
  const Leaf& leaf = leaves_[entry.leaf];
  Extent at = before_leaf(entry.leaf) + before_entry(entry);
  if (place.offset != 0 && leaf.bytes[entry.slot] != 0) {
    const std::string_view text = text_of(entry);
    at += extent_of(text.substr(0, bytes_of_utf16_prefix(text, place.offset)));
    at.live -= 1;
  }
  at.units = units;
  return at;
}

Extent SequenceIndex::at_bytes(const Tree& tree, std::uint32_t bytes) const noexcept {
  if (bytes >= tree.total.bytes) return tree.total;
  Extent skipped;
  const LeafRef ref = descend(tree, &Extent::bytes, bytes, skipped);
  const Leaf& leaf = leaves_[ref];
  while (bytes > 0 && (static_cast<unsigned char>(leaf.text[bytes]) & 0xC0) == 0x80) --bytes;
  return skipped + at_byte_in_leaf(ref, bytes);
}

Extent SequenceIndex::at_code_points(const Tree& tree,
                                     std::uint32_t code_points) const noexcept {
  if (code_points >= tree.total.code_points) return tree.total;
  Extent skipped;
  const LeafRef ref = descend(tree, &Extent::code_points, code_points, skipped);
  const Leaf& leaf = leaves_[ref];
  const std::size_t bytes =
      bytes_of_code_point_prefix({leaf.text.get(), leaf.total.bytes}, code_points);
  return skipped + at_byte_in_leaf(ref, static_cast<std::uint32_t>(bytes));
}

Extent SequenceIndex::at_line(const Tree& tree, std::uint32_t line) const noexcept {
  if (line == 0) return {};
  if (line > tree.total.newlines) return tree.total;
  // Line n starts after newline n, which the leaf that holds newline index n - 1 contains.
  std::uint32_t wanted = line - 1;
  Extent skipped;
  const LeafRef ref = descend(tree, &Extent::newlines, wanted, skipped);
  const Leaf& leaf = leaves_[ref];
  const std::size_t bytes =
      bytes_through_newline({leaf.text.get(), leaf.total.bytes}, wanted + 1U);
  return skipped + at_byte_in_leaf(ref, static_cast<std::uint32_t>(bytes));
}

void SequenceIndex::read(const Tree& tree, std::uint32_t from, std::uint32_t to,
                         std::string& out) const {
  to = std::min(to, tree.total.units);
  if (from >= to) return;
  const Place place = locate(tree, from);
  Entry entry = entry_of(place.item);
  std::uint32_t skip = place.offset;
  std::uint32_t left = to - from;
  for (LeafRef ref = entry.leaf; ref != LeafRef::None && left > 0; ref = leaves_[ref].next) {
    const Leaf& leaf = leaves_[ref];
    std::uint32_t start = entry.bytes;
    for (std::uint32_t slot = entry.slot; slot < leaf.count && left > 0; ++slot) {
      const std::uint32_t units = std::min(leaf.units[slot] - skip, left);
      if (leaf.bytes[slot] != 0) {
        const std::string_view text(leaf.text.get() + start, leaf.bytes[slot]);
        const std::size_t begin = bytes_of_utf16_prefix(text, skip);
        out.append(text.substr(begin, bytes_of_utf16_prefix(text.substr(begin), units)));
      }
      start += leaf.bytes[slot];
      left -= units;
      skip = 0;
    }
    entry.slot = entry.bytes = 0;
  }
}

// Changing ------------------------------------------------------------------------------------

void SequenceIndex::add(Tree& tree, const Entry& changed, const Extent& delta) noexcept {
  Leaf& leaf = leaves_[changed.leaf];
  leaf.total += delta;
  std::uint32_t slot = leaf.slot;
  NodeRef parent = leaf.parent;
  while (parent != NodeRef::None) {
    Node& node = nodes_[parent];
    node.extents[slot] += delta;
    slot = node.slot;
    parent = node.parent;
  }
  tree.total += delta;
  if (changed.leaf != recent_) recent_ = LeafRef::None;
  if (changed.slot < hint_.slot) forget_hint(changed.leaf);
}

void SequenceIndex::put_text(Leaf& leaf, std::uint32_t at, std::string_view text) {
  const std::uint32_t used = leaf.total.bytes;
  const auto more = static_cast<std::uint32_t>(text.size());
  if (used + more > leaf.capacity) {
    const std::uint32_t wanted = std::max(used + more, leaf.capacity + leaf.capacity / 2U);
    const std::uint32_t capacity = (wanted + 31U) & ~31U;
    std::unique_ptr<char[]> bigger(new char[capacity]);
    if (used != 0) std::memcpy(bigger.get(), leaf.text.get(), used);
    leaf.text = std::move(bigger);
    leaf.capacity = static_cast<std::uint16_t>(capacity);
  }
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
  const auto bytes = static_cast<std::uint32_t>(text.size());
  if (leaves_[entry.leaf].units[entry.slot] + extent.units > kMaxEntryUnits ||
      leaves_[entry.leaf].bytes[entry.slot] + bytes > kMaxEntryBytes) {
    return false;
  }
  if (leaves_[entry.leaf].total.bytes + bytes > kLeafBytes && leaves_[entry.leaf].count > 1) {
    split_leaf(tree, entry.leaf, middle_by_bytes(leaves_[entry.leaf]));
    entry = entry_of(item);
  }
  Leaf& leaf = leaves_[entry.leaf];
  put_text(leaf, entry.bytes + leaf.bytes[entry.slot], text);
  leaf.units[entry.slot] = static_cast<std::uint16_t>(leaf.units[entry.slot] + extent.units);
  leaf.bytes[entry.slot] = static_cast<std::uint16_t>(leaf.bytes[entry.slot] + extent.bytes);
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
  Hidden hidden;
  hidden.extent = extent_of(text);
  hidden.last_line = hidden.extent;
  if (hidden.extent.newlines != 0) {
    hidden.last_line = extent_of(text.substr(text.rfind('\n') + 1));
  }
  return hidden;
}

bool SequenceIndex::try_cut_tail(Tree& tree, ItemRef item, std::uint32_t units,
                                 Hidden& hidden) {
  const Entry entry = entry_of(item);
  const std::uint32_t length = leaves_[entry.leaf].units[entry.slot];
  return cut_entry(tree, entry, length - units, length, hidden);
}

bool SequenceIndex::try_cut_head(Tree& tree, ItemRef item, std::uint32_t units,
                                 Hidden& hidden) {
  return cut_entry(tree, entry_of(item), 0, units, hidden);
}

bool SequenceIndex::cut_entry(Tree& tree, Entry entry, std::uint32_t from, std::uint32_t to,
                              Hidden& hidden) {
  Leaf& leaf = leaves_[entry.leaf];
  const std::string_view text = text_of(entry);
  std::size_t begin = from;
  std::size_t end = to;
  if (leaf.bytes[entry.slot] != leaf.units[entry.slot]) {
    bool begins_inside = false;
    bool ends_inside = false;
    begin = bytes_of_utf16_prefix(text, from, &begins_inside);
    end = bytes_of_utf16_prefix(text, to, &ends_inside);
    if (begins_inside || ends_inside) return false;
  }
  hidden = hidden_of(text.substr(begin, end - begin));
  hidden.extent.live = hidden.last_line.live = 0;
  cut_text(leaf, entry.bytes + static_cast<std::uint32_t>(begin), hidden.extent.bytes);
  leaf.units[entry.slot] = static_cast<std::uint16_t>(leaf.units[entry.slot] - (to - from));
  leaf.bytes[entry.slot] =
      static_cast<std::uint16_t>(leaf.bytes[entry.slot] - hidden.extent.bytes);
  add(tree, entry, Extent{} - hidden.extent);
  return true;
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

// Nodes ---------------------------------------------------------------------------------------

std::uint32_t SequenceIndex::middle_by_bytes(const Leaf& leaf) noexcept {
  std::uint32_t before = leaf.bytes[0];
  std::uint32_t slot = 1;
  while (slot + 1U < leaf.count && before + leaf.bytes[slot] <= leaf.total.bytes / 2) {
    before += leaf.bytes[slot++];
  }
  return slot;
}

SequenceIndex::Entry SequenceIndex::make_room(Tree& tree, Entry entry, std::uint32_t bytes) {
  const Leaf& leaf = leaves_[entry.leaf];
  const bool too_many = leaf.count == kLeafEntries;
  const bool too_long = leaf.total.bytes + bytes > kLeafBytes && leaf.count > 1;
  if (!too_many && !too_long) return entry;
  // What is appended at the end of a leaf starts the next one, so a document that is typed from
  // front to back gets full leaves.
  if (entry.slot == leaf.count) return {split_leaf(tree, entry.leaf, entry.slot), 0, 0, 0};
  const std::uint32_t at = too_many ? kLeafEntries / 2 : middle_by_bytes(leaf);
  const LeafRef upper = split_leaf(tree, entry.leaf, at);
  return entry.slot <= at ? entry : entry_at(upper, entry.slot - at);
}

LeafRef SequenceIndex::split_leaf(Tree& tree, LeafRef ref, std::uint32_t slot) {
  const LeafRef upper_ref = leaves_.allocate();
  Leaf& leaf = leaves_[ref];
  Leaf& upper = leaves_[upper_ref];
  const Extent lower_total = slot == leaf.count ? leaf.total : before_entry(entry_at(ref, slot));
  const Extent upper_total = leaf.total - lower_total;
  if (upper_total.bytes != 0) {
    put_text(upper, 0, {leaf.text.get() + lower_total.bytes, upper_total.bytes});
  }
  upper.count = static_cast<std::uint8_t>(leaf.count - slot);
  for (std::uint32_t i = 0; i < upper.count; ++i) {
    upper.items[i] = leaf.items[slot + i];
    upper.units[i] = leaf.units[slot + i];
    upper.bytes[i] = leaf.bytes[slot + i];
    items_[upper.items[i]].leaf = upper_ref;
  }
  leaf.count = static_cast<std::uint8_t>(slot);
  upper.total = upper_total;
  leaf.total = lower_total;
  upper.siblings = siblings_in(upper);
  leaf.siblings = siblings_in(leaf);
  upper.previous = ref;
  upper.next = leaf.next;
  if (leaf.next != LeafRef::None) leaves_[leaf.next].previous = upper_ref;
  leaf.next = upper_ref;
  if (tree.last == ref) tree.last = upper_ref;
  if (leaf.parent == NodeRef::None) {
    leaf.parent = add_root(tree, index_of(ref), leaf.total, leaf.siblings,
                           /*above_leaves=*/true);
    leaf.slot = 0;
  } else {
    nodes_[leaf.parent].extents[leaf.slot] = leaf.total;
    nodes_[leaf.parent].siblings[leaf.slot] = leaf.siblings;
  }
  insert_child(tree, leaf.parent, leaf.slot + 1U, index_of(upper_ref), upper.total,
               upper.siblings);
  if (ref != recent_) recent_ = LeafRef::None;
  forget_hint(ref);
  return upper_ref;
}

SequenceIndex::NodeRef SequenceIndex::add_root(Tree& tree, std::uint32_t child,
                                               const Extent& extent, const Siblings& siblings,
                                               bool above_leaves) {
  const NodeRef ref = nodes_.allocate();
  Node& root = nodes_[ref];
  root.count = 1;
  root.above_leaves = above_leaves;
  root.children[0] = child;
  root.extents[0] = extent;
  root.siblings[0] = siblings;
  tree.root = static_cast<std::uint32_t>(ref);
  ++tree.height;
  return ref;
}

Siblings SequenceIndex::siblings_in(const Leaf& leaf) const noexcept {
  Siblings all;
  for (std::uint32_t i = 0; i < leaf.count; ++i) all.add(siblings_of(leaf.items[i]));
  return all;
}

Siblings SequenceIndex::siblings_in(const Node& node) noexcept {
  Siblings all;
  for (std::uint32_t i = 0; i < node.count; ++i) all.add(node.siblings[i]);
  return all;
}

void SequenceIndex::widen(LeafRef ref, const Siblings& added) noexcept {
  Leaf& leaf = leaves_[ref];
  // What is above a leaf covers what is in it.
  if (leaf.siblings.state == Siblings::State::Mixed || leaf.siblings == added) return;
  leaf.siblings.add(added);
  std::uint32_t slot = leaf.slot;
  for (NodeRef parent = leaf.parent; parent != NodeRef::None; parent = nodes_[parent].parent) {
    Siblings& known = nodes_[parent].siblings[slot];
    if (known.state == Siblings::State::Mixed) return;
    known.add(added);
    slot = nodes_[parent].slot;
  }
}

void SequenceIndex::set_parent(const Node& node, std::uint32_t child, NodeRef parent,
                               std::uint32_t slot) noexcept {
  if (node.above_leaves) {
    leaves_[LeafRef{child}].parent = parent;
    leaves_[LeafRef{child}].slot = static_cast<std::uint8_t>(slot);
  } else {
    nodes_[NodeRef{child}].parent = parent;
    nodes_[NodeRef{child}].slot = static_cast<std::uint8_t>(slot);
  }
}

// What is above `parent` counts the new child already: it is a part of a child that was there.
void SequenceIndex::insert_child(Tree& tree, NodeRef parent, std::uint32_t slot,
                                 std::uint32_t child, const Extent& extent,
                                 const Siblings& siblings) {
  if (nodes_[parent].count == kFanout) {
    const NodeRef upper_ref = nodes_.allocate();
    Node& node = nodes_[parent];
    Node& upper = nodes_[upper_ref];
    const std::uint32_t half = slot == kFanout ? kFanout - 1 : kFanout / 2;
    const bool goes_up = slot > half;
    Extent upper_total = goes_up ? extent : Extent{};
    upper.above_leaves = node.above_leaves;
    upper.count = static_cast<std::uint8_t>(kFanout - half);
    for (std::uint32_t i = 0; i < upper.count; ++i) {
      upper.children[i] = node.children[half + i];
      upper.extents[i] = node.extents[half + i];
      upper.siblings[i] = node.siblings[half + i];
      upper_total += upper.extents[i];
      set_parent(upper, upper.children[i], upper_ref, i);
    }
    node.count = static_cast<std::uint8_t>(half);
    if (node.parent == NodeRef::None) {
      Extent lower_total = goes_up ? Extent{} : extent;
      for (std::uint32_t i = 0; i < half; ++i) lower_total += node.extents[i];
      node.parent = add_root(tree, static_cast<std::uint32_t>(parent), lower_total,
                             siblings_in(node), /*above_leaves=*/false);
      node.slot = 0;
    } else {
      nodes_[node.parent].extents[node.slot] -= upper_total;
      nodes_[node.parent].siblings[node.slot] = siblings_in(node);
    }
    insert_child(tree, node.parent, node.slot + 1U, static_cast<std::uint32_t>(upper_ref),
                 upper_total, siblings_in(upper));
    if (goes_up) {
      parent = upper_ref;
      slot -= half;
    }
  }
  Node& node = nodes_[parent];
  for (std::uint32_t i = node.count; i > slot; --i) {
    node.children[i] = node.children[i - 1U];
    node.extents[i] = node.extents[i - 1U];
    node.siblings[i] = node.siblings[i - 1U];
    set_parent(node, node.children[i], parent, i);
  }
  node.children[slot] = child;
  node.extents[slot] = extent;
  node.siblings[slot] = siblings;
  ++node.count;
  set_parent(node, child, parent, slot);
  if (node.parent != NodeRef::None) nodes_[node.parent].siblings[node.slot].add(siblings);
}

void SequenceIndex::remove_leaf(Tree& tree, LeafRef ref) {
  const Leaf& leaf = leaves_[ref];
  if (leaf.previous != LeafRef::None) leaves_[leaf.previous].next = leaf.next;
  if (leaf.next != LeafRef::None) leaves_[leaf.next].previous = leaf.previous;
  if (tree.first == ref) tree.first = leaf.next;
  if (tree.last == ref) tree.last = leaf.previous;
  if (leaf.parent == NodeRef::None) {
    tree = Tree{};
  } else {
    remove_child(tree, leaf.parent, leaf.slot);
  }
  forget_hint(ref);
  leaves_.release(ref);
  recent_ = LeafRef::None;
}

void SequenceIndex::remove_child(Tree& tree, NodeRef parent, std::uint32_t slot) {
  Node& node = nodes_[parent];
  --node.count;
  for (std::uint32_t i = slot; i < node.count; ++i) {
    node.children[i] = node.children[i + 1U];
    node.extents[i] = node.extents[i + 1U];
    node.siblings[i] = node.siblings[i + 1U];
    set_parent(node, node.children[i], parent, i);
  }
  if (node.count == 0) {
    PLAIT_ASSERT(node.parent != NodeRef::None, "a root to keep a child");
    remove_child(tree, node.parent, node.slot);
    nodes_.release(parent);
  }
  // A root with one child says nothing.
  while (tree.height > 1 && nodes_[NodeRef{tree.root}].count == 1) {
    const NodeRef root{tree.root};
    set_parent(nodes_[root], nodes_[root].children[0], NodeRef::None, 0);
    tree.root = nodes_[root].children[0];
    --tree.height;
    nodes_.release(root);
  }
}

void SequenceIndex::merge_if_small(Tree& tree, LeafRef ref) {
  Leaf& leaf = leaves_[ref];
  if (leaf.next == LeafRef::None || leaf.parent == NodeRef::None) return;
  Leaf& next = leaves_[leaf.next];
  if (next.parent != leaf.parent ||
      leaf.count + next.count > static_cast<int>(kLeafEntries / 2) ||
      leaf.total.bytes + next.total.bytes > kLeafBytes / 2) {
    return;
  }
  if (next.total.bytes != 0) {
    put_text(leaf, leaf.total.bytes, {next.text.get(), next.total.bytes});
  }
  for (std::uint32_t i = 0; i < next.count; ++i) {
    const std::uint32_t slot = leaf.count++;
    leaf.items[slot] = next.items[i];
    leaf.units[slot] = next.units[i];
    leaf.bytes[slot] = next.bytes[i];
    items_[leaf.items[slot]].leaf = ref;
  }
  forget_hint(leaf.next);
  leaf.total += next.total;
  leaf.siblings.add(next.siblings);
  nodes_[leaf.parent].siblings[leaf.slot] = leaf.siblings;
  nodes_[leaf.parent].extents[leaf.slot] += next.total;
  nodes_[leaf.parent].extents[next.slot] = Extent{};
  remove_leaf(tree, leaf.next);
}

void SequenceIndex::clear_node(std::uint32_t ref, std::uint32_t height) {
  if (height == 1) return leaves_.release(LeafRef{ref});
  const Node& node = nodes_[NodeRef{ref}];
  for (std::uint32_t i = 0; i < node.count; ++i) clear_node(node.children[i], height - 1);
  nodes_.release(NodeRef{ref});
}

void SequenceIndex::clear(Tree& tree) {
  if (tree.height != 0) clear_node(tree.root, tree.height);
  tree = Tree{};
  recent_ = LeafRef::None;
  hint_ = Entry{};
}

// Building ------------------------------------------------------------------------------------

void SequenceIndex::Builder::add(ItemRef item, std::string_view text, const Extent& extent) {
  if (open_ != LeafRef::None) {
    const Leaf& leaf = index_.leaves_[open_];
    if (leaf.count == kLeafEntries || text_.size() + text.size() > kLeafBytes) close_leaf();
  }
  if (open_ == LeafRef::None) {
    open_ = index_.leaves_.allocate();
    if (tree_.first == LeafRef::None) tree_.first = open_;
    index_.leaves_[open_].previous = tree_.last;
    if (tree_.last != LeafRef::None) index_.leaves_[tree_.last].next = open_;
    tree_.last = open_;
  }
  Leaf& leaf = index_.leaves_[open_];
  leaf.items[leaf.count] = item;
  leaf.units[leaf.count] = static_cast<std::uint16_t>(extent.units);
  leaf.bytes[leaf.count] = static_cast<std::uint16_t>(extent.bytes);
  ++leaf.count;
  text_.append(text);
  leaf.total += extent;
  leaf.siblings.add(index_.siblings_of(item));
  index_.items_[item].leaf = open_;
}

bool SequenceIndex::Builder::extend_last(std::string_view text, const Extent& extent) {
  if (open_ == LeafRef::None) return false;
  Leaf& leaf = index_.leaves_[open_];
  const std::size_t slot = leaf.count - 1U;
  if (leaf.units[slot] + extent.units > kMaxEntryUnits ||
      leaf.bytes[slot] + text.size() > kMaxEntryBytes) {
    return false;
  }
  leaf.units[slot] = static_cast<std::uint16_t>(leaf.units[slot] + extent.units);
  leaf.bytes[slot] = static_cast<std::uint16_t>(leaf.bytes[slot] + extent.bytes);
  text_.append(text);
  leaf.total += extent;
  leaf.total.live -= extent.live;
  return true;
}

void SequenceIndex::Builder::close_leaf() {
  Leaf& leaf = index_.leaves_[open_];
  const std::uint32_t bytes = std::exchange(leaf.total.bytes, 0U);
  if (bytes != 0) index_.put_text(leaf, 0, text_);
  leaf.total.bytes = bytes;
  tree_.total += leaf.total;
  text_.clear();
  open_ = LeafRef::None;
}

void SequenceIndex::Builder::finish() {
  if (tree_.first == LeafRef::None) return;
  if (open_ != LeafRef::None) close_leaf();
  struct Child {
    std::uint32_t ref;
    Extent extent;
    Siblings siblings;
  };
  std::vector<Child> level;
  for (LeafRef ref = tree_.first; ref != LeafRef::None; ref = index_.leaves_[ref].next) {
    const Leaf& leaf = index_.leaves_[ref];
    level.push_back({index_of(ref), leaf.total, leaf.siblings});
  }
  tree_.height = 1;
  while (level.size() > 1) {
    std::vector<Child> above;
    for (std::size_t i = 0; i < level.size(); ++i) {
      if (i % kFanout == 0) {
        above.push_back({static_cast<std::uint32_t>(index_.nodes_.allocate()), {}, {}});
      }
      const NodeRef ref{above.back().ref};
      Node& node = index_.nodes_[ref];
      node.above_leaves = tree_.height == 1;
      node.children[node.count] = level[i].ref;
      node.extents[node.count] = level[i].extent;
      node.siblings[node.count] = level[i].siblings;
      index_.set_parent(node, level[i].ref, ref, node.count);
      ++node.count;
      above.back().extent += level[i].extent;
      above.back().siblings.add(level[i].siblings);
    }
    level = std::move(above);
    ++tree_.height;
  }
  tree_.root = level.front().ref;
}

// Checking ------------------------------------------------------------------------------------

namespace {

/// Mixed may stand for what is not mixed any more.
bool covers(const Siblings& known, const Siblings& actual) noexcept {
  return known.state == Siblings::State::Mixed || known == actual ||
         actual.state == Siblings::State::None;
}

}  // namespace

void SequenceIndex::check_node(std::uint32_t ref, std::uint32_t height, NodeRef parent,
                               std::uint32_t slot, const Extent& expected) const {
  if (height > 1) {
    const Node& node = nodes_[NodeRef{ref}];
    PLAIT_ASSERT(node.parent == parent && node.slot == slot, "a node to know its place");
    PLAIT_ASSERT(node.count >= 1 && node.count <= kFanout, "a node to have children");
    PLAIT_ASSERT(node.above_leaves == (height == 2), "all leaves to be equally deep");
    Extent sum;
    if (parent != NodeRef::None) {
      PLAIT_ASSERT(covers(nodes_[parent].siblings[slot], siblings_in(node)),
                   "a node's siblings to be known above");
    }
    for (std::uint32_t i = 0; i < node.count; ++i) {
      sum += node.extents[i];
      check_node(node.children[i], height - 1, NodeRef{ref}, i, node.extents[i]);
    }
    PLAIT_ASSERT(sum == expected, "a node's extent to be its children's");
    return;
  }
  const Leaf& leaf = leaves_[LeafRef{ref}];
  PLAIT_ASSERT(leaf.parent == parent, "a leaf to know its parent");
  PLAIT_ASSERT(parent == NodeRef::None || leaf.slot == slot, "a leaf to know its slot");
  PLAIT_ASSERT(leaf.count >= 1 && leaf.count <= kLeafEntries, "a leaf to list items");
  PLAIT_ASSERT(leaf.total == expected, "a leaf's extent to be what its parent says");
  PLAIT_ASSERT(covers(leaf.siblings, siblings_in(leaf)), "a leaf to know its siblings");
  PLAIT_ASSERT(parent == NodeRef::None || covers(nodes_[parent].siblings[slot], leaf.siblings),
               "a leaf's siblings to be known above");
  Extent sum;
  std::uint32_t start = 0;
  for (std::uint32_t i = 0; i < leaf.count; ++i) {
    const Item& item = items_[leaf.items[i]];
    PLAIT_ASSERT(item.leaf == LeafRef{ref}, "an item to know its leaf");
    PLAIT_ASSERT(leaf.units[i] == (item.visible() ? item.length : 0), "an entry to have room");
    PLAIT_ASSERT(leaf.bytes[i] <= kMaxEntryBytes + 2 * kMaxEntryUnits, "an entry to be short");
    const Extent text = extent_of({leaf.text.get() + start, leaf.bytes[i]});
    PLAIT_ASSERT(leaf.bytes[i] == 0 || text.units == leaf.units[i],
                 "text as long as its entry");
    start += leaf.bytes[i];
    sum += text;
    sum.units += leaf.units[i] - text.units;
    sum.live += (item.deleted ? 0U : 1U) - 1U;
  }
  PLAIT_ASSERT(sum == leaf.total, "a leaf's extent to be its entries'");
}

void SequenceIndex::check_invariants(const Tree& tree) const {
  if (tree.height == 0) {
    PLAIT_ASSERT(tree.total == Extent{}, "an empty list to have no extent");
    return;
  }
  check_node(tree.root, tree.height, NodeRef::None, 0, tree.total);
  LeafRef previous = LeafRef::None;
  for (LeafRef ref = tree.first; ref != LeafRef::None; ref = leaves_[ref].next) {
    PLAIT_ASSERT(leaves_[ref].previous == previous, "leaves to be chained both ways");
    previous = ref;
  }
  PLAIT_ASSERT(previous == tree.last, "the last leaf to end the chain");
}

}  // namespace plait::crdt
