#pragma once

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "daemon/crdt/replica.h"

namespace plait::crdt {

/// Which part of a document an undo manager looks after: some types and all that is in them, or
/// everything.
///
/// A nested type may be collected and its handle given to another. So the types are known by
/// their ids here, and refresh() has to be called in each transaction before anything is asked.
class UndoScope {
 public:
  /// No types: the whole document.
  UndoScope(const Replica& replica, std::span<const TypeRef> types);

  void refresh();

  /// Whether a list or map item belongs to the scope.
  [[nodiscard]] bool contains(ItemRef item);
  /// Whether the current transaction changed something that belongs to the scope.
  [[nodiscard]] bool is_changed();

 private:
  struct Member {
    TypeRef type{};          ///< None: collected
    std::optional<Id> item;  ///< what holds it, if it is nested
  };

  [[nodiscard]] bool contains_type(TypeRef type);

  const Replica& replica_;
  std::vector<Member> members_;
  std::unordered_map<TypeRef, bool> answers_;  // since the latest refresh
  std::vector<TypeRef> path_;
};

}  // namespace plait::crdt
