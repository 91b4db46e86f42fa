#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/crdt/item.h"
#include "daemon/crdt/pool.h"
#include "protocol/base/text_units.h"

namespace plait::crdt {

/// What a stretch of a list amounts to. `units` is what Yjs calls length: UTF-16 units of text
/// plus one for every embedded object; the other sizes count the text alone.
struct Extent {
  std::uint32_t units = 0;
  std::uint32_t bytes = 0;
  std::uint32_t code_points = 0;
  std::uint32_t newlines = 0;
  std::uint32_t live = 0;  ///< items that are not deleted, those that take no room included

  constexpr bool operator==(const Extent&) const noexcept = default;
  // Subtraction wraps, and wraps back when a difference is added: deltas may be negative.
  constexpr Extent& operator+=(const Extent& other) noexcept {
    units += other.units;
    bytes += other.bytes;
    code_points += other.code_points;
    newlines += other.newlines;
    live += other.live;
    return *this;
  }
  constexpr Extent& operator-=(const Extent& other) noexcept {
    units -= other.units;
    bytes -= other.bytes;
    code_points -= other.code_points;
    newlines -= other.newlines;
    live -= other.live;
    return *this;
  }
  friend constexpr Extent operator+(Extent a, const Extent& b) noexcept { return a += b; }
  friend constexpr Extent operator-(Extent a, const Extent& b) noexcept { return a -= b; }
};

/// The extent of a piece of text that stands in one item.
[[nodiscard]] Extent extent_of(std::string_view text) noexcept;

/// Items of one client with one origin: what somebody who types backwards, or many who insert
/// at one place, leave behind. Integration passes over a subtree of nothing else in one step.
struct Siblings {
  enum class State : std::uint8_t { None, One, Mixed };

  Point origin;
  ClientRef client{};
  State state = State::None;

  bool operator==(const Siblings&) const noexcept = default;
  /// Becomes what describes both.
  void add(const Siblings& other) noexcept {
    if (state == State::None) {
      *this = other;
    } else if (other.state != State::None && *this != other) {
      *this = {Point{}, ClientRef::None, State::Mixed};
    }
  }
};

/// Where things stand in a list: a B-tree over the items in document order. Leaves hold many
/// items and, back to back, the text of those that are live; inner nodes hold the extent of
/// each child. So any offset leads to its item, any item to its offset, and text is read in
/// large chunks.
///
/// One index serves all lists of a replica; each list has a Tree. The index knows nothing of
/// merging: it is told what was inserted, split, hidden (deleted) and joined.
///
/// Invariants (check_invariants): every extent is the sum of what is below; all leaves are
/// equally deep; an item's `leaf` is the leaf that lists it; entries and leaves keep to the
/// limits below.
class SequenceIndex {
 public:
  /// No entry holds more: longer content is split into several items by the caller. Bounds what
  /// a keystroke has to move.
  static constexpr std::uint32_t kMaxEntryBytes = 1024;
  static constexpr std::uint32_t kMaxEntryUnits = 1024;

  enum class NodeRef : std::uint32_t { None = 0 };

  /// One list. A plain value; the nodes belong to the index.
  struct Tree {
    std::uint32_t root = 0;    ///< a leaf if height is 1, else an inner node
    std::uint32_t height = 0;  ///< 0: the list is empty
    LeafRef first{};
    LeafRef last{};
    Extent total;
  };

  /// A place in a list: `offset` units into `item`.
  struct Place {
    ItemRef item{};
    std::uint32_t offset = 0;
  };

  explicit SequenceIndex(ItemPool& items) noexcept : items_(items) {}

  // Changes -----------------------------------------------------------------------------------

  /// Lists `item` after `left` (None: at the front). For live text, `text` and its extent; for
  /// other live content an extent without text; for deleted content an empty extent.
  void insert_after(Tree& tree, ItemRef left, ItemRef item, std::string_view text,
                    const Extent& extent);
  /// Appends text to a live text item, if its entry has room. `extent.live` must be zero.
  [[nodiscard]] bool try_extend(Tree& tree, ItemRef item, std::string_view text,
                                const Extent& extent);
  /// Lists `right` after `left`, from which it takes over what stands after the first `units`.
  /// Cutting a surrogate pair turns each half into U+FFFD, as in Yjs; returns whether it did.
  bool split(Tree& tree, ItemRef left, ItemRef right, std::uint32_t units);
  /// What a deletion takes away. An editor needs to know where it ends, hence the last line.
  struct Hidden {
    Extent extent;
    Extent last_line;  ///< the part after the last newline; all of it if there is none
  };
  /// Takes text and room from an item, which stays listed. Appends its text to `*kept` if
  /// given.
  Hidden hide(Tree& tree, ItemRef item, std::string* kept);
  [[nodiscard]] static Hidden hidden_of(std::string_view text) noexcept;
  // Take the last (first) units away from a live text item, which keeps some. Nothing, and
  // nothing done, if that would tear a surrogate pair.
  [[nodiscard]] std::optional<Hidden> try_cut_tail(Tree& tree, ItemRef item,
                                                   std::uint32_t units);
  [[nodiscard]] std::optional<Hidden> try_cut_head(Tree& tree, ItemRef item,
                                                   std::uint32_t units);
  /// Joins two neighbours if they stand in one leaf and fit into one entry: `right` is not
  /// listed any more and its text and room belong to `left`. Returns false if it cannot be
  /// done.
  [[nodiscard]] bool join(Tree& tree, ItemRef left, ItemRef right);
  /// Stops listing an item that takes no room.
  void erase(Tree& tree, ItemRef item);
  /// Tells that an item's origin is another one now.
  void origin_changed(ItemRef item) noexcept { widen(items_[item].leaf, siblings_of(item)); }
  /// Frees all nodes of a list. The items' `leaf` fields are left as they are.
  void clear(Tree& tree);

