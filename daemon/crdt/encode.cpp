#include "daemon/crdt/encode.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "daemon/crdt/struct_writer.h"

namespace plait::crdt {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();
/// For one more piece of a text, and for what precedes all of it.
constexpr std::size_t kJoinRoom = std::size_t{2} * SequenceIndex::kMaxEntryBytes;

/// Writes items as structs, joining those that Yjs would have joined.
class StructEncoder {
 public:
  /// Stops before it would write more than `max_bytes`, but not before the first item.
  StructEncoder(const Replica& replica, ByteWriter& out,
                std::size_t max_bytes = kNoLimit) noexcept
      : replica_(replica), out_(out), max_bytes_(max_bytes) {}

  /// Finds the text of all items in one sweep, which pays if most of them are to be written.
  void prepare_for_all() {
    texts_.assign(replica_.items.bound(), {});
    for (std::uint32_t i = 1; i < replica_.types.bound(); ++i) {
      replica_.sequences.for_each_text(
          replica_.types[TypeRef{i}].sequence,
          [&](ItemRef item, std::string_view text) { texts_[index_of(item)] = text; });
    }
  }

  /// One client's structs from `from` on, which must be below its end. Returns where it
  /// stopped, which is `from` if there was no room for any of it.
  Clock client(ClientRef ref, Clock from) {
    const ClientTable::Client& client = replica_.clients[ref];
    if (!has_room_for(client.runs.at(client.runs.find(from)).item)) return from;
    const std::size_t start = out_.size();
    out_.put_varuint(number(client.id));
    out_.put_varuint(from.value());
    RunIndex::Position at = client.runs.find(from);
    std::uint32_t structs = 0;
    bool more = true;
    do {
      more = group(client, at, from);
      ++structs;
    } while (more && has_room_for(client.runs.at(at).item));
    out_.insert_varuint(start, structs);
    return more ? replica_.items[client.runs.at(at).item].clock : client.runs.end();
  }

 private:
  /// With what precedes its content, and the numbers in front of a client's structs.
  [[nodiscard]] bool has_room_for(ItemRef item) const noexcept {
    if (max_bytes_ == kNoLimit || out_.size() == 0) return true;
    StructToWrite s;
    const Item& stored = replica_.items[item];
    if (!stored.is_gc()) describe(stored, s);
    return out_.size() + item_head_room(s) + 3 * kMaxVarUintSize + content(item).size() <=
           max_bytes_;
  }

  /// Writes the struct that starts at `at`, and moves on behind it; false at the end.
  bool group(const ClientTable::Client& client, RunIndex::Position& at, Clock from) {
    const ItemRef first_ref = client.runs.at(at).item;
    const Item& first = replica_.items[first_ref];
    StructToWrite s;
    s.kind = first.kind;
    s.id = {client.id, first.clock};
    s.length = first.length;
    s.content = content(first_ref);
    ItemRef last = first_ref;
    bool more = client.runs.advance(at);
    while (more) {
      const ItemRef next = client.runs.at(at).item;
      if (first.is_gc() || !replica_.joinable(last, next)) break;
      if (last == first_ref) joined_ = s.content;
      if (max_bytes_ != kNoLimit && out_.size() + joined_.size() + kJoinRoom > max_bytes_)
        break;
      joined_ += content(next);
      s.length += replica_.items[next].length;
      last = next;
      more = client.runs.advance(at);
    }
    if (last != first_ref) s.content = joined_;
    if (!first.is_gc()) describe(first, s);
    write_struct(out_, s, from > first.clock ? from - first.clock : 0);
    return more;
  }

  [[nodiscard]] std::string_view content(ItemRef item) const noexcept {
    if (!texts_.empty() && !texts_[index_of(item)].empty()) return texts_[index_of(item)];
    return replica_.content(item);
  }

  void describe(const Item& item, StructToWrite& s) const {
    if (item.origin_client != ClientRef::None) {
      s.origin = Id{replica_.clients.id_of(item.origin_client), item.origin_clock};
    }
    if (item.right_origin_client != ClientRef::None) {
      s.right_origin =
          Id{replica_.clients.id_of(item.right_origin_client), item.right_origin_clock};
    }
    s.has_key = item.in_map;
    if (s.origin || s.right_origin) return;
    const SharedType& type = replica_.types[item.parent];
    if (type.item == ItemRef::None) {
      s.root = replica_.name(type.name);
    } else {
      s.parent = replica_.id_of(type.item);
    }
    if (item.in_map) s.key = replica_.name(item.key);
  }

