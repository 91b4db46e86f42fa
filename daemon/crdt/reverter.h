#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <unordered_set>
#include <vector>

#include "daemon/crdt/replica.h"
#include "daemon/crdt/undo_scope.h"
#include "daemon/crdt/undo_step.h"

namespace plait::crdt {

/// Takes steps back: deletes what a step inserted and puts copies of what it deleted where that
/// was (popStackItem and redoItem of Yjs). Made for one transaction, which the caller has
/// begun.
///
/// Yjs works on its structs, and what it does depends on where each starts and ends at that
/// moment: a copy is made per struct, and "from this id on" means to the end of the struct that
/// is there. An item here is a struct or, where text is long, a part of one. Therefore all cuts
/// go through this class, which remembers them: a border between two joinable items is one in
/// Yjs too if it was cut in this transaction.
class Reverter {
 public:
  /// `overwrite`: bring back a map's value even if others have set the key since.
  Reverter(Replica& replica, UndoScope& scope, bool overwrite) noexcept
      : replica_(replica), scope_(scope), overwrite_(overwrite) {}

  /// Returns whether there was anything to do. `undo` and `redo` are the steps that are left.
  bool revert(const UndoStep& step, std::span<const UndoStep> undo,
              std::span<const UndoStep> redo);

 private:
  // A struct is known by where it starts, which stays good when it is cut.
  struct PointHash {
    std::size_t operator()(Point point) const noexcept {
      return std::hash<std::uint64_t>{}(std::uint64_t{index_of(point.client)} << 32 |
                                        point.clock.value());
    }
  };
  using Points = std::unordered_set<Point, PointHash>;

  [[nodiscard]] ItemRef item_at(Point start) const noexcept {
    return replica_.find(start.client, start.clock);
  }

  // Structs -----------------------------------------------------------------------------------
  /// The item that starts there, cut loose if need be. Of a collected range, all of it.
  ItemRef cut(Point at);
  ItemRef cut(Id at) { return cut({replica_.clients.find(at.client), at.clock}); }
  /// The last item of the struct that starts with `first`; at the latest the one that reaches
  /// `limit`.
  [[nodiscard]] ItemRef last_of(ItemRef first, Clock limit) const;
  [[nodiscard]] ItemRef last_of(ItemRef first) const;
  /// Calls `visit(ItemRef)` with the first item of every struct in a range, whose ends are cut.
  template <class Visit>
  void for_each_struct(const DeleteRange& range, Visit&& visit);

  // Bringing back -----------------------------------------------------------------------------
  /// What stands for an item that an undo copied; maybe collected.
  [[nodiscard]] ItemRef newest_copy(ItemRef item);
  bool bring_back(Point start);
  bool copy(Point start);
  [[nodiscard]] TypeRef new_parent(TypeRef parent);
  /// The item, or its copy, that is in `parent`; None if there is none.
  [[nodiscard]] ItemRef in_type(ItemRef item, TypeRef parent);
  [[nodiscard]] ItemRef left_in_list(ItemRef original, TypeRef parent);
  [[nodiscard]] ItemRef right_in_list(ItemRef original, TypeRef parent);
  /// Nothing if the key belongs to what somebody else has set since.
  [[nodiscard]] std::optional<ItemRef> left_in_map(ItemRef original, TypeRef parent);
  [[nodiscard]] bool may_be_replaced(ItemRef item) const;

  void remove_struct(Point start);

  Replica& replica_;
  UndoScope& scope_;
  bool overwrite_;
  Points cuts_;

  // Of the step at hand.
  const UndoStep* step_ = nullptr;
  std::span<const UndoStep> undo_;
  std::span<const UndoStep> redo_;
  std::vector<Point> to_remove_;
  std::vector<Point> to_copy_;
  Points wanted_;  // to_copy_, to be looked up
  std::vector<Point> line_;
};

}  // namespace plait::crdt
