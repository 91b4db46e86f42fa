#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "daemon/crdt/decoded_update.h"
#include "daemon/crdt/id.h"
#include "daemon/crdt/item.h"
#include "daemon/crdt/ref_map.h"
#include "daemon/crdt/replica.h"

namespace plait::crdt {

/// Says where the new items of an update will go and how long it will take to find their
/// places, without touching the replica.
///
/// What an item costs depends on those that came before it, in the same update too, so the
/// forecast plays integration through: it keeps copies of those items of the replica that would
/// be cut or get a new right neighbour, and looks up everything else. An update that adds one
/// item where nobody else was copies nothing.
///
/// Counts one step for each item that the loop in Yjs's Item.integrate looks at, and more for
/// new text that is so long that it becomes several items here. Replica::integrate() knows
/// shortcuts; those who follow this document in a browser do not.
class IntegrationForecast {
 public:
  struct Limits {
    std::uint64_t steps = 0;     ///< items looked at, for all new items together
    std::uint32_t siblings = 0;  ///< those among them that share one new item's origin
    bool in_order = true;        ///< a right origin has to stand behind its origin
  };

  /// An item that would be integrated: a struct, or what is new of it.
  struct NewItem {
    ClientId client{};
    Clock clock;
    std::uint32_t length = 0;
    ContentKind kind = ContentKind::Gc;
    std::optional<Id> origin;  ///< of the whole struct, as are the next two
    std::optional<Id> right_origin;
    const DecodedParent* parent = nullptr;
    bool continues = false;  ///< the struct's first part is in the replica
  };

  enum class Verdict : std::uint8_t {
    Fits,
    Collected,       ///< what it hangs on was collected with its type, and so will it be
    SeveralLists,    ///< its origins lie in different lists
    WrongWayRound,   ///< its right origin does not stand behind its origin
    NoType,          ///< its parent is an item that holds no type
    AfterCollected,  ///< it continues what was collected, and belongs to a list all the same
    TooManySteps,
    TooManySiblings,
  };

  /// What an item would be put between, before the conflicts are looked at.
  struct Spot {
    Verdict verdict = Verdict::Fits;
    ItemRef left{};  ///< the item that holds the origin, which may end behind it
    ItemRef right{};
    Point origin;
    Point right_origin;
    TypeRef parent{};
    NameRef key{};
  };

  IntegrationForecast(const Replica& replica, Limits limits) noexcept
      : replica_(replica), limits_(limits), first_copy_(replica.items.bound()) {}

  /// Where an item belongs. Everything it refers to is in the replica or was added.
  [[nodiscard]] Spot spot_for(const NewItem& item);
  /// Puts it there. `last` says that no other item follows, so that it need not be remembered.
  [[nodiscard]] Verdict add(const NewItem& item, const Spot& spot, bool last);

  /// The root that a spot is in; nothing if it is in a nested type.
  [[nodiscard]] std::optional<std::string_view> root_of(const Spot& spot) const noexcept;
  /// Roots that the replica would get.
  [[nodiscard]] std::size_t new_roots() const noexcept { return new_roots_.size(); }
  [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
  /// The unit that the item that was added last goes behind; nothing at the start of a list.
  [[nodiscard]] std::optional<Id> latest_place() const noexcept { return latest_place_; }

 private:
  /// Handles from here on name what the replica does not have: clients, types, names.
  static constexpr std::uint32_t kFirstNew = std::uint32_t{1} << 31;

  /// A unit of the replica; None stands before all lists.
  struct Anchor {
    ItemRef item{};
    Clock clock;

    bool operator==(const Anchor&) const noexcept = default;
  };
  /// An item of the replica, or a part of one, with another right neighbour; or a new item.
  struct Copy {
    Item item;
    bool is_new = false;
    /// The item of the replica; or the unit of the replica that the new item stands behind,
    /// with nothing but new items in between.
    Anchor anchor;
  };
  using ListKey = std::pair<TypeRef, NameRef>;
  struct Head {
    ItemRef first{};
    std::uint32_t length = 0;  ///< of a map entry's chain: it is walked from its other end
  };

  [[nodiscard]] bool is_copy(ItemRef ref) const noexcept {
    return index_of(ref) >= first_copy_;
  }
  [[nodiscard]] const Item& item(ItemRef ref) const noexcept {
    return is_copy(ref) ? copies_[index_of(ref) - first_copy_].item : replica_.items[ref];
  }
  [[nodiscard]] ItemRef next(const Item& item) const noexcept { return current(item.right); }
  /// The item that holds a unit.
  [[nodiscard]] ItemRef find(Point unit) const noexcept;
  [[nodiscard]] ClientId id_of(ClientRef client) const noexcept;
  /// The copy that stands for an item, if there is one.
  [[nodiscard]] ItemRef current(ItemRef ref) const noexcept;
  [[nodiscard]] ClientRef handle_of(ClientId client);
  [[nodiscard]] Point point_of(Id id) { return {handle_of(id.client), id.clock}; }
  [[nodiscard]] TypeRef root(std::string_view name);
  [[nodiscard]] NameRef name(std::string_view name);
  [[nodiscard]] Verdict find_parent(const DecodedParent& parent, Spot& spot);
  [[nodiscard]] Head& head_of(const ListKey& list);
  [[nodiscard]] ItemRef first_of(const ListKey& list);
  [[nodiscard]] ItemRef scan(ClientId client, const Spot& spot, ItemRef left, ItemRef right);
  [[nodiscard]] Anchor anchor_of(ItemRef ref, Clock unit) const noexcept;
  [[nodiscard]] bool is_before(const Anchor& a, const Anchor& b) const noexcept;
  [[nodiscard]] bool stands_behind(ItemRef right, ItemRef left);
  [[nodiscard]] std::uint32_t weight(ItemRef ref) const noexcept;

  ItemRef add_copy(const Copy& copy);
  ItemRef copy_of(ItemRef ref);
  ItemRef cut(ItemRef ref, std::uint32_t units);
  ItemRef clean_end(Point unit);
  ItemRef clean_start(Point unit);
  void link(const NewItem& item, const Spot& spot, ItemRef left);

  const Replica& replica_;
  Limits limits_;
  std::uint32_t first_copy_;  ///< copies are named by the handles after the replica's own
  std::vector<Copy> copies_;
  RefMap<ItemRef> copied_;  ///< by item of the replica: the first of its copies
  std::map<std::pair<ClientRef, Clock>, ItemRef> copies_by_start_;
  std::map<ListKey, Head>
      heads_;  ///< of lists that start with a new item, and of all map entries
  RefMap<ItemRef>
      marks_;  ///< what was scanned: the scan in the upper half, the place in the lower
  std::uint64_t scans_ = 0;
  std::uint64_t steps_ = 0;
  std::uint32_t siblings_ = 0;  ///< in the latest scan
  bool came_to_right_ = false;  ///< the latest scan did
  std::optional<Id> latest_place_;

  std::vector<ClientId> new_clients_;
  std::unordered_map<ClientId, ClientRef> new_client_refs_;
  std::unordered_map<std::string_view, TypeRef> new_roots_;
  std::unordered_map<std::string_view, NameRef> names_;
  std::vector<std::optional<std::string_view>>
      new_types_;  ///< the names of those that are roots
};

}  // namespace plait::crdt
