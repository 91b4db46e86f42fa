// What happens when a transaction ends: the collecting and joining half of Replica.

#include <algorithm>

#include "daemon/crdt/replica.h"
#include "protocol/base/assert.h"

namespace plait::crdt {

// Collecting ----------------------------------------------------------------------------------

template <class Visit>
void Replica::for_each_deleted(Visit&& visit) {
  for (const TransactionLog::Deletion& deletion : log.deletions) {
    const RunIndex& runs = clients[deletion.client].runs;
    RunIndex::Position at = runs.find(deletion.clock);
    do {
      const RunIndex::Entry entry = runs.at(at);
      if (entry.start >= deletion.clock + deletion.length) break;
      visit(entry);
    } while (runs.advance(at));
  }
}

void Replica::collect_deleted() {
  for_each_deleted([&](const RunIndex::Entry& entry) {
    const Item& item = items[entry.item];
    if (!item.is_gc() && item.deleted && !item.keep) collect(entry.item);
  });
  for_each_deleted([&](const RunIndex::Entry& entry) {
    const Item& item = items[entry.item];
    if (item.is_gc()) log.seams.push_back({item.client, item.clock});
  });
}

void Replica::collect(ItemRef ref) {
  Item& item = items[ref];
  if (item.kind == ContentKind::Deleted) return;
  if (item.kind == ContentKind::Type) collect_contents(TypeRef{index_of(item.payload)});
  drop_payload(item);
  item.kind = ContentKind::Deleted;
}

void Replica::collect_contents(TypeRef outermost) {
  std::vector<TypeRef> pending{outermost};
  while (!pending.empty()) {
    const TypeRef ref = pending.back();
    pending.pop_back();
    SharedType& type = types[ref];
    sequences.clear(type.sequence);
    const auto collect_chain = [&](ItemRef at, ItemRef Item::*onward) {
      while (at != ItemRef::None) {
        const ItemRef next = items[at].*onward;
        const TypeRef nested = type_of(at);
        if (nested != TypeRef::None) pending.push_back(nested);
        make_gc(at);
        at = next;
      }
    };
    collect_chain(type.first, &Item::right);
    for (const MapEntries::Entry& entry : type.entries)
      collect_chain(entry.newest, &Item::left);
    type.first = ItemRef::None;
    type.entries.clear();
    if (ref != outermost) types.release(ref);
  }
}

void Replica::make_gc(ItemRef ref) {
  Item& item = items[ref];
  if (item.redone) redone_.erase(ref);
  // A nested type is released by collect_contents, once its own contents are collected.
  if (item.kind != ContentKind::Type) drop_payload(item);
  Item collected;
  collected.client = item.client;
  collected.clock = item.clock;
  collected.length = item.length;
  collected.deleted = true;
  item = collected;
}

// Joining -------------------------------------------------------------------------------------

bool Replica::joinable(ItemRef left_ref, ItemRef right_ref) const noexcept {
  const Item& left = items[left_ref];
  const Item& right = items[right_ref];
  if (left.client != right.client || left.end() != right.clock) return false;
  if (left.is_gc() || right.is_gc()) return left.is_gc() && right.is_gc();
  return left.right == right_ref && left.kind == right.kind && left.is_run() &&
         left.deleted == right.deleted && !left.redone && !right.redone &&
         right.origin() == left.last_point() && left.right_origin() == right.right_origin();
}

// Attempts are made where Yjs makes them and nowhere else: in rare cases it leaves two
// collected ranges apart that could be one, and its encoding shows it.
void Replica::join_seams() {
  if (log.seams.size() > 1) {  // an item may be named twice, and is tried once
    std::sort(log.seams.begin(), log.seams.end());
    log.seams.erase(std::unique(log.seams.begin(), log.seams.end()), log.seams.end());
  }
  const auto join_around = [this](TransactionLog::Seam seam) {
    const RunIndex& runs = clients[seam.client].runs;
    RunIndex::Position next = runs.find(seam.clock);
    if (runs.advance(next)) try_join(seam.client, next);
    while (try_join(seam.client, runs.find(seam.clock))) {
    }
  };
  std::for_each(log.seams.begin(), log.seams.end(), join_around);
  // Each counts, even where two name one run: it may be joined with one more.
  std::for_each(log.reminders.rbegin(), log.reminders.rend(), join_around);
  log.seams.clear();
  log.reminders.clear();
}

bool Replica::try_join(ClientRef client, RunIndex::Position right_position) {
  RunIndex& runs = clients[client].runs;
  RunIndex::Position left_position = right_position;
  if (!runs.retreat(left_position)) return false;
  const ItemRef left_ref = runs.at(left_position).item;
  const ItemRef right_ref = runs.at(right_position).item;
  if (!joinable(left_ref, right_ref)) return false;
  Item& left = items[left_ref];
  Item& right = items[right_ref];
  if (!left.is_gc()) {
    if (!left.in_map) {
      SequenceIndex::Tree& tree = types[left.parent].sequence;
      if (left.visible()) {
        if (!sequences.join(tree, left_ref, right_ref)) {
          spread_keep(left_ref, right_ref);
          return false;
        }
      } else {
        sequences.erase(tree, right_ref);
      }
    }
    if (right.payload != PayloadRef::None) {
      payloads_[left.payload] += payloads_[right.payload];
      drop_payload(right);
    }
    left.right = right.right;
    if (right.right != ItemRef::None) {
      items[right.right].left = left_ref;
    } else if (right.in_map) {
      types[right.parent].entries.find_or_add(right.key).newest = left_ref;
    }
    left.keep = left.keep || right.keep;
  }
  left.length += right.length;
  runs.erase(right_position);
  items.release(right_ref);
  return true;
}

/// Two neighbours that Yjs has joined stay apart here, so they have to share what Yjs knows of
/// the whole: if one part is kept, all are.
void Replica::spread_keep(ItemRef left, ItemRef right) noexcept {
  if (items[left].keep == items[right].keep) return;
  const RunIndex& runs = clients[items[left].client].runs;
  if (items[left].keep) {
    RunIndex::Position at = runs.find(items[right].clock);
    for (ItemRef kept = left; joinable(kept, right) && !items[right].keep;) {
      items[right].keep = true;
      kept = right;
      if (!runs.advance(at)) break;
      right = runs.at(at).item;
    }
  } else {
    RunIndex::Position at = runs.find(items[left].clock);
    for (ItemRef kept = right; joinable(left, kept) && !items[left].keep;) {
      items[left].keep = true;
      kept = left;
      if (!runs.retreat(at)) break;
      left = runs.at(at).item;
    }
  }
}

}  // namespace plait::crdt
