#include "daemon/crdt/replica.h"

#include <algorithm>

#include "daemon/crdt/content_slice.h"
#include "protocol/base/assert.h"
#include "protocol/base/bytes.h"

namespace plait::crdt {

Replica::Replica(Options chosen) : options(chosen) { names_.emplace_back(); }

// Names and types -----------------------------------------------------------------------------

NameRef Replica::intern(std::string_view name) {
  const auto known = name_refs_.find(name);
  if (known != name_refs_.end()) return known->second;
  const NameRef added{static_cast<std::uint32_t>(names_.size())};
  name_refs_.emplace(names_.emplace_back(name), added);
  return added;
}

TypeRef Replica::find_root(std::string_view name) const noexcept {
  const NameRef known = find_name(name);
  if (known == NameRef::None) return TypeRef::None;
  const std::uint64_t* root = roots_by_name_.find(known);
  return root == nullptr ? TypeRef::None : TypeRef{static_cast<std::uint32_t>(*root)};
}

TypeRef Replica::root(std::string_view name) {
  const TypeRef known = find_root(name);
  if (known != TypeRef::None) return known;
  const TypeRef added = types.allocate();
  types[added].name = intern(name);
  roots.push_back(added);
  roots_by_name_.set(types[added].name, index_of(added));
  return added;
}

ItemRef Replica::newest(const SharedType& type, NameRef key) const noexcept {
  const MapEntries::Entry* entry = type.entries.find(key);
  return entry == nullptr ? ItemRef::None : entry->newest;
}

TypeRef Replica::type_of(ItemRef item) const noexcept {
  const Item& holder = items[item];
  return holder.kind == ContentKind::Type ? TypeRef{index_of(holder.payload)} : TypeRef::None;
}

// Content -------------------------------------------------------------------------------------

std::string_view Replica::content(ItemRef ref) const noexcept {
  const Item& item = items[ref];
  switch (item.kind) {
    case ContentKind::Gc:
    case ContentKind::Skip:
    case ContentKind::Deleted: return {};
    case ContentKind::Type: return types[TypeRef{index_of(item.payload)}].wire;
    case ContentKind::String:
      if (item.unindexed) return loading_text_[index_of(item.payload)];
      if (!item.deleted && !item.in_map) return sequences.text(ref);
      break;
    case ContentKind::Json:
    case ContentKind::Binary:
    case ContentKind::Embed:
    case ContentKind::Format:
    case ContentKind::Any:
    case ContentKind::Doc: break;
  }
  return payloads_[item.payload];
}

void Replica::set_payload(Item& item, std::string_view content) {
  const PayloadRef ref = payloads_.allocate();
  payloads_[ref] = content;
  item.payload = ref;
}

void Replica::drop_payload(Item& item) {
  if (item.payload == PayloadRef::None) return;
  if (item.kind == ContentKind::Type) {
    types.release(TypeRef{index_of(item.payload)});
  } else if (!item.unindexed) {
    payloads_.release(item.payload);
  }
  item.payload = PayloadRef::None;
}

// Transactions --------------------------------------------------------------------------------

void Replica::begin(bool local) {
  log.transaction = ++transaction_;
  log.local = local;
  log.changed_clients.clear();
  log.deletions.clear();
  log.losses.clear();
  log.changed_types.clear();
  log.torn.clear();
  log.kept_content = false;
}

void Replica::note_new(ClientRef client, Clock clock) {
  ClientTable::Client& c = clients[client];
  if (c.changed_in == transaction_) return;
  c.changed_in = transaction_;
  c.before_change = clock;
  if (clock == Clock{}) clients.note_arrival(client);
  log.changed_clients.add(client);
}

void Replica::note_deletion(ClientRef client, Clock clock, std::uint32_t length,
                            const SequenceIndex::Hidden& hidden) {
  const TransactionLog::Deletion deletion{client, clock, length};
  log.deletions.add(deletion);
  if (hidden.extent.units != 0) log.losses.add({deletion, hidden});
}

void Replica::note_changed(TypeRef ref) {
  SharedType& type = types[ref];
  if (type.changed_in == transaction_) return;
  // A type that is new or gone is part of its parent's change.
  if (type.item != ItemRef::None) {
    const Item& holder = items[type.item];
    if (holder.deleted || holder.clock >= before_clock(holder.client)) return;
  }
  type.changed_in = transaction_;
  log.changed_types.add(ref);
}

// Cutting -------------------------------------------------------------------------------------

ItemRef Replica::clean_start(ClientRef client, Clock clock) {
  const ItemRef item = find(client, clock);
  const Item& found = items[item];
  if (found.clock == clock || found.is_gc()) return item;
  return split(item, clock - found.clock);
}

ItemRef Replica::clean_end(ClientRef client, Clock clock) {
  const ItemRef item = find(client, clock);
  const Item& found = items[item];
  if (found.last() != clock && !found.is_gc()) split(item, clock - found.clock + 1);
  return item;
}

void Replica::split_content(Item& left_item, Item& right_item, ItemRef left, ItemRef right) {
  const std::uint32_t units = left_item.length;
  if (left_item.unindexed) {
    const std::string_view text = loading_text_[index_of(left_item.payload)];
    const ContentCut cut = cut_content(ContentKind::String, text, units);
    right_item.unindexed = true;
    right_item.payload = PayloadRef{static_cast<std::uint32_t>(loading_text_.size())};
    if (cut.inside_pair) {
      loading_text_.push_back(loading_torn_.emplace_back(torn_right(text, cut.at)));
      loading_text_[index_of(left_item.payload)] =
          loading_torn_.emplace_back(torn_left(text, cut.at));
    } else {
      loading_text_.push_back(text.substr(cut.at));
      loading_text_[index_of(left_item.payload)] = text.substr(0, cut.at);
    }
  } else if (left_item.payload != PayloadRef::None) {
    std::string& kept = payloads_[left_item.payload];
    const ContentCut cut = cut_content(left_item.kind, kept, units);
    if (cut.inside_pair) {
      set_payload(right_item, torn_right(kept, cut.at));
      kept = torn_left(kept, cut.at);
    } else {
      const std::string_view whole = kept;
      set_payload(right_item, whole.substr(cut.at));
      kept.resize(cut.at);
    }
  }
  if (!left_item.in_map && !loading_) {
    const bool torn = sequences.split(types[left_item.parent].sequence, left, right, units);
    if (torn) log.torn.push_back({left_item.client, left_item.last()});
  }
}

ItemRef Replica::split(ItemRef left, std::uint32_t units, Cut cut) {
  const ItemRef right = items.allocate();
  Item& left_item = items[left];
  Item& right_item = items[right];
  PLAIT_ASSERT(units > 0 && units < left_item.length, "a cut inside of the item");
  right_item = left_item;
  right_item.payload = PayloadRef::None;
  right_item.unindexed = false;
  right_item.clock = left_item.clock + units;
  right_item.length = left_item.length - units;
  right_item.origin_client = left_item.client;
  right_item.origin_clock = right_item.clock - 1;
  right_item.left = left;
  RunIndex& runs = clients[left_item.client].runs;
  runs.insert_after(runs.find(left_item.clock), {right_item.clock, right});
  left_item.right = right;
  left_item.length = units;
  if (right_item.right != ItemRef::None) {
    items[right_item.right].left = right;
  } else if (right_item.in_map) {
    types[right_item.parent].entries.find_or_add(right_item.key).newest = right;
  }
  if (left_item.redone) {
    const Id copy = redone_.at(left);
    redone_.emplace(right, Id{copy.client, copy.clock + units});
  }
  split_content(left_item, right_item, left, right);
  if (cut == Cut::MayHeal) log.seams.push_back({right_item.client, right_item.clock});
  return right;
}

// Deleting ------------------------------------------------------------------------------------

void Replica::remove(ItemRef item) {
  if (items[item].deleted) return;
  std::vector<ItemRef> pending;
  remove_one(item, pending);
  std::reverse(pending.begin(), pending.end());
  while (!pending.empty()) {
    const ItemRef next = pending.back();
    pending.pop_back();
    const auto others = static_cast<std::ptrdiff_t>(pending.size());
    remove_one(next, pending);
    // In the order of the document: undo depends on what was deleted first.
    std::reverse(pending.begin() + others, pending.end());
  }
}

void Replica::remove_one(ItemRef ref, std::vector<ItemRef>& children) {
  Item& item = items[ref];
  const Clock before = before_clock(item.client);
  if (item.deleted) {
    if (item.clock < before) log.reminders.push_back({item.client, item.clock});
    return;
  }
  if (item.clock < before && before < item.end()) {
    // What this transaction appended never was in anybody's text: log it apart from what was.
    children.push_back(split(ref, before - item.clock));
  }
  SharedType& type = types[item.parent];
  const bool keep = keeps_content(type) || item.keep;
  SequenceIndex::Hidden hidden;
  if (!item.in_map && !loading_) {
    const bool is_text = item.kind == ContentKind::String;
    if (is_text && keep) {
      const PayloadRef kept = payloads_.allocate();
      hidden = sequences.hide(type.sequence, ref, &payloads_[kept]);
      item.payload = kept;
    } else {
      hidden = sequences.hide(type.sequence, ref, /*kept=*/nullptr);
    }
  }
  item.deleted = true;
  if (item.kind == ContentKind::Type) {
    log.kept_content = true;
    const SharedType& held = types[TypeRef{index_of(item.payload)}];
    for (ItemRef child = held.first; child != ItemRef::None; child = items[child].right) {
      children.push_back(child);
    }
    for (const MapEntries::Entry& entry : held.entries) children.push_back(entry.newest);
  } else if (keep) {
    log.kept_content = true;
  } else {
    drop_payload(item);
    item.kind = ContentKind::Deleted;
    item.unindexed = false;
  }
  note_deletion(item.client, item.clock, item.length, hidden);
  // Content that is kept for now may become joinable when it is collected.
  if (keep || item.kind == ContentKind::Type || item.in_map || loading_ ||
      (item.left != ItemRef::None && joinable(item.left, ref)) ||
      (item.right != ItemRef::None && joinable(ref, item.right))) {
    log.seams.push_back({item.client, item.clock});
  }
  note_changed(item.parent);
}

bool Replica::can_move_border(const Item& item) const noexcept {
  return item.kind == ContentKind::String && !item.keep && !item.redone && !item.in_map &&
         !loading_ && !keeps_content(types[item.parent]) &&
         before_clock(item.client) >= item.end();
}

bool Replica::try_remove_tail(ItemRef ref, std::uint32_t units) {
  Item& item = items[ref];
  if (item.right == ItemRef::None || !can_move_border(item)) return false;
  Item& gone = items[item.right];
  if (gone.kind != ContentKind::Deleted || gone.client != item.client ||
      gone.clock != item.end() || gone.redone || gone.origin() != item.last_point() ||
      gone.right_origin() != item.right_origin()) {
    return false;
  }
  SequenceIndex::Tree& tree = types[item.parent].sequence;
  const auto hidden = sequences.try_cut_tail(tree, ref, units);
  if (!hidden) return false;
  RunIndex& runs = clients[item.client].runs;
  const RunIndex::Position border = runs.find(gone.clock);
  item.length -= units;
  gone.length += units;
  gone.clock -= units;
  gone.origin_clock -= units;
  sequences.origin_changed(item.right);
  runs.set_start(border, gone.clock);
  note_deletion(item.client, gone.clock, units, *hidden);
  note_changed(item.parent);
  return true;
}

bool Replica::try_remove_head(ItemRef ref, std::uint32_t units) {
  Item& item = items[ref];
  if (item.left == ItemRef::None || !can_move_border(item)) return false;
  Item& gone = items[item.left];
  if (gone.kind != ContentKind::Deleted || gone.client != item.client ||
      gone.end() != item.clock || gone.redone || item.origin() != gone.last_point() ||
      gone.right_origin() != item.right_origin()) {
    return false;
  }
  SequenceIndex::Tree& tree = types[item.parent].sequence;
  RunIndex& runs = clients[item.client].runs;
  const Point first = item.start_point();
  if (units < item.length) {
    const auto hidden = sequences.try_cut_head(tree, ref, units);
    if (!hidden) return false;
    note_deletion(first.client, first.clock, units, *hidden);
    const RunIndex::Position border = runs.find(item.clock);
    item.length -= units;
    item.clock += units;
    item.origin_clock += units;
    sequences.origin_changed(ref);
    runs.set_start(border, item.clock);
  } else {
    const auto hidden = sequences.hide(tree, ref, /*kept=*/nullptr);
    note_deletion(first.client, first.clock, units, hidden);
    sequences.erase(tree, ref);
    gone.right = item.right;
    if (item.right != ItemRef::None) {
      items[item.right].left = item.left;
      if (items[item.right].deleted) log.seams.push_back({item.client, item.clock});
    }
    runs.erase(runs.find(item.clock));
    items.release(ref);
  }
  gone.length += units;
  note_changed(gone.parent);
  return true;
}

// Undo's marks --------------------------------------------------------------------------------

void Replica::set_keep(ItemRef ref, bool keep) noexcept {
  while (ref != ItemRef::None && items[ref].keep != keep) {
    items[ref].keep = keep;
    ref = types[items[ref].parent].item;
  }
}

std::optional<Id> Replica::redone_as(ItemRef item) const noexcept {
  if (!items[item].redone) return std::nullopt;
  return redone_.at(item);
}

void Replica::set_redone(ItemRef item, Id id) {
  redone_[item] = id;
  items[item].redone = true;
}

}  // namespace plait::crdt
