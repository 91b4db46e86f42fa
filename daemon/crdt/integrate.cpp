// Where an item goes among concurrent ones: the integration half of Replica.

#include <algorithm>

#include "daemon/crdt/content_slice.h"
#include "daemon/crdt/replica.h"
#include "protocol/base/assert.h"
#include "protocol/base/bytes.h"

namespace plait::crdt {
namespace {

/// How much of a run's content goes into one item, so that an entry of the index stays short.
std::uint32_t piece_units(ContentKind kind, std::string_view content, std::uint32_t length) {
  if (kind == ContentKind::String) {
    if (content.size() <= SequenceIndex::kMaxEntryBytes) return length;
    std::size_t bytes = SequenceIndex::kMaxEntryBytes;
    while ((static_cast<unsigned char>(content[bytes]) & 0xC0) == 0x80) --bytes;
    return extent_of(content.substr(0, bytes)).units;
  }
  if (kind == ContentKind::Any || kind == ContentKind::Json) {
    return std::min(length, SequenceIndex::kMaxEntryUnits);
  }
  return length;
}

/// The extent of text whose length is known: text with as many bytes as units is ASCII.
Extent extent_of_run(std::string_view text, std::uint32_t units) noexcept {
  if (text.size() != units) return extent_of(text);
  std::uint32_t newlines = 0;
  for (const char c : text) newlines += c == '\n' ? 1U : 0U;
  return {units, units, units, newlines, 1};
}

}  // namespace

// Walks over what others put at the same place. An item goes behind those whose origin is its
// own and whose client is lower, and behind everything that hangs on what it goes behind; it
// stops before what hangs on something to the left of its origin. See docs/crdt.md.
ItemRef Replica::resolve_conflicts(const Draft& draft, ItemRef left, ItemRef right) {
  const SharedType& type = types[draft.parent];
  ItemRef other = ItemRef::None;
  if (left != ItemRef::None) {
    other = items[left].right;
  } else if (draft.key != NameRef::None) {
    const MapEntries::Entry* entry = type.entries.find(draft.key);
    if (entry != nullptr) other = entry->oldest;
  } else {
    other = type.first;
  }
  if (other == right || other == ItemRef::None) return left;

  // Scanned items carry this scan's number and their place in it. What was scanned before
  // `settled` is to the left of the new item for good, and so is all that was passed over.
  const bool indexed = draft.key == NameRef::None && !loading_;
  const ItemRef first = other;
  ItemRef passed = ItemRef::None;
  const auto was_passed = [&](ItemRef item) {
    if (passed == ItemRef::None || items[item].in_map || items[item].parent != draft.parent) {
      return false;
    }
    const std::uint64_t key = sequences.order_key(item);
    return sequences.order_key(first) <= key && key <= sequences.order_key(passed);
  };
  const std::uint64_t scan = ++scans_ << 32;
  std::uint64_t place = 0;
  std::uint64_t settled = 0;
  scan_marks_.resize(items.bound());
  while (other != ItemRef::None && other != right) {
    const Item& o = items[other];
    scan_marks_[index_of(other)] = scan | place;
    if (o.origin() == draft.origin) {
      if (clients.id_of(o.client) < clients.id_of(draft.client)) {
        if (indexed) {
          const ItemRef end = sequences.end_of_siblings(other, right);
          if (end != other) other = passed = end;
        }
        left = other;
        settled = place + 1;
      } else if (o.right_origin() == draft.right_origin) {
        break;
      }
    } else if (o.origin_client != ClientRef::None) {
      const ItemRef origin = find(o.origin_client, o.origin_clock);
      const std::uint64_t mark = scan_marks_[index_of(origin)];
      const bool scanned = mark >> 32 == scan >> 32;
      if (!scanned && !was_passed(origin)) break;
      if (!scanned || (mark & UINT32_MAX) < settled) {
        left = other;
        settled = place + 1;
      }
    } else {
      break;
    }
    ++place;
    other = items[other].right;
  }
  return left;
}

void Replica::link(ItemRef ref, ItemRef left, SharedType& type) {
  Item& item = items[ref];
  item.left = left;
  if (left != ItemRef::None) {
    item.right = items[left].right;
    items[left].right = ref;
  } else if (item.in_map) {
    ItemRef& oldest = type.entries.find_or_add(item.key).oldest;
    item.right = oldest;
    oldest = ref;
  } else {
    item.right = type.first;
    type.first = ref;
  }
  if (item.right != ItemRef::None) items[item.right].left = ref;
}

bool Replica::try_append(const Draft& draft, ItemRef left) {
  if (draft.kind != ContentKind::String || left == ItemRef::None || loading_) return false;
  Item& item = items[left];
  if (item.client != draft.client || item.end() != draft.clock || item.deleted ||
      item.kind != ContentKind::String || item.redone || item.in_map ||
      draft.origin != item.last_point() || draft.right_origin != item.right_origin()) {
    return false;
  }
  Extent size = extent_of(draft.content);
  size.live = 0;  // the item is counted already
  return append_text(left, draft.content, size);
}

bool Replica::append_text(ItemRef left, std::string_view text, const Extent& size) {
  if (text.size() > SequenceIndex::kMaxEntryBytes) return false;
  Item& item = items[left];
  if (!sequences.try_extend(types[item.parent].sequence, left, text, size)) return false;
  note_new(item.client, item.end());
  item.length += size.units;
  clients[item.client].runs.extend_last(size.units);
  note_changed(item.parent);
  return true;
}

ItemRef Replica::place(const Draft& draft, ItemRef left) {
  SharedType& type = types[draft.parent];
  const ItemRef ref = items.allocate();
  Item& item = items[ref];
  item.client = draft.client;
  item.clock = draft.clock;
  item.length = draft.length;
  item.parent = draft.parent;
  item.kind = draft.kind;
  item.in_map = draft.key != NameRef::None;
  if (item.in_map) item.key = draft.key;
  item.origin_client = draft.origin.client;
  item.origin_clock = draft.origin.clock;
  item.right_origin_client = draft.right_origin.client;
  item.right_origin_clock = draft.right_origin.clock;
  link(ref, left, type);
  note_new(draft.client, draft.clock);
  clients[draft.client].runs.append(ref, draft.length);

  Extent extent;
  extent.live = 1;
  std::string_view text;
  switch (draft.kind) {
    case ContentKind::String:
      if (loading_ && !item.in_map) {
        item.unindexed = true;
        item.payload = PayloadRef{static_cast<std::uint32_t>(loading_text_.size())};
        loading_text_.push_back(draft.content);
      } else if (item.in_map) {
        set_payload(item, draft.content);
      } else {
        text = draft.content;
        extent = extent_of(text);
      }
      break;
    case ContentKind::Deleted:
      item.deleted = true;
      extent = Extent{};
      log.deletions.add({item.client, item.clock, item.length});
      break;
    case ContentKind::Type: {
      const TypeRef held = types.allocate();
      ByteReader reader(draft.content);
      types[held].item = ref;
      types[held].kind = static_cast<TypeKind>(reader.varuint());
      types[held].wire = draft.content;
      item.payload = PayloadRef{index_of(held)};
      extent.units = 1;
      break;
    }
    case ContentKind::Format:
      type.has_formats = type.knows_formats = true;
      set_payload(item, draft.content);
      break;
    case ContentKind::Json:
    case ContentKind::Binary:
    case ContentKind::Embed:
    case ContentKind::Any:
    case ContentKind::Doc:
      extent.units = draft.length;
      set_payload(item, draft.content);
      break;
    case ContentKind::Gc:
    case ContentKind::Skip: PLAIT_ASSERT(false, "only items to be placed");
  }
  if (!item.in_map && !loading_) {
    sequences.insert_after(type.sequence, left, ref, text, extent);
  }
  // Text that could have been joined with its neighbour was appended to it, unless that is
  // long; then it is to be kept together with it.
  const bool may_join = left != ItemRef::None && items[left].client == draft.client &&
                        items[left].end() == draft.clock &&
                        (draft.kind != ContentKind::String || items[left].keep);
  if (may_join && !loading_) log.seams.push_back({item.client, item.clock});
  note_changed(draft.parent);
  return ref;
}

ItemRef Replica::integrate(const Draft& draft, ItemRef left, ItemRef right) {
  const bool left_is_free =
      left == ItemRef::None && (right == ItemRef::None || items[right].left != ItemRef::None);
  if (left_is_free || (left != ItemRef::None && items[left].right != right)) {
    left = resolve_conflicts(draft, left, right);
  }
  if (try_append(draft, left)) return left;

  ItemRef first = ItemRef::None;
  Draft piece = draft;
  std::string_view rest = draft.content;
  std::uint32_t units_left = draft.length;
  while (units_left > 0) {
    piece.length = loading_ || draft.key != NameRef::None
                       ? units_left
                       : piece_units(draft.kind, rest, units_left);
    const std::size_t bytes = piece.length == units_left
                                  ? rest.size()
                                  : cut_content(draft.kind, rest, piece.length).at;
    piece.content = rest.substr(0, bytes);
    left = place(piece, left);
    if (first == ItemRef::None) first = left;
    rest.remove_prefix(bytes);
    units_left -= piece.length;
    piece.clock += piece.length;
    piece.origin = {draft.client, piece.clock - 1};
  }

  const Item& last = items[left];
  if (last.in_map && last.right == ItemRef::None) {
    types[last.parent].entries.find_or_add(last.key).newest = left;
    if (last.left != ItemRef::None) remove(last.left);
  }
  if (is_deleted(types[draft.parent]) || (last.in_map && last.right != ItemRef::None)) {
    for (ItemRef at = left;; at = items[at].left) {
      remove(at);
      if (at == first) break;
    }
  }
  return first;
}

void Replica::integrate_gc(ClientRef client, Clock clock, std::uint32_t length) {
  note_new(client, clock);
  RunIndex& runs = clients[client].runs;
  if (!runs.empty()) {
    Item& last = items[runs.at(runs.last()).item];
    if (last.is_gc()) {
      last.length += length;
      runs.extend_last(length);
      return;
    }
  }
  const ItemRef ref = items.allocate();
  Item& item = items[ref];
  item.client = client;
  item.clock = clock;
  item.length = length;
  item.deleted = true;
  runs.append(ref, length);
  log.seams.push_back(
      {client, clock});  // what is before it may be collected in this transaction
}

ItemRef Replica::insert_own(TypeRef parent, NameRef key, ItemRef left, ItemRef right,
                            ContentKind kind, std::string_view content, std::uint32_t length) {
  Draft draft;
  draft.client = own_client_ = clients.find_or_add(options.client);
  draft.clock = clients[draft.client].runs.end();
  if (left != ItemRef::None) draft.origin = items[left].last_point();
  if (right != ItemRef::None) draft.right_origin = items[right].start_point();
  draft.parent = parent;
  draft.key = key;
  draft.kind = kind;
  draft.content = content;
  draft.length = length;
  return integrate(draft, left, right);
}

void Replica::insert_own_text(TypeRef parent, ItemRef left, ItemRef right,
                              std::string_view text, const Extent& size) {
  if (left != ItemRef::None) {
    const Item& item = items[left];
    const bool same_right =
        item.right_origin() == (right == ItemRef::None ? Point{} : items[right].start_point());
    if (same_right && item.kind == ContentKind::String && !item.deleted && !item.redone &&
        item.client == own_client_ && item.end() == clients[own_client_].runs.end() &&
        append_text(left, text, size)) {
      return;
    }
  }
  insert_own(parent, NameRef::None, left, right, ContentKind::String, text, size.units);
}

// Loading -------------------------------------------------------------------------------------

void Replica::end_loading() {
  for (std::uint32_t i = 1; i < types.bound(); ++i) {
    SharedType& type = types[TypeRef{i}];
    if (type.first != ItemRef::None) index_list(type);
  }
  loading_ = false;
  loading_text_.clear();
  loading_text_.shrink_to_fit();
  loading_torn_.clear();
}

void Replica::index_list(SharedType& type) {
  SequenceIndex::Builder builder(sequences, type.sequence);
  ItemRef previous = ItemRef::None;
  for (ItemRef ref = type.first; ref != ItemRef::None; ref = items[previous].right) {
    Item& item = items[ref];
    if (previous != ItemRef::None && joinable(previous, ref) &&
        absorb_loaded(builder, previous)) {
      continue;
    }
    previous = ref;
    if (item.deleted) {
      if (item.unindexed) {
        const std::string_view text = loading_text_[index_of(item.payload)];
        item.unindexed = false;
        set_payload(item, text);
      }
      builder.add(ref, {}, Extent{});
      continue;
    }
    const std::string_view whole = content(ref);
    const std::uint32_t units = piece_units(item.kind, whole, item.length);
    if (units < item.length) split(ref, units);
    if (item.unindexed) {
      const std::string_view text = loading_text_[index_of(item.payload)];
      builder.add(ref, text, extent_of_run(text, item.length));
      item.unindexed = false;
      item.payload = PayloadRef::None;
    } else {
      Extent extent;
      extent.units = item.countable() ? item.length : 0;
      extent.live = 1;
      builder.add(ref, {}, extent);
    }
  }
  builder.finish();
}

/// Joins an item with its right neighbour while the list is being indexed: an update may hold
/// one struct for each keystroke.
bool Replica::absorb_loaded(SequenceIndex::Builder& builder, ItemRef left_ref) {
  Item& left = items[left_ref];
  const ItemRef right_ref = left.right;
  Item& right = items[right_ref];
  if (right.unindexed) {
    const std::string_view text = loading_text_[index_of(right.payload)];
    if (right.deleted || !builder.extend_last(text, extent_of_run(text, right.length)))
      return false;
  } else if (right.kind != ContentKind::Deleted) {
    return false;
  }
  RunIndex& runs = clients[right.client].runs;
  runs.erase(runs.find(right.clock));
  left.length += right.length;
  left.right = right.right;
  if (left.right != ItemRef::None) items[left.right].left = left_ref;
  items.release(right_ref);
  return true;
}

// Checking ------------------------------------------------------------------------------------

void Replica::check_invariants() const {
  std::uint32_t counted = 0;
  clients.for_each([&](ClientRef client, const ClientTable::Client& c) {
    c.runs.check_invariants();
    Clock next;
    RunIndex::Position at = c.runs.first();
    do {
      const RunIndex::Entry entry = c.runs.at(at);
      const Item& item = items[entry.item];
      PLAIT_ASSERT(entry.start == next, "a client's items to follow each other without gaps");
      PLAIT_ASSERT(item.client == client && item.clock == next && item.length > 0,
                   "an item to be where its client's index says");
      PLAIT_ASSERT(!item.unindexed, "loading to be over");
      next = item.end();
      ++counted;
      if (item.is_gc()) continue;
      if (item.right != ItemRef::None) {
        PLAIT_ASSERT(items[item.right].left == entry.item, "neighbours to know each other");
        PLAIT_ASSERT(items[item.right].parent == item.parent, "a list to belong to one type");
      }
      const SharedType& type = types[item.parent];
      if (item.in_map) {
        const MapEntries::Entry* chain = type.entries.find(item.key);
        PLAIT_ASSERT(chain != nullptr, "a value's key to be in its map");
        PLAIT_ASSERT(item.right != ItemRef::None || chain->newest == entry.item,
                     "the end of a map's chain to be the newest value");
        PLAIT_ASSERT(item.left != ItemRef::None || chain->oldest == entry.item,
                     "the start of a map's chain to be the oldest value");
      } else {
        PLAIT_ASSERT(item.left != ItemRef::None || type.first == entry.item,
                     "the start of a list to be its first item");
      }
      const TypeRef held = type_of(entry.item);
      PLAIT_ASSERT(held == TypeRef::None || types[held].item == entry.item,
                   "a nested type to know what holds it");
    } while (c.runs.advance(at));
    PLAIT_ASSERT(next == c.runs.end(), "a client's index to end with its last item");
  });
  PLAIT_ASSERT(counted == items.in_use(), "every item to be in its client's index");
  for (std::uint32_t i = 1; i < types.bound(); ++i) {
    const SharedType& type = types[TypeRef{i}];
    if (type.item == ItemRef::None && type.name == NameRef::None) continue;  // released
    sequences.check_invariants(type.sequence);
    PLAIT_ASSERT(sequences.front(type.sequence) == type.first,
                 "the index to start with the list");
    std::uint64_t previous_key = 0;
    ItemRef previous = ItemRef::None;
    for (ItemRef at = type.first; at != ItemRef::None; at = items[at].right) {
      const std::uint64_t key = sequences.order_key(at);
      PLAIT_ASSERT(previous == ItemRef::None || key > previous_key, "the index in list order");
      PLAIT_ASSERT(items[at].left == previous, "the list to be chained both ways");
      previous_key = key;
      previous = at;
    }
    PLAIT_ASSERT(sequences.back(type.sequence) == previous, "the index to end with the list");
  }
}

}  // namespace plait::crdt