  /// Lists many items at once, in document order, packing leaves tightly.
  class Builder;

  // Questions ---------------------------------------------------------------------------------

  /// The unit at `units`, which must be below the total.
  [[nodiscard]] Place locate(const Tree& tree, std::uint32_t units) const noexcept;
  /// Everything before an item.
  [[nodiscard]] Extent before(ItemRef item) const noexcept;
  /// The first item at or after `item` that is not deleted; None if there is none.
  [[nodiscard]] ItemRef live_from(ItemRef item) const noexcept;
  /// The last item, from `item` on, up to which all have its client and its origin: not
  /// necessarily the last there is, and `item` itself where `limit` may be one of them.
  [[nodiscard]] ItemRef end_of_siblings(ItemRef item, ItemRef limit) const noexcept;
  /// Numbers that order items of one list as the list does; good until the next change.
  [[nodiscard]] std::uint64_t order_key(ItemRef item) const noexcept;
  /// The text of a live text item.
  [[nodiscard]] std::string_view text(ItemRef item) const noexcept;

  /// Everything before the given unit, byte, code point or line start; the end if past it.
  /// Inside of a character the answer is its start. Objects have no bytes: those between two
  /// bytes are before the second, but those behind a newline belong to its line.
  [[nodiscard]] Extent at_units(const Tree& tree, std::uint32_t units) const noexcept;
  [[nodiscard]] Extent at_bytes(const Tree& tree, std::uint32_t bytes) const noexcept;
  [[nodiscard]] Extent at_code_points(const Tree& tree,
                                      std::uint32_t code_points) const noexcept;
  [[nodiscard]] Extent at_line(const Tree& tree, std::uint32_t line) const noexcept;

  [[nodiscard]] ItemRef front(const Tree& tree) const noexcept;
  [[nodiscard]] ItemRef back(const Tree& tree) const noexcept;

  /// Calls `visit(std::string_view)` with the text in order, in pieces.
  template <class Visit>
  void for_each_chunk(const Tree& tree, Visit&& visit) const {
    for (LeafRef ref = tree.first; ref != LeafRef::None; ref = leaves_[ref].next) {
      const Leaf& leaf = leaves_[ref];
      if (leaf.total.bytes != 0) visit(std::string_view(leaf.text.get(), leaf.total.bytes));
    }
  }
  /// Calls `visit(ItemRef, std::string_view)` for every item that has text, in order: cheaper
  /// than asking for each.
  template <class Visit>
  void for_each_text(const Tree& tree, Visit&& visit) const {
    for (LeafRef ref = tree.first; ref != LeafRef::None; ref = leaves_[ref].next) {
      const Leaf& leaf = leaves_[ref];
      const char* at = leaf.text.get();
      for (std::uint32_t slot = 0; slot < leaf.count; ++slot) {
        const std::uint32_t bytes = leaf.bytes.data()[slot];
        if (bytes != 0) visit(leaf.items.data()[slot], std::string_view(at, bytes));
        at += bytes;
      }
    }
  }
  /// The text between two unit offsets.
  void read(const Tree& tree, std::uint32_t from, std::uint32_t to, std::string& out) const;

  /// Aborts with a message if an invariant does not hold. Linear in the list.
  void check_invariants(const Tree& tree) const;

 private:
  static constexpr std::uint32_t kLeafEntries = 32;
  static constexpr std::uint32_t kLeafBytes = 2048;
  static constexpr std::uint32_t kFanout = 32;

  struct Leaf {
    NodeRef parent{};
    LeafRef previous{};
    LeafRef next{};
    std::uint8_t slot = 0;  ///< which child of the parent
    std::uint8_t count = 0;
    std::uint16_t capacity = 0;  ///< of text; total.bytes are used
    Extent total;
    Siblings siblings;
    std::unique_ptr<char[]> text;
    std::array<ItemRef, kLeafEntries> items{};
    std::array<std::uint16_t, kLeafEntries> units{};
    std::array<std::uint16_t, kLeafEntries> bytes{};
  };

  struct Node {
    NodeRef parent{};
    std::uint8_t slot = 0;
    std::uint8_t count = 0;
    bool above_leaves = false;
    std::array<std::uint32_t, kFanout> children{};
    std::array<Extent, kFanout> extents{};
    std::array<Siblings, kFanout> siblings{};
  };

