#pragma once

#include <string>
#include <string_view>

#include "daemon/crdt/delete_set.h"
#include "daemon/crdt/state_vector.h"
#include "protocol/base/result.h"

namespace plait::crdt {

/// A moment of a document that collects nothing: what was there, and what of it was deleted.
struct Snapshot {
  DeleteSet deletes;
  StateVector state;

  /// Whether a unit was there and visible.
  [[nodiscard]] bool shows(Id id) const noexcept {
    return state.has(id) && !deletes.contains(id);
  }
  bool operator==(const Snapshot&) const noexcept = default;

  /// The form of Y.encodeSnapshot.
  [[nodiscard]] std::string encode() const;
  static Result<Snapshot> decode(std::string_view bytes);
};

}  // namespace plait::crdt
