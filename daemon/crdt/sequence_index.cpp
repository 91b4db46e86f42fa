#include "daemon/crdt/sequence_index.h"

#include <algorithm>

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
  if (recent_tree_ == &tree && recent_ != LeafRef::None && hint_.leaf == recent_) {
    // Typing goes on where it was. What is before the entry wraps, and is far beyond it then.
    const Leaf& leaf = leaves_[recent_];
    const std::uint32_t offset = units - recent_start_ - hint_.units;
    if (offset < leaf.units.data()[hint_.slot]) {
      return {leaf.items.data()[hint_.slot], offset};
    }
  }
  return locate_anew(tree, units);
}

// A call of its own, or locate() saves registers for it when there is no need.
[[gnu::noinline]] SequenceIndex::Place SequenceIndex::locate_anew(
    const Tree& tree, std::uint32_t units) const noexcept {
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

Extent SequenceIndex::at_byte_in_leaf(LeafRef ref, std::uint32_t bytes,
                                      Objects between) const noexcept {
  const Leaf& leaf = leaves_[ref];
  // Objects without text that stand before this byte count as units, so go entry by entry.
  Entry entry{ref, 0, 0, 0};
  while (entry.slot < leaf.count && entry.bytes + leaf.bytes[entry.slot] <= bytes &&
         (between == Objects::Before || entry.bytes < bytes)) {
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
  if (leaf.bytes[entry.slot] == 0) {
    at.units += place.offset;
  } else if (place.offset != 0) {
    const std::string_view text = text_of(entry);
    at += extent_of(text.substr(0, bytes_of_utf16_prefix(text, place.offset)));
    at.live -= 1;
  }
  return at;
}

Extent SequenceIndex::at_bytes(const Tree& tree, std::uint32_t bytes) const noexcept {
  if (bytes >= tree.total.bytes) return tree.total;
  Extent skipped;
  const LeafRef ref = descend(tree, &Extent::bytes, bytes, skipped);
  const Leaf& leaf = leaves_[ref];
  while (bytes > 0 && (static_cast<unsigned char>(leaf.text[bytes]) & 0xC0) == 0x80) --bytes;
  return skipped + at_byte_in_leaf(ref, bytes, Objects::Before);
}

Extent SequenceIndex::at_code_points(const Tree& tree,
                                     std::uint32_t code_points) const noexcept {
  if (code_points >= tree.total.code_points) return tree.total;
  Extent skipped;
  const LeafRef ref = descend(tree, &Extent::code_points, code_points, skipped);
  const Leaf& leaf = leaves_[ref];
  const std::size_t bytes =
      bytes_of_code_point_prefix({leaf.text.get(), leaf.total.bytes}, code_points);
  return skipped + at_byte_in_leaf(ref, static_cast<std::uint32_t>(bytes), Objects::Before);
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
  return skipped + at_byte_in_leaf(ref, static_cast<std::uint32_t>(bytes), Objects::Behind);
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