  /// An entry, and what stands before it in its leaf.
  struct Entry {
    LeafRef leaf{};
    std::uint32_t slot = 0;
    std::uint32_t units = 0;
    std::uint32_t bytes = 0;
  };

  [[nodiscard]] Place locate_anew(const Tree& tree, std::uint32_t units) const noexcept;
  [[nodiscard]] Entry entry_of(ItemRef item) const noexcept;
  [[nodiscard]] Entry entry_at(LeafRef ref, std::uint32_t slot) const noexcept;
  [[nodiscard]] std::string_view text_of(const Entry& entry) const noexcept;
  [[nodiscard]] Extent before_entry(const Entry& entry) const noexcept;
  [[nodiscard]] Extent before_leaf(LeafRef ref) const noexcept;
  /// Where objects count that stand between the byte and what is before it.
  enum class Objects : bool { Before, Behind };
  [[nodiscard]] Extent at_byte_in_leaf(LeafRef ref, std::uint32_t bytes,
                                       Objects between) const noexcept;

  template <class Field>
  [[nodiscard]] LeafRef descend(const Tree& tree, Field field, std::uint32_t& wanted,
                                Extent& skipped) const noexcept;

  /// Accounts for a change of one entry. The hint survives what happens at or behind its entry.
  void add(Tree& tree, const Entry& changed, const Extent& change) noexcept;
  void forget_hint(LeafRef ref) noexcept {
    if (hint_.leaf == ref) hint_.leaf = LeafRef::None;
  }
  std::optional<Hidden> cut_entry(Tree& tree, const Entry& entry, std::uint32_t from,
                                  std::uint32_t to);
  static void enlarge_text(Leaf& leaf, std::uint32_t needed);
  static void put_text(Leaf& leaf, std::uint32_t at, std::string_view text);
  static void cut_text(Leaf& leaf, std::uint32_t at, std::uint32_t count) noexcept;
  /// Makes room for one more entry at `slot` and `bytes` more text; says where it is now.
  Entry make_room(Tree& tree, Entry entry, std::uint32_t bytes);
  void open_slot(Leaf& leaf, std::uint32_t slot) noexcept;
  void close_slot(Leaf& leaf, std::uint32_t slot) noexcept;
  /// Moves the entries from `slot` on into a new leaf behind.
  LeafRef split_leaf(Tree& tree, LeafRef ref, std::uint32_t slot);
  [[nodiscard]] Siblings siblings_of(ItemRef item) const noexcept {
    return {items_[item].origin(), items_[item].client, Siblings::State::One};
  }
  [[nodiscard]] Siblings siblings_in(const Leaf& leaf) const noexcept;
  [[nodiscard]] static Siblings siblings_in(const Node& node) noexcept;
  /// Lets a leaf and what is above it know of an item in the leaf.
  void widen(LeafRef ref, const Siblings& added) noexcept;
  NodeRef add_root(Tree& tree, std::uint32_t child, const Extent& extent,
                   const Siblings& siblings, bool above_leaves);
  [[nodiscard]] static std::uint32_t middle_by_bytes(const Leaf& leaf) noexcept;
  void insert_child(Tree& tree, NodeRef parent, std::uint32_t slot, std::uint32_t child,
                    const Extent& extent, const Siblings& siblings);
  void set_parent(const Node& node, std::uint32_t child, NodeRef parent,
                  std::uint32_t slot) noexcept;
  void remove_leaf(Tree& tree, LeafRef ref);
  void remove_child(Tree& tree, NodeRef parent, std::uint32_t slot);
  /// Joins a leaf with the next one of the same parent if both are small.
  void merge_if_small(Tree& tree, LeafRef ref);
  void check_node(std::uint32_t ref, std::uint32_t height, NodeRef parent, std::uint32_t slot,
                  const Extent& expected) const;
  void clear_node(std::uint32_t ref, std::uint32_t height);

  ItemPool& items_;
  Pool<Leaf, LeafRef, 16> leaves_;
  Pool<Node, NodeRef, 2> nodes_;
  /// The leaf of the latest locate() and the units before it: the next edit is mostly there
  /// too. A change in any other leaf forgets it.
  mutable const Tree* recent_tree_ = nullptr;
  mutable LeafRef recent_{};
  mutable std::uint32_t recent_start_ = 0;
  /// The entry that was found last: the next question is mostly about the same one.
  mutable Entry hint_;
};

/// Fills an empty tree. Call add() for each item of the list, then finish().
class SequenceIndex::Builder {
 public:
  Builder(SequenceIndex& index, Tree& tree) noexcept : index_(index), tree_(tree) {}
  void add(ItemRef item, std::string_view text, const Extent& extent);
  /// Gives the item that was added last more content, if its entry has room for it.
  [[nodiscard]] bool extend_last(std::string_view text, const Extent& extent);
  void finish();

 private:
  void close_leaf();

  SequenceIndex& index_;
  Tree& tree_;
  LeafRef open_{};
  std::string text_;
};

}  // namespace plait::crdt