  const Replica& replica_;
  ByteWriter& out_;
  std::size_t max_bytes_;
  std::vector<std::string_view> texts_;  // by item; empty: not looked for
  std::string joined_;                   // the content of a struct that is several items here
};

struct Start {
  ClientRef client{};
  Clock from;
};

void put_structs(const Replica& replica, const std::vector<Start>& starts, bool whole,
                 ByteWriter& out) {
  out.put_varuint(starts.size());
  StructEncoder encoder(replica, out);
  if (whole) encoder.prepare_for_all();
  for (const Start start : starts) encoder.client(start.client, start.from);
}

/// All deletions, straight from the items: collecting them in a set first would cost more than
/// everything else.
void put_all_deletes(const Replica& replica, const std::vector<ClientRef>& order,
                     ByteWriter& out) {
  const std::size_t start = out.size();
  std::uint32_t sections = 0;
  for (const ClientRef ref : order) {
    const ClientTable::Client& client = replica.clients[ref];
    const std::size_t section = out.size();
    std::uint32_t ranges = 0;
    std::uint32_t deleted = 0;
    const auto flush = [&](Clock end) {
      if (deleted == 0) return;
      out.put_varuint((end - deleted).value());
      out.put_varuint(deleted);
      deleted = 0;
      ++ranges;
    };
    RunIndex::Position at = client.runs.first();
    do {
      const Item& item = replica.items[client.runs.at(at).item];
      if (item.deleted) {
        deleted += item.length;
      } else {
        flush(item.clock);
      }
    } while (client.runs.advance(at));
    flush(client.runs.end());
    if (ranges == 0) continue;
    out.insert_varuint(section, ranges);
    out.insert_varuint(section, number(client.id));
    ++sections;
  }
  out.insert_varuint(start, sections);
}

}  // namespace

void encode_state(const Replica& replica, const StateVector& known, ByteWriter& out) {
  const std::vector<ClientRef> order = replica.clients.by_descending_id();
  std::vector<Start> starts;
  starts.reserve(order.size());
  for (const ClientRef ref : order) {
    const ClientTable::Client& client = replica.clients[ref];
    const Clock from = known.get(client.id);
    if (from < client.runs.end()) starts.push_back({ref, from});
  }
  put_structs(replica, starts, /*whole=*/known.empty(), out);
  put_all_deletes(replica, order, out);
}

bool encode_part(const Replica& replica, StateVector& known, std::size_t max_bytes,
                 ByteWriter& out) {
  const std::vector<ClientRef> order = replica.clients.by_descending_id();
  std::vector<StateVector::Entry> reached(known.entries().begin(), known.entries().end());
  ByteWriter structs;
  StructEncoder encoder(replica, structs, max_bytes);
  std::uint32_t sections = 0;
  bool all = true;
  for (const ClientRef ref : order) {
    const ClientTable::Client& client = replica.clients[ref];
    const Clock from = known.get(client.id);
    if (from >= client.runs.end()) continue;
    const Clock until = encoder.client(ref, from);
    if (until > from) {
      ++sections;
      reached.push_back({client.id, until});
    }
    all = until == client.runs.end();
    if (!all) break;
  }
  known = StateVector(std::move(reached));
  out.put_varuint(sections);
  out.put_bytes(structs.view());
  ByteWriter deletes;
  if (all) put_all_deletes(replica, order, deletes);
  const bool fits = sections == 0 || out.size() + deletes.size() <= max_bytes;
  if (all && fits) {
    out.put_bytes(deletes.view());
    return true;
  }
  out.put_varuint(0);
  return false;
}

bool encode_transaction(const Replica& replica, ByteWriter& out) {
  const TransactionLog& log = replica.log;
  if (log.changed_clients.empty() && log.deletions.empty()) return false;
  std::vector<ClientRef> order(log.changed_clients.begin(), log.changed_clients.end());
  std::sort(order.begin(), order.end(), [&](ClientRef a, ClientRef b) {
    return replica.clients.id_of(a) > replica.clients.id_of(b);
  });
  std::vector<Start> starts;
  starts.reserve(order.size());
  for (const ClientRef ref : order) starts.push_back({ref, replica.before_clock(ref)});
  put_structs(replica, starts, /*whole=*/false, out);
  DeleteSet deletes;
  for (const TransactionLog::Deletion& deletion : log.deletions) {
    deletes.add(replica.clients.id_of(deletion.client), deletion.clock, deletion.length);
  }
  deletes.encode(out);
  return true;
}

StateVector state_vector_of(const Replica& replica) {
  std::vector<StateVector::Entry> entries;
  replica.clients.for_each([&](ClientRef, const ClientTable::Client& client) {
    entries.push_back({client.id, client.runs.end()});
  });
  return StateVector(std::move(entries));
}

DeleteSet delete_set_of(const Replica& replica) {
  DeleteSet deletes;
  replica.clients.for_each([&](ClientRef, const ClientTable::Client& client) {
    RunIndex::Position at = client.runs.first();
    do {
      const Item& item = replica.items[client.runs.at(at).item];
      if (item.deleted) deletes.add(client.id, item.clock, item.length);
    } while (client.runs.advance(at));
  });
  return deletes;
}

}  // namespace plait::crdt
