// The B-tree under SequenceIndex: how leaves and nodes are split, joined, removed and built.

#include <utility>
#include <vector>

#include "daemon/crdt/sequence_index.h"
#include "protocol/base/assert.h"

namespace plait::crdt {

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
  const Extent lower_total =
      slot == leaf.count ? leaf.total : before_entry(entry_at(ref, slot));
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

}  // namespace plait::crdt
