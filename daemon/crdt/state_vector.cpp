#include "daemon/crdt/state_vector.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "protocol/base/assert.h"

namespace plait::crdt {
namespace {

/// The first entry whose client is not above the given one.
template <class Entries>
auto position_of(Entries& entries, ClientId client) noexcept {
  return std::lower_bound(
      entries.begin(), entries.end(), client,
      [](const StateVector::Entry& entry, ClientId wanted) { return entry.client > wanted; });
}

}  // namespace

StateVector::StateVector(std::vector<Entry> entries) : entries_(std::move(entries)) {
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return a.client != b.client ? a.client > b.client : a.clock > b.clock;
  });
  const auto same_client = [](const Entry& a, const Entry& b) { return a.client == b.client; };
  entries_.erase(std::unique(entries_.begin(), entries_.end(), same_client), entries_.end());
  std::erase_if(entries_, [](const Entry& entry) { return entry.clock == Clock{}; });
}

Clock StateVector::get(ClientId client) const noexcept {
  const auto found = position_of(entries_, client);
  return found != entries_.end() && found->client == client ? found->clock : Clock{};
}

void StateVector::set(ClientId client, Clock clock) {
  const auto found = position_of(entries_, client);
  const bool known = found != entries_.end() && found->client == client;
  if (clock == Clock{}) {
    if (known) entries_.erase(found);
  } else if (known) {
    found->clock = clock;
  } else {
    entries_.insert(found, {client, clock});
  }
}

bool StateVector::includes(const StateVector& other) const noexcept {
  auto mine = entries_.begin();
  for (const Entry& theirs : other.entries_) {
    while (mine != entries_.end() && mine->client > theirs.client) ++mine;
    if (mine == entries_.end() || mine->client != theirs.client) return false;
    if (mine->clock < theirs.clock) return false;
  }
  return true;
}

void StateVector::encode(ByteWriter& out) const {
  out.put_varuint(entries_.size());
  for (const Entry& entry : entries_) {
    out.put_varuint(number(entry.client));
    out.put_varuint(entry.clock.value());
  }
}

std::string StateVector::encode() const {
  ByteWriter out;
  encode(out);
  return out.str();
}

Result<StateVector> StateVector::decode(std::string_view bytes) {
  ByteReader reader(bytes);
  auto decoded = read(reader);
  if (decoded && !reader.at_end()) {
    return fail(ErrorCode::Malformed, "bytes follow the end of the state vector");
  }
  return decoded;
}

Result<StateVector> StateVector::read(ByteReader& reader) {
  const std::uint64_t count = reader.varuint();
  std::vector<Entry> entries;
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    const ClientId client{reader.varuint()};
    const std::uint64_t clock = reader.varuint();
    if (clock > kClockLimit) {
      return fail(ErrorCode::Malformed, "a clock of the state vector is beyond 2^31");
    }
    entries.push_back({client, Clock(static_cast<std::uint32_t>(clock))});
  }
  if (!reader.ok()) return fail(ErrorCode::Malformed, "the state vector is cut short");

  const auto higher = [](const Entry& a, const Entry& b) { return a.client > b.client; };
  if (!std::is_sorted(entries.begin(), entries.end(), higher)) {
    std::sort(entries.begin(), entries.end(), higher);
  }
  const auto same_client = [](const Entry& a, const Entry& b) { return a.client == b.client; };
  if (std::adjacent_find(entries.begin(), entries.end(), same_client) != entries.end()) {
    return fail(ErrorCode::Malformed, "a client is in the state vector twice");
  }
  std::erase_if(entries, [](const Entry& entry) { return entry.clock == Clock{}; });
  StateVector decoded;
  decoded.entries_ = std::move(entries);
  return decoded;
}

void StateVector::check_invariants() const {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    PLAIT_ASSERT(entries_[i].clock != Clock{}, "no entry with clock zero");
    PLAIT_ASSERT(i == 0 || entries_[i - 1].client > entries_[i].client,
                 "the clients of a state vector to descend");
  }
}

}  // namespace plait::crdt
