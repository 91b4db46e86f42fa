#pragma once

#include <vector>

#include "daemon/crdt/delete_set.h"
#include "daemon/crdt/id.h"

namespace plait::crdt {

/// A set of ids that remembers in which order their clients came: what is undone gets its new
/// ids in that order.
class OrderedRanges {
 public:
  void add(ClientId client, Clock clock, std::uint32_t length);

  [[nodiscard]] bool contains(Id id) const noexcept { return ranges_.contains(id); }
  [[nodiscard]] bool empty() const noexcept { return ranges_.empty(); }

  /// Calls `visit(const DeleteRange&)` for each range: client by client as they came, the
  /// clocks of each ascending.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const ClientId client : clients_) {
      for (const DeleteRange& range : ranges_.ranges_of(client)) visit(range);
    }
  }

 private:
  DeleteSet ranges_;
  std::vector<ClientId> clients_;
};

/// What one undo (or redo) takes back. StackItem in Yjs.
struct UndoStep {
  OrderedRanges insertions;
  OrderedRanges deletions;
};

}  // namespace plait::crdt
