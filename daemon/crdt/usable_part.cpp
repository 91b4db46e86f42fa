#include "daemon/crdt/usable_part.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "daemon/crdt/decoded_update.h"
#include "daemon/crdt/delete_set.h"
#include "daemon/crdt/struct_writer.h"
#include "protocol/base/bytes.h"

namespace plait::crdt {
namespace {

/// Goes through the sections of an update as far as each can go, again and again as they open
/// the way for one another.
class Advance {
 public:
  Advance(const DecodedUpdate& decoded, const StateVector& known, const ClientOwners& owners)
      : decoded_(decoded) {
    for (const StateVector::Entry& entry : known.entries())
      reached_[entry.client] = entry.clock;
    for (const DecodedSection& section : decoded.sections) {
      Way way{&section, 0, 0, reached_[section.client], owners.may_insert(section.client)};
      skip_known(way);
      ways_.push_back(way);
    }
  }

  void go() {
    std::vector<std::size_t> ready(ways_.size());
    for (std::size_t i = 0; i < ready.size(); ++i) ready[i] = i;
    while (!ready.empty()) {
      const std::size_t index = ready.back();
      ready.pop_back();
      Way& way = ways_[index];
      if (const auto id = advance(way)) waiting_[id->client].emplace(id->clock, index);
      wake(way.section->client, ready);
    }
  }

  [[nodiscard]] UsablePart part() const {
    UsablePart part;
    ByteWriter out;
    std::uint64_t sections = 0;
    for (const Way& way : ways_) {
      const DecodedSection& section = *way.section;
      if (way.allowed && way.end < section.count) part.is_complete = false;
      if (way.end == way.first) continue;
      ++sections;
      out.put_varuint(way.end - way.first);
      out.put_varuint(number(section.client));
      out.put_varuint(way.known.value());
      for (std::uint32_t i = way.first; i < way.end; ++i) {
        const DecodedStruct& s = decoded_.structs[section.first + i];
        const std::uint32_t offset = way.known > s.clock ? way.known - s.clock : 0;
        write_struct(out, struct_to_write(decoded_, section.client, s), offset);
      }
    }
    out.insert_varuint(0, sections);
    const std::vector<DeleteRange> deletes = usable_deletes();
    // Ranges that were cut or left out would have to come again.
    if (deletes != decoded_.deletes) part.is_complete = false;
    put_delete_ranges(out, deletes);
    part.update = out.str();
    return part;
  }

 private:
  /// How far a section has come.
  struct Way {
    const DecodedSection* section;
    std::uint32_t first;  ///< of its structs, the first that is new
    std::uint32_t end;    ///< those before it can be taken
    Clock known;
    bool allowed;
  };

  [[nodiscard]] bool is_there(Id id) const {
    const auto reached = reached_.find(id.client);
    return reached != reached_.end() && id.clock < reached->second;
  }

  void skip_known(Way& way) const {
    for (; way.first < way.section->count; ++way.first) {
      const DecodedStruct& s = decoded_.structs[way.section->first + way.first];
      if (s.clock + s.length > way.known) break;
    }
    way.end = way.first;
  }

  /// What a struct builds on and is not there, if anything.
  [[nodiscard]] std::optional<Id> lacks(const DecodedStruct& s) const {
    if (s.has_origin && !is_there(*s.origin())) return s.origin();
    if (s.has_right_origin && !is_there(*s.right_origin())) return s.right_origin();
    if (s.parent == DecodedStruct::kNoParent) return std::nullopt;
    const DecodedParent& parent = decoded_.parents[s.parent];
    if (parent.root || is_there(parent.item)) return std::nullopt;
    return parent.item;
  }

  /// As far as it goes now; what it waits for, if it waits for another client.
  std::optional<Id> advance(Way& way) {
    if (!way.allowed) return std::nullopt;
    Clock& reached = reached_[way.section->client];
    for (; way.end < way.section->count; ++way.end) {
      const DecodedStruct& s = decoded_.structs[way.section->first + way.end];
      if (s.kind == ContentKind::Skip || s.clock > reached) return std::nullopt;
      if (const auto id = lacks(s)) return id;
      reached = s.clock + s.length;
    }
    return std::nullopt;
  }

  void wake(ClientId client, std::vector<std::size_t>& ready) {
    const auto found = waiting_.find(client);
    if (found == waiting_.end()) return;
    auto& waiting = found->second;
    while (!waiting.empty() && is_there({client, waiting.begin()->first})) {
      ready.push_back(waiting.begin()->second);
      waiting.erase(waiting.begin());
    }
  }

  [[nodiscard]] std::vector<DeleteRange> usable_deletes() const {
    std::vector<DeleteRange> usable;
    for (DeleteRange range : decoded_.deletes) {
      const auto reached = reached_.find(range.client);
      if (reached == reached_.end() || range.clock >= reached->second) continue;
      range.length = std::min(range.length, reached->second - range.clock);
      usable.push_back(range);
    }
    return usable;
  }

  const DecodedUpdate& decoded_;
  std::unordered_map<ClientId, Clock> reached_;
  std::vector<Way> ways_;
  /// Ways that wait for a client, by the clock that they wait for.
  std::unordered_map<ClientId, std::multimap<Clock, std::size_t>> waiting_;
};

}  // namespace

Result<UsablePart> find_usable_part(std::string_view update, const StateVector& known,
                                    const ClientOwners& owners) {
  DecodedUpdate decoded;
  if (auto done = decode_update(update, decoded); !done) return forward_error(done);
  Advance advance(decoded, known, owners);
  advance.go();
  return advance.part();
}

bool brings_others(std::string_view update, const ClientOwners& owners) {
  DecodedUpdate decoded;
  if (!decode_update(update, decoded)) return false;
  return std::any_of(decoded.sections.begin(), decoded.sections.end(),
                     [&](const DecodedSection& section) {
                       return section.count > 0 && !owners.may_insert(section.client);
                     });
}

}  // namespace plait::crdt
