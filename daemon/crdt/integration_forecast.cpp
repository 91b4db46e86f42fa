#include "daemon/crdt/integration_forecast.h"

#include <algorithm>

#include "daemon/crdt/sequence_index.h"

namespace plait::crdt {
namespace {

/// New content of more units may become several items: a unit of text takes three bytes at
/// most, and a cut falls between characters.
constexpr std::uint32_t kUnitsPerItem = (SequenceIndex::kMaxEntryBytes - 4) / 3;

}  // namespace

// What there is -------------------------------------------------------------------------------

ItemRef IntegrationForecast::current(ItemRef ref) const noexcept {
  if (copied_.empty() || is_copy(ref)) return ref;
  const std::uint64_t* copy = copied_.find(ref);
  return copy == nullptr ? ref : ItemRef{static_cast<std::uint32_t>(*copy)};
}

ItemRef IntegrationForecast::find(Point unit) const noexcept {
  if (!copies_by_start_.empty()) {
    auto after = copies_by_start_.upper_bound({unit.client, unit.clock});
    if (after != copies_by_start_.begin()) {
      --after;
      if (after->first.first == unit.client && unit.clock < item(after->second).end()) {
        return after->second;
      }
    }
  }
  return replica_.find(unit.client, unit.clock);
}

ClientRef IntegrationForecast::handle_of(ClientId client) {
  const ClientRef known = replica_.clients.find(client);
  if (known != ClientRef::None) return known;
  const ClientRef next{kFirstNew + static_cast<std::uint32_t>(new_clients_.size())};
  const auto [entry, added] = new_client_refs_.try_emplace(client, next);
  if (added) new_clients_.push_back(client);
  return entry->second;
}

ClientId IntegrationForecast::id_of(ClientRef client) const noexcept {
  const std::uint32_t index = index_of(client);
  return index < kFirstNew ? replica_.clients.id_of(client) : new_clients_[index - kFirstNew];
}

TypeRef IntegrationForecast::root(std::string_view name) {
  const TypeRef known = replica_.find_root(name);
  if (known != TypeRef::None) return known;
  const TypeRef next{kFirstNew + static_cast<std::uint32_t>(new_types_.size())};
  const auto [entry, added] = new_roots_.try_emplace(name, next);
  if (added) new_types_.emplace_back(name);
  return entry->second;
}

NameRef IntegrationForecast::name(std::string_view name) {
  const NameRef known = replica_.find_name(name);
  if (known != NameRef::None) return known;
  const NameRef next{kFirstNew + static_cast<std::uint32_t>(names_.size())};
  return names_.try_emplace(name, next).first->second;
}

std::optional<std::string_view> IntegrationForecast::root_of(const Spot& spot) const noexcept {
  if (index_of(spot.parent) >= kFirstNew) return new_types_[index_of(spot.parent) - kFirstNew];
  const SharedType& type = replica_.types[spot.parent];
  if (type.item != ItemRef::None) return std::nullopt;
  return replica_.name(type.name);
}

IntegrationForecast::Head& IntegrationForecast::head_of(const ListKey& list) {
  const auto [entry, added] = heads_.try_emplace(list);
  Head& head = entry->second;
  const auto [parent, key] = list;
  if (!added || index_of(parent) >= kFirstNew) return head;
  const SharedType& type = replica_.types[parent];
  if (key == NameRef::None) {
    head.first = type.first;
  } else if (index_of(key) < kFirstNew) {
    head.first = replica_.newest(type, key);
    head.length = head.first == ItemRef::None ? 0 : 1;
    for (; head.length != 0; ++head.length) {
      const ItemRef left = replica_.items[head.first].left;
      if (left == ItemRef::None) break;
      head.first = left;
    }
  }
  return head;
}

ItemRef IntegrationForecast::first_of(const ListKey& list) {
  if (list.second == NameRef::None && index_of(list.first) < kFirstNew && heads_.empty()) {
    return current(replica_.types[list.first].first);
  }
  const Head& head = head_of(list);
  steps_ += head.length;
  return current(head.first);
}

// Where an item belongs -----------------------------------------------------------------------

IntegrationForecast::Verdict IntegrationForecast::find_parent(const DecodedParent& parent,
                                                              Spot& spot) {
  if (parent.root) {
    spot.parent = root(*parent.root);
  } else {
    const Item& holder = item(find(point_of(parent.item)));
    switch (holder.kind) {
      case ContentKind::Type: spot.parent = TypeRef{index_of(holder.payload)}; break;
      case ContentKind::Gc:
      case ContentKind::Deleted: return Verdict::Collected;
      case ContentKind::Json:
      case ContentKind::Binary:
      case ContentKind::String:
      case ContentKind::Embed:
      case ContentKind::Format:
      case ContentKind::Any:
      case ContentKind::Doc:
      case ContentKind::Skip: return Verdict::NoType;
    }
  }
  if (parent.key) spot.key = name(*parent.key);
  return Verdict::Fits;
}

IntegrationForecast::Spot IntegrationForecast::spot_for(const NewItem& wanted) {
  Spot spot;
  if (wanted.kind == ContentKind::Gc) {
    spot.verdict = Verdict::Collected;
    return spot;
  }
  bool collected = false;
  if (wanted.origin) {
    spot.origin = point_of(*wanted.origin);
    spot.left = find(spot.origin);
    collected = item(spot.left).is_gc();
  }
  if (wanted.right_origin) {
    spot.right_origin = point_of(*wanted.right_origin);
    spot.right = find(spot.right_origin);
    collected = collected || item(spot.right).is_gc();
  }
  if (collected) {
    spot.verdict = Verdict::Collected;
  } else if (wanted.parent != nullptr) {
    spot.verdict = find_parent(*wanted.parent, spot);
  } else {
    const auto list_of = [](const Item& item) {
      return ListKey{item.parent, item.in_map ? item.key : NameRef::None};
    };
    const ListKey list = list_of(item(spot.left != ItemRef::None ? spot.left : spot.right));
    if (spot.right != ItemRef::None && list != list_of(item(spot.right))) {
      spot.verdict = Verdict::SeveralLists;
    }
    spot.parent = list.first;
    spot.key = list.second;
  }
  if (wanted.continues && spot.verdict == Verdict::Fits) {
    spot.origin = {handle_of(wanted.client), wanted.clock - 1};
    spot.left = find(spot.origin);
    if (item(spot.left).is_gc()) spot.verdict = Verdict::AfterCollected;
  }
  return spot;
}

// Playing it through --------------------------------------------------------------------------

IntegrationForecast::Verdict IntegrationForecast::add(const NewItem& added, const Spot& spot,
                                                      bool last) {
  if (spot.verdict != Verdict::Fits) {
    if (spot.verdict == Verdict::Collected && !last) {
      Item collected;
      collected.client = handle_of(added.client);
      collected.clock = added.clock;
      collected.length = added.length;
      collected.deleted = true;
      add_copy({collected, /*is_new=*/true, {}});
    }
    return spot.verdict;
  }

  ItemRef left = spot.left;
  const bool backwards = left != ItemRef::None && left == spot.right &&
                         spot.right_origin.clock <= spot.origin.clock;
  // What is set in a map replaces everything else, so there is nothing to its right.
  const bool before_entry = spot.key != NameRef::None && spot.right != ItemRef::None;
  if (limits_.in_order && (backwards || before_entry)) return Verdict::WrongWayRound;
  const ListKey list{spot.parent, spot.key};
  const bool at_end_of_left = left == ItemRef::None || item(left).last() == spot.origin.clock;
  bool undisputed = false;  // nobody put anything there in the meantime
  if (!at_end_of_left) {
    undisputed = spot.right == left && spot.right_origin.clock == spot.origin.clock + 1;
  } else {
    const ItemRef other = left != ItemRef::None ? next(item(left)) : first_of(list);
    undisputed = other == spot.right &&
                 (other == ItemRef::None || item(other).clock == spot.right_origin.clock);
  }
  if (!undisputed || !last) {
    if (!at_end_of_left) left = clean_end(spot.origin);
  }
  if (!undisputed) {
    const ItemRef right =
        spot.right != ItemRef::None ? clean_start(spot.right_origin) : ItemRef::None;
    const ItemRef origin = left;
    left = scan(added.client, spot, left, right);
    if (siblings_ > limits_.siblings) return Verdict::TooManySiblings;
    if (limits_.in_order && right != ItemRef::None && steps_ <= limits_.steps &&
        !came_to_right_ && !stands_behind(right, origin)) {
      return Verdict::WrongWayRound;
    }
  }
  if (steps_ > limits_.steps) return Verdict::TooManySteps;

  const Point place =
      undisputed || left == ItemRef::None ? spot.origin : item(left).last_point();
  latest_place_.reset();
  if (left != ItemRef::None) latest_place_ = Id{id_of(place.client), place.clock};
  if (!last) link(added, spot, left);
  return Verdict::Fits;
}

/// The item that a new one goes behind (YATA; the loop in Item.integrate of Yjs). It goes
/// behind those whose origin is its own and whose client is lower, and behind everything that
/// hangs on what it goes behind; it stops before what hangs on something to the left of its
/// origin.
ItemRef IntegrationForecast::scan(ClientId client, const Spot& spot, ItemRef left,
                                  ItemRef right) {
  ItemRef other = left != ItemRef::None ? next(item(left)) : first_of({spot.parent, spot.key});
  const std::uint64_t scan = ++scans_ << 32;
  std::uint64_t place = 0;
  std::uint64_t settled = 0;  // what was scanned before this is to the left for good
  siblings_ = 0;
  while (other != ItemRef::None && other != right) {
    const Item& o = item(other);
    const bool sibling = o.origin() == spot.origin;
    siblings_ += sibling ? 1U : 0U;
    steps_ += weight(other);
    if (steps_ > limits_.steps || siblings_ > limits_.siblings) break;
    marks_.set(other, scan | place);
    if (sibling) {
      if (id_of(o.client) < client) {
        left = other;
        settled = place + 1;
      } else if (o.right_origin() == spot.right_origin) {
        break;
      }
    } else if (o.origin_client != ClientRef::None) {
      const std::uint64_t* mark = marks_.find(find(o.origin()));
      if (mark == nullptr || *mark >> 32 != scan >> 32) break;
      if ((*mark & UINT32_MAX) < settled) {
        left = other;
        settled = place + 1;
      }
    } else {
      break;
    }
    ++place;
    other = next(o);
  }
  came_to_right_ = other == right;
  return left;
}

IntegrationForecast::Anchor IntegrationForecast::anchor_of(ItemRef ref,
                                                           Clock unit) const noexcept {
  if (ref == ItemRef::None) return {};
  if (!is_copy(ref)) return {ref, unit};
  const Copy& copy = copies_[index_of(ref) - first_copy_];
  return copy.is_new ? copy.anchor : Anchor{copy.anchor.item, unit};
}

/// For units of one list.
bool IntegrationForecast::is_before(const Anchor& a, const Anchor& b) const noexcept {
  if (a.item == b.item) return a.clock < b.clock;
  if (a.item == ItemRef::None || b.item == ItemRef::None) return a.item == ItemRef::None;
  return replica_.sequences.order_key(a.item) < replica_.sequences.order_key(b.item);
}

/// Whether an item of a list starts behind another one ends.
bool IntegrationForecast::stands_behind(ItemRef right, ItemRef left) {
  if (left == ItemRef::None) return true;
  const auto is_new = [&](ItemRef ref) {
    return is_copy(ref) && copies_[index_of(ref) - first_copy_].is_new;
  };
  const Anchor end = anchor_of(left, item(left).last());
  const Anchor start = anchor_of(right, item(right).clock);
  if (end != start) return is_before(end, start);
  if (!is_new(left)) return is_new(right);
  if (!is_new(right)) return false;
  for (ItemRef at = next(item(left)); at != ItemRef::None && is_new(at); at = next(item(at))) {
    if (at == right) return true;
    if (++steps_ > limits_.steps) return true;  // refused for that
  }
  return false;
}

/// How many items stand for this one.
std::uint32_t IntegrationForecast::weight(ItemRef ref) const noexcept {
  if (!is_copy(ref)) return 1;
  const Copy& copy = copies_[index_of(ref) - first_copy_];
  if (!copy.is_new || !copy.item.is_run() || copy.item.kind == ContentKind::Deleted) return 1;
  return 1 + copy.item.length / kUnitsPerItem;
}

ItemRef IntegrationForecast::add_copy(const Copy& copy) {
  const ItemRef ref{first_copy_ + static_cast<std::uint32_t>(copies_.size())};
  copies_.push_back(copy);
  copies_by_start_.emplace(std::pair(copy.item.client, copy.item.clock), ref);
  return ref;
}

ItemRef IntegrationForecast::copy_of(ItemRef ref) {
  if (is_copy(ref)) return ref;
  const ItemRef copy = add_copy({replica_.items[ref], /*is_new=*/false, {ref, Clock{}}});
  copied_.set(ref, index_of(copy));
  return copy;
}

/// Cuts a copy in two and returns the right part (Replica::split).
ItemRef IntegrationForecast::cut(ItemRef ref, std::uint32_t units) {
  const ItemRef left = copy_of(ref);
  Copy part = copies_[index_of(left) - first_copy_];
  part.item.clock += units;
  part.item.length -= units;
  part.item.origin_client = part.item.client;
  part.item.origin_clock = part.item.clock - 1;
  const ItemRef right = add_copy(part);
  Item& whole = copies_[index_of(left) - first_copy_].item;
  whole.length = units;
  whole.right = right;
  return right;
}

ItemRef IntegrationForecast::clean_end(Point unit) {
  const ItemRef ref = find(unit);
  const Item& found = item(ref);
  if (found.last() == unit.clock) return ref;
  static_cast<void>(cut(ref, unit.clock - found.clock + 1));
  return current(ref);
}

ItemRef IntegrationForecast::clean_start(Point unit) {
  const ItemRef ref = find(unit);
  const Item& found = item(ref);
  return found.clock == unit.clock ? ref : cut(ref, unit.clock - found.clock);
}

void IntegrationForecast::link(const NewItem& added, const Spot& spot, ItemRef left) {
  Copy copy{{}, /*is_new=*/true, {}};
  if (left != ItemRef::None) copy.anchor = anchor_of(left, this->item(left).last());
  Item& item = copy.item;
  item.client = handle_of(added.client);
  item.clock = added.clock;
  item.length = added.length;
  item.origin_client = spot.origin.client;
  item.origin_clock = spot.origin.clock;
  item.right_origin_client = spot.right_origin.client;
  item.right_origin_clock = spot.right_origin.clock;
  item.parent = spot.parent;
  item.kind = added.kind;
  item.in_map = spot.key != NameRef::None;
  if (item.in_map) item.key = spot.key;
  if (item.kind == ContentKind::Type) {
    item.payload = PayloadRef{kFirstNew + static_cast<std::uint32_t>(new_types_.size())};
    new_types_.emplace_back(std::nullopt);
  }
  const ListKey list{spot.parent, spot.key};
  if (left != ItemRef::None) {
    left = copy_of(left);
    item.right = copies_[index_of(left) - first_copy_].item.right;
    const ItemRef ref = add_copy(copy);
    copies_[index_of(left) - first_copy_].item.right = ref;
  } else {
    item.right = first_of(list);
    head_of(list).first = add_copy(copy);
  }
  if (item.in_map) ++head_of(list).length;
}

}  // namespace plait::crdt
