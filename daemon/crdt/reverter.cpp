#include "daemon/crdt/reverter.h"

#include <algorithm>

namespace plait::crdt {

bool Reverter::revert(const UndoStep& step, std::span<const UndoStep> undo,
                      std::span<const UndoStep> redo) {
  step_ = &step;
  undo_ = undo;
  redo_ = redo;
  to_remove_.clear();
  to_copy_.clear();
  wanted_.clear();

  step.insertions.for_each([&](const DeleteRange& range) {
    for_each_struct(range, [&](ItemRef item) {
      if (replica_.items[item].redone) item = newest_copy(item);
      if (!replica_.items[item].deleted && scope_.contains(item)) {
        to_remove_.push_back(replica_.items[item].start_point());
      }
    });
  });
  step.deletions.for_each([&](const DeleteRange& range) {
    for_each_struct(range, [&](ItemRef item) {
      // What came and went within the step stays gone.
      if (!scope_.contains(item) || step.insertions.contains(replica_.id_of(item))) return;
      const Point start = replica_.items[item].start_point();
      if (wanted_.insert(start).second) to_copy_.push_back(start);
    });
  });

  bool changed = false;
  for (const Point start : to_copy_) changed = bring_back(start) || changed;
  // Backwards, so that what is inside of a type goes before the type.
  for (std::size_t i = to_remove_.size(); i-- > 0;) remove_struct(to_remove_[i]);
  return changed || !to_remove_.empty();
}

// Structs -------------------------------------------------------------------------------------

ItemRef Reverter::cut(Point at) {
  const ItemRef item = replica_.clean_start(at.client, at.clock);
  if (!replica_.items[item].is_gc()) cuts_.insert(at);
  return item;
}

ItemRef Reverter::last_of(ItemRef first, Clock limit) const {
  if (replica_.items[first].deleted) return first;
  const RunIndex& runs = replica_.clients[replica_.items[first].client].runs;
  RunIndex::Position at = runs.find(replica_.items[first].clock);
  ItemRef last = first;
  while (replica_.items[last].end() < limit && runs.advance(at)) {
    const ItemRef next = runs.at(at).item;
    if (!replica_.joinable(last, next) || cuts_.contains(replica_.items[next].start_point()))
      break;
    last = next;
  }
  return last;
}

ItemRef Reverter::last_of(ItemRef first) const {
  return last_of(first, replica_.clients[replica_.items[first].client].runs.end());
}

template <class Visit>
void Reverter::for_each_struct(const DeleteRange& range, Visit&& visit) {
  const ClientRef client = replica_.clients.find(range.client);
  Clock at = range.clock;
  while (at < range.end()) {
    const ItemRef item = at == range.clock ? cut({client, at}) : replica_.find(client, at);
    at = replica_.items[last_of(item, range.end())].end();
    if (replica_.items[item].is_gc()) continue;
    if (at >= range.end()) {
      at = range.end();
      if (at < replica_.clients[client].runs.end()) cut({client, at});
    }
    visit(item);
  }
}

void Reverter::remove_struct(Point start) {
  const ItemRef first = item_at(start);
  const Clock end = replica_.items[last_of(first)].end();
  for (Clock at = start.clock; at < end;) {
    const ItemRef item = replica_.find(start.client, at);
    at = replica_.items[item].end();
    if (!replica_.items[item].deleted) replica_.remove(item);
  }
}

// Bringing back -------------------------------------------------------------------------------

ItemRef Reverter::newest_copy(ItemRef item) {
  Id id = replica_.id_of(item);
  while (const std::optional<Id> copy = replica_.redone_as(item)) {
    id = {copy->client, copy->clock + (id.clock - replica_.items[item].clock)};
    item = replica_.find(id);
  }
  return cut(id);
}

// Brings back an item and, before it, what holds it, as far as that is to come back too.
bool Reverter::bring_back(Point start) {
  line_.assign(1, start);
  for (;;) {
    const Item& item = replica_.items[item_at(line_.back())];
    if (item.redone) break;
    const ItemRef holder = replica_.types[item.parent].item;
    if (holder == ItemRef::None || !replica_.items[holder].deleted ||
        replica_.items[holder].redone) {
      break;
    }
    if (!wanted_.contains(replica_.items[holder].start_point())) return false;
    line_.push_back(replica_.items[holder].start_point());
  }
  for (; !line_.empty(); line_.pop_back()) {
    if (!copy(line_.back())) return false;
  }
  return true;
}

bool Reverter::copy(Point start) {
  const ItemRef original = item_at(start);
  if (const std::optional<Id> done = replica_.redone_as(original)) {
    cut(*done);
    return true;
  }
  const Item& item = replica_.items[original];

  Replica::Draft draft;
  draft.parent = new_parent(item.parent);
  if (draft.parent == TypeRef::None) return false;
  ItemRef left = ItemRef::None;
  ItemRef right = ItemRef::None;
  if (item.in_map) {
    const std::optional<ItemRef> before = left_in_map(original, draft.parent);
    if (!before) return false;
    left = *before;
    draft.key = item.key;
  } else {
    left = left_in_list(original, draft.parent);
    right = right_in_list(original, draft.parent);
  }

  draft.client = replica_.clients.find_or_add(replica_.options.client);
  draft.clock = replica_.clients[draft.client].runs.end();
  draft.kind = item.kind;
  draft.content = replica_.content(original);
  draft.length = item.length;
  if (draft.clock.value() + std::uint64_t{draft.length} > kClockLimit) return false;
  if (left != ItemRef::None) draft.origin = replica_.items[left].last_point();
  if (right != ItemRef::None) draft.right_origin = replica_.items[right].start_point();

  const Point begin{draft.client, draft.clock};
  const Clock end = draft.clock + draft.length;
  replica_.set_redone(original, {replica_.options.client, draft.clock});
  replica_.integrate(draft, left, right);
  cut(begin);  // it may have become a part of what it was put behind
  replica_.log.seams.push_back({begin.client, begin.clock});
  for (Clock at = begin.clock; at < end;) {
    const ItemRef piece = replica_.find(draft.client, at);
    replica_.items[piece].keep = false;  // as may have what it became a part of
    replica_.set_keep(piece, /*keep=*/true);
    at = replica_.items[piece].end();
  }
  return true;
}

/// The type that an item of `parent` is to go into; None if there is none any more.
TypeRef Reverter::new_parent(TypeRef parent) {
  ItemRef holder = replica_.types[parent].item;
  if (holder == ItemRef::None || !replica_.items[holder].deleted) return parent;
  while (const std::optional<Id> copy = replica_.redone_as(holder)) holder = cut(*copy);
  return replica_.type_of(holder);
}

ItemRef Reverter::in_type(ItemRef item, TypeRef parent) {
  while (replica_.items[item].parent != parent) {
    const std::optional<Id> copy = replica_.redone_as(item);
    if (!copy) return ItemRef::None;
    item = cut(*copy);
  }
  return item;
}

ItemRef Reverter::left_in_list(ItemRef original, TypeRef parent) {
  ItemRef left = replica_.items[original].left;
  for (; left != ItemRef::None; left = replica_.items[left].left) {
    const ItemRef found = in_type(left, parent);
    if (found == left) return left;
    if (found != ItemRef::None) return last_of(found);
  }
  return left;
}

ItemRef Reverter::right_in_list(ItemRef original, TypeRef parent) {
  for (ItemRef right = original; right != ItemRef::None; right = replica_.items[right].right) {
    const ItemRef found = in_type(right, parent);
    if (found != ItemRef::None) return found;
  }
  return ItemRef::None;
}

std::optional<ItemRef> Reverter::left_in_map(ItemRef original, TypeRef parent) {
  const ItemRef newest = replica_.newest(replica_.types[parent], replica_.items[original].key);
  if (overwrite_ || replica_.items[original].right == ItemRef::None) return newest;
  ItemRef left = original;
  for (;;) {
    const ItemRef next = replica_.items[left].right;
    if (next == ItemRef::None) break;
    if (!may_be_replaced(next)) return std::nullopt;
    left = next;
    while (const std::optional<Id> copy = replica_.redone_as(left)) left = cut(*copy);
    if (replica_.items[left].is_gc()) return std::nullopt;
  }
  return replica_.items[left].parent == parent ? left : newest;
}

/// Whether a map's value is one that this undo, or another, takes away or has replaced.
bool Reverter::may_be_replaced(ItemRef item) const {
  if (replica_.items[item].redone) return true;
  const Id id = replica_.id_of(item);
  const auto deletes = [&](const UndoStep& step) { return step.deletions.contains(id); };
  return step_->insertions.contains(id) || std::ranges::any_of(undo_, deletes) ||
         std::ranges::any_of(redo_, deletes);
}

}  // namespace plait::crdt
