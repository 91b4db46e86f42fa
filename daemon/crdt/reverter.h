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
/// was (popStackItem and redoItem of Yjs). Made for one transaction, which the caller has begun.
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
  /// Where a struct starts. Stays good when it is cut, unlike an ItemRef that is joined.
  struct Start {
    ClientRef client{};
    Clock clock;

    bool operator==(const Start&) const noexcept = default;
  };
  struct StartHash {
    std::size_t operator()(const Start& start) const noexcept {
      return std::hash<std::uint64_t>{}(std::uint64_t{index_of(start.client)} << 32 |
                                        start.clock.value());
    }
  };

  [[nodiscard]] Start start_of(ItemRef item) const noexcept {
    return {replica_.items[item].client, replica_.items[item].clock};
  }
  [[nodiscard]] ItemRef item_at(Start start) const noexcept {
    return replica_.find(start.client, start.clock);
  }

  // Structs -----------------------------------------------------------------------------------
  /// The item that starts there, cut loose if need be. Of a collected range, all of it.
  ItemRef cut(Start at);
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
  bool bring_back(Start start);
  bool copy(Start start);
  [[nodiscard]] TypeRef new_parent(TypeRef parent);
  /// The item, or its copy, that is in `parent`; None if there is none.
  [[nodiscard]] ItemRef in_type(ItemRef item, TypeRef parent);
  [[nodiscard]] ItemRef left_in_list(ItemRef original, TypeRef parent);
  [[nodiscard]] ItemRef right_in_list(ItemRef original, TypeRef parent);
  /// Nothing if the key belongs to what somebody else has set since.
  [[nodiscard]] std::optional<ItemRef> left_in_map(ItemRef original, TypeRef parent);
  [[nodiscard]] bool may_be_replaced(ItemRef item) const;

  void remove_struct(Start start);

  Replica& replica_;
  UndoScope& scope_;
  bool overwrite_;
  std::unordered_set<Start, StartHash> cuts_;

  // Of the step at hand.
  const UndoStep* step_ = nullptr;
  std::span<const UndoStep> undo_;
  std::span<const UndoStep> redo_;
  std::vector<Start> to_remove_;
  std::vector<Start> to_copy_;
  std::unordered_set<Start, StartHash> wanted_;  // to_copy_, to be looked up
  std::vector<Start> line_;
};

}  // namespace plait::crdt
