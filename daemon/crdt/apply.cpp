#include "daemon/crdt/apply.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "daemon/crdt/content_slice.h"
#include "daemon/crdt/struct_writer.h"
#include "daemon/crdt/update_merge.h"
#include "protocol/base/bytes.h"

namespace plait::crdt {
namespace {

/// From how many structs on an empty document is filled without keeping the index in step.
constexpr std::size_t kLoadingThreshold = 64;

void note_missing(std::map<ClientId, Clock>& missing, ClientId client, Clock clock) {
  const auto [entry, added] = missing.try_emplace(client, clock);
  if (!added) entry->second = std::min(entry->second, clock);
}

}  // namespace

Result<void> UpdateApplier::apply(const DecodedUpdate& update, Pending& pending) {
  const bool loading = replica_.items.in_use() == 0 && pending.empty() &&
                       update.structs.size() >= kLoadingThreshold;
  if (loading) replica_.begin_loading();
  bool retry = false;
  apply_once(update, pending, retry);
  if (loading) replica_.end_loading();
  while (retry) {
    retry = false;
    const std::string again = std::exchange(pending.structs, {});
    pending.missing.clear();
    DecodedUpdate decoded;
    if (auto result = decode_update(again, decoded); !result) return forward_error(result);
    apply_once(decoded, pending, retry);
  }
  return {};
}

void UpdateApplier::apply_once(const DecodedUpdate& update, Pending& pending, bool& retry) {
  collect_sources(update);
  Pending rest;
  integrate_structs(update, rest);
  if (!rest_.empty()) rest.structs = encode_rest(update);
  if (pending.structs.empty()) {
    pending.structs = std::move(rest.structs);
    pending.missing = std::move(rest.missing);
  } else {
    for (const auto& [client, clock] : pending.missing) {
      retry = retry || clock < replica_.clients.next_clock(client);
    }
    if (!rest.structs.empty()) {
      for (const auto& [client, clock] : rest.missing) {
        note_missing(pending.missing, client, clock);
      }
      const std::string_view both[] = {pending.structs, rest.structs};
      auto merged = merge_updates(both);
      PLAIT_ASSERT(merged.has_value(), "what was decoded once to be decodable");
      pending.structs = *std::move(merged);
    }
  }

  DeleteSet unapplied;
  apply_deletes(update.deletes, unapplied);
  if (!pending.deletes.empty()) {
    apply_deletes(pending.deletes.ranges(), unapplied);
  }
  pending.deletes = std::move(unapplied);
}

void UpdateApplier::collect_sources(const DecodedUpdate& update) {
  sources_.clear();
  stack_.clear();
  rest_.clear();
  for (const DecodedSection& section : update.sections) {
    sources_.push_back(
        {section.client, ClientRef::None, section.first, section.first + section.count});
  }
  if (sources_.size() < 2) return;
  std::stable_sort(sources_.begin(), sources_.end(),
                   [](const Source& a, const Source& b) { return a.client < b.client; });
  // Of several sections for one client Yjs sees only the last.
  const auto first =
      std::unique(sources_.rbegin(), sources_.rend(), [](const Source& a, const Source& b) {
        return a.client == b.client;
      }).base();
  sources_.erase(sources_.begin(), first);
}

UpdateApplier::Source* UpdateApplier::find_source(ClientId client) noexcept {
  const auto found =
      std::lower_bound(sources_.begin(), sources_.end(), client,
                       [](const Source& source, ClientId id) { return source.client < id; });
  return found != sources_.end() && found->client == client ? &*found : nullptr;
}

/// The client whose struct has to come first, if any.
const ClientId* UpdateApplier::missing(const Source& source,
                                       const DecodedStruct& s) const noexcept {
  const auto lacks = [&](ClientId client, Clock clock) {
    return client != source.client && clock >= replica_.clients.next_clock(client);
  };
  if (s.has_origin && lacks(s.origin_client, s.origin_clock)) return &s.origin_client;
  if (s.has_right_origin && lacks(s.right_origin_client, s.right_origin_clock)) {
    return &s.right_origin_client;
  }
  return nullptr;
}

void UpdateApplier::integrate_structs(const DecodedUpdate& update, Pending& rest) {
  std::size_t left = sources_.size();  // those from here on are used up or given up
  Waiting head;
  const auto next_head = [&]() -> bool {
    if (!stack_.empty()) {
      head = stack_.back();
      stack_.pop_back();
      return true;
    }
    while (left > 0 && sources_[left - 1].next == sources_[left - 1].end) --left;
    if (left == 0) return false;
    head = {left - 1, sources_[left - 1].next++};
    return true;
  };
  while (next_head()) {
    while (const std::optional<Waiting> first = integrate_or_find(update, head, rest)) {
      head = *first;
    }
  }
}

/// Integrates a struct, or gives it up with all that waits for it, or says which struct has to
/// be integrated first.
std::optional<UpdateApplier::Waiting> UpdateApplier::integrate_or_find(
    const DecodedUpdate& update, const Waiting& head, Pending& rest) {
  Source& source = sources_[head.source];
  const DecodedStruct& s = update.structs[head.index];
  if (s.kind == ContentKind::Skip) return std::nullopt;
  if (source.ref == ClientRef::None) source.ref = replica_.clients.find_or_add(source.client);
  const Clock known = replica_.clients[source.ref].runs.end();
  if (known < s.clock) {  // something by the same client is missing
    stack_.push_back(head);
    note_missing(rest.missing, source.client, s.clock - 1);
    give_up();
    return std::nullopt;
  }
  const ClientId* wanted = missing(source, s);
  if (wanted == nullptr && s.parent != DecodedStruct::kNoParent) {
    const DecodedParent& parent = update.parents[s.parent];
    if (!parent.root && parent.item.client != source.client &&
        parent.item.clock >= replica_.clients.next_clock(parent.item.client)) {
      wanted = &parent.item.client;
    }
  }
  if (wanted == nullptr) {
    const std::uint32_t offset = known - s.clock;
    if (offset < s.length) {
      integrate(update, source, s, offset);
    } else {
      cut_for_known(s);
    }
    return std::nullopt;
  }
  stack_.push_back(head);
  Source* provider = find_source(*wanted);
  if (provider == nullptr || provider->next == provider->end) {
    note_missing(rest.missing, *wanted, replica_.clients.next_clock(*wanted));
    give_up();
    return std::nullopt;
  }
  return Waiting{static_cast<std::size_t>(provider - sources_.data()), provider->next++};
}

/// Nothing on the stack can be integrated now, nor what follows it by the same clients.
void UpdateApplier::give_up() {
  for (const Waiting waiting : stack_) {
    Source& source = sources_[waiting.source];
    const auto known = std::find_if(rest_.begin(), rest_.end(),
                                    [&](const Source& r) { return r.client == source.client; });
    if (known == rest_.end()) {
      rest_.push_back({source.client, source.ref, waiting.index, source.end});
    } else {
      known->next = std::min(known->next, waiting.index);
    }
    source.next = source.end;
  }
  stack_.clear();
}

std::string UpdateApplier::encode_rest(const DecodedUpdate& update) {
  std::sort(rest_.begin(), rest_.end(),
            [](const Source& a, const Source& b) { return a.client > b.client; });
  ByteWriter out;
  out.put_varuint(rest_.size());
  for (const Source& source : rest_) {
    out.put_varuint(source.end - source.next);
    out.put_varuint(number(source.client));
    out.put_varuint(update.structs[source.next].clock.value());
    for (std::uint32_t i = source.next; i < source.end; ++i) {
      write_struct(out, struct_to_write(update, source.client, update.structs[i]));
    }
  }
  out.put_varuint(0);
  return out.str();
}

void UpdateApplier::integrate(const DecodedUpdate& update, const Source& source,
                              const DecodedStruct& s, std::uint32_t offset) {
  if (s.kind == ContentKind::Gc) {
    replica_.integrate_gc(source.ref, s.clock + offset, s.length - offset);
  } else {
    integrate_item(update, source.ref, s, offset);
  }
}

/// Yjs cuts what a struct hangs on even if it has that struct already. Mostly the parts are
/// joined again at once and nobody can tell. But not if undo has made a copy of what is cut,
/// and the halves of a surrogate pair are lost.
void UpdateApplier::cut_for_known(const DecodedStruct& s) {
  Replica& r = replica_;
  const auto cut_before = [&](Id id) {
    if (id.clock == Clock{} || !r.has(id)) return;
    const ItemRef ref = r.find(id);
    const Item& item = r.items[ref];
    if (item.clock == id.clock || item.is_gc()) return;
    const std::uint32_t units = id.clock - item.clock;
    if (item.redone || (item.kind == ContentKind::String &&
                        cut_content(item.kind, r.content(ref), units).inside_pair)) {
      r.split(ref, units);
    }
  };
  if (s.has_origin) cut_before({s.origin_client, s.origin_clock + 1});
  if (s.has_right_origin) cut_before({s.right_origin_client, s.right_origin_clock});
}

void UpdateApplier::integrate_item(const DecodedUpdate& update, ClientRef client,
                                   const DecodedStruct& s, std::uint32_t offset) {
  Replica& r = replica_;
  ItemRef left = ItemRef::None;
  ItemRef right = ItemRef::None;
  Replica::Draft draft;
  if (s.has_origin) {
    draft.origin = {r.clients.find(s.origin_client), s.origin_clock};
    left = r.clean_end(draft.origin.client, draft.origin.clock);
  }
  if (s.has_right_origin) {
    draft.right_origin = {r.clients.find(s.right_origin_client), s.right_origin_clock};
    // Mostly nobody else was there, and the neighbours are neighbours still.
    if (left != ItemRef::None) right = r.items[left].right;
    if (right == ItemRef::None || r.items[right].start_point() != draft.right_origin) {
      right = r.clean_start(draft.right_origin.client, draft.right_origin.clock);
    }
  }
  bool collected = (left != ItemRef::None && r.items[left].is_gc()) ||
                   (right != ItemRef::None && r.items[right].is_gc());
  if (collected) {
    // What an item of a collected type hung on is gone, and so is the item.
  } else if (s.parent != DecodedStruct::kNoParent) {
    const DecodedParent& parent = update.parents[s.parent];
    draft.parent = parent.root ? r.root(*parent.root) : r.type_of(r.find(parent.item));
    if (parent.key) draft.key = r.intern(*parent.key);
    collected = draft.parent == TypeRef::None;
  } else {
    const Item& neighbour = r.items[left != ItemRef::None ? left : right];
    draft.parent = neighbour.parent;
    if (neighbour.in_map) draft.key = neighbour.key;
  }
  if (collected) return r.integrate_gc(client, s.clock + offset, s.length - offset);

  draft.client = client;
  draft.clock = s.clock + offset;
  draft.kind = s.kind;
  draft.length = s.length - offset;
  draft.content = s.content;
  std::string torn;
  if (offset > 0) {
    left = r.clean_end(client, draft.clock - 1);
    draft.origin = {client, draft.clock - 1};
    // It goes where its known part is, even if it claims to hang on something elsewhere.
    const Item& known = r.items[left];
    if (known.is_gc()) return r.integrate_gc(client, draft.clock, draft.length);
    draft.parent = known.parent;
    draft.key = known.in_map ? known.key : NameRef::None;
    const ContentCut cut = cut_content(s.kind, s.content, offset);
    if (cut.inside_pair) {
      torn = torn_right(s.content, cut.at);
      draft.content = r.keep_while_loading(torn);
    } else {
      draft.content.remove_prefix(cut.at);
    }
  }
  r.integrate(draft, left, right);
}

void UpdateApplier::apply_deletes(std::span<const DeleteRange> deletes, DeleteSet& unapplied) {
  Replica& r = replica_;
  for (const DeleteRange& range : deletes) {
    const ClientRef client = r.clients.find(range.client);
    const Clock known = client == ClientRef::None ? Clock{} : r.clients[client].runs.end();
    const Clock end = range.clock + range.length;
    if (end > known) {
      const Clock from = std::max(range.clock, known);
      unapplied.add(range.client, from, end - from);
    }
    if (range.clock >= known) continue;
    ItemRef item = r.find(client, range.clock);
    if (!r.items[item].deleted && r.items[item].clock < range.clock) {
      const Clock item_end = r.items[item].end();
      if (item_end == end && r.try_remove_tail(item, range.length)) continue;
      item = r.split(item, range.clock - r.items[item].clock);
    }
    Clock at = r.items[item].clock;
    while (at < end && at < known) {
      item = r.find(client, at);
      const Clock item_end = r.items[item].end();
      if (!r.items[item].deleted) {
        if (end < item_end) r.split(item, end - r.items[item].clock);
        r.remove(item);
      }
      at = item_end;
    }
  }
}

}  // namespace plait::crdt
