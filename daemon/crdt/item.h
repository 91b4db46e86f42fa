#pragma once

#include <cstdint>

#include "daemon/crdt/decoded_update.h"
#include "daemon/crdt/id.h"
#include "daemon/crdt/pool.h"

namespace plait::crdt {

// Handles into a replica's tables. Four bytes instead of a pointer's eight, and they stay good
// when a table grows. Zero is "none" everywhere.
enum class ItemRef : std::uint32_t { None = 0 };
enum class ClientRef : std::uint32_t { None = 0 };   ///< a client id that this replica has seen
enum class TypeRef : std::uint32_t { None = 0 };     ///< a root or nested Text, Array, Map, …
enum class LeafRef : std::uint32_t { None = 0 };     ///< where the sequence index keeps an item
enum class NameRef : std::uint32_t { None = 0 };     ///< a map key or the name of a root
enum class PayloadRef : std::uint32_t { None = 0 };  ///< content that is not live text

template <class Ref>
constexpr std::uint32_t index_of(Ref ref) noexcept {
  return static_cast<std::uint32_t>(ref);
}

/// An id by handle: cheaper to compare and to look up. None stands for "nothing".
struct Point {
  ClientRef client{};
  Clock clock;

  constexpr bool operator==(const Point&) const noexcept = default;
};

/// A run of units that one client inserted in one go, or a collected run of which only the
/// length is left. Lists and maps are chains of items in document order; a map entry's chain
/// holds its older values, the newest last.
///
/// Runs here may be shorter than the structs of an update, because long text is cut so that no
/// leaf of the sequence index grows large. The encoder joins what Yjs would have joined.
// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): of a union one member is enough
struct Item {
  Clock clock;
  std::uint32_t length = 0;
  ClientRef client{};
  ClientRef origin_client{};  ///< None: inserted at the very start
  Clock origin_clock;
  ClientRef right_origin_client{};  ///< None: inserted at the very end
  Clock right_origin_clock;
  ItemRef left{};
  ItemRef right{};
  TypeRef parent{};
  union {
    LeafRef leaf = LeafRef::None;  ///< for an item of a list
    NameRef key;                   ///< for an entry of a map (in_map)
  };
  /// What the content is, unless it is live text, which the sequence index holds.
  PayloadRef payload{};
  ContentKind kind = ContentKind::Gc;
  bool deleted : 1 = false;
  bool keep : 1 = false;    ///< undo may need the content: do not collect it
  bool redone : 1 = false;  ///< an undo put a copy elsewhere, see Replica::redone_as()
  bool in_map : 1 = false;
  bool unindexed : 1 =
      false;  ///< while loading: not in the sequence index yet, text in the payload

  [[nodiscard]] bool is_gc() const noexcept { return kind == ContentKind::Gc; }
  [[nodiscard]] Clock end() const noexcept { return clock + length; }
  [[nodiscard]] Clock last() const noexcept { return clock + (length - 1); }
  [[nodiscard]] Point start_point() const noexcept { return {client, clock}; }
  [[nodiscard]] Point last_point() const noexcept { return {client, last()}; }
  [[nodiscard]] Point origin() const noexcept { return {origin_client, origin_clock}; }
  [[nodiscard]] Point right_origin() const noexcept {
    return {right_origin_client, right_origin_clock};
  }
  /// Takes room in its list while it is not deleted.
  [[nodiscard]] bool countable() const noexcept {
    return kind != ContentKind::Deleted && kind != ContentKind::Format &&
           kind != ContentKind::Gc;
  }
  [[nodiscard]] bool visible() const noexcept { return !deleted && countable(); }
  /// Content that can be cut anywhere and joined with its neighbour's.
  [[nodiscard]] bool is_run() const noexcept {
    return kind == ContentKind::String || kind == ContentKind::Deleted ||
           kind == ContentKind::Any || kind == ContentKind::Json;
  }
};

using ItemPool = Pool<Item, ItemRef, 64>;

}  // namespace plait::crdt
