#include "daemon/server/presence.h"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/crdt/json_syntax.h"
#include "daemon/server/limits.h"
#include "protocol/base/bytes.h"
#include "protocol/jsonrpc/json.h"
#include "protocol/wire/awareness.h"

namespace plait::server {
namespace {

using crdt::ClientId;
using jsonrpc::Json;

constexpr std::string_view kGone = "null";

/// What a member may say of himself. Both are what editors for Yjs use.
constexpr std::array<std::string_view, 2> kOwnFields = {"cursor", "selection"};

std::string encoded(const std::vector<wire::AwarenessState>& states) {
  ByteWriter out;
  wire::encode_awareness(states, out);
  return out.str();
}

}  // namespace

Result<void> Presence::take(std::string_view update, Owner owner, const Identity* identity,
                            MonotonicTime now) {
  // Whole or not at all.
  const auto states = wire::decode_awareness(update);
  if (!states) return Failure{states.error()};
  for (const wire::AwarenessState& state : *states) {
    if (!crdt::is_json(state.json)) {
      return fail(ErrorCode::Malformed, "a presence is not JSON");
    }
  }
  for (const wire::AwarenessState& state : *states) take_one(state, owner, identity, now);
  return {};
}

void Presence::take_one(const wire::AwarenessState& said, Owner owner, const Identity* identity,
                        MonotonicTime now) {
  const ClientId client{said.client};
  const auto known = states_.find(client);
  const std::uint64_t known_clock = known == states_.end() ? 0 : known->second.clock;
  const bool present = known != states_.end() && known->second.is_present();
  const bool goes = said.is_gone() && present;
  if (said.clock < known_clock || (said.clock == known_clock && !goes)) return;

  const bool is_own = present && known->second.owner == owner;
  const bool is_others =
      present && !is_own && identity != nullptr && known->second.member != identity->member;
  if (is_others || (said.is_gone() && !present)) return;
  std::string value;
  if (!said.is_gone()) {
    if (!is_own && count_of(owner) >= (identity == nullptr ? kMaxPresencesOfOne : 1)) return;
    if (identity == nullptr) {
      value = said.json;
    } else {
      auto written = presence_of_member(said.json, *identity);
      if (!written) return;
      value = *std::move(written);
    }
  }
  if (known == states_.end() && states_.size() >= wire::kMaxAwarenessStates) return;
  const auto at = states_.try_emplace(client).first;
  at->second.clock = said.clock;
  at->second.renewed = now;
  at->second.owner = owner;
  if (identity != nullptr) at->second.member = identity->member;
  if (!next_expiry_) next_expiry_ = now + kPresenceTimeout;
  set(at, std::move(value));
}

void Presence::set(States::iterator at, std::string json) {
  State& state = at->second;
  if (state.is_present()) --present_;
  state.json = std::move(json);
  if (state.is_present()) ++present_;
  if (!state.changed) changed_.push_back(at->first);
  state.changed = true;
}

std::size_t Presence::count_of(Owner owner) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(states_.begin(), states_.end(), [&](const auto& entry) {
        return entry.second.owner == owner && entry.second.is_present();
      }));
}

void Presence::remove(Owner owner) {
  for (auto at = states_.begin(); at != states_.end(); ++at) {
    if (at->second.owner != owner) continue;
    at->second.owner = nullptr;
    if (at->second.is_present()) set(at, {});
  }
}

void Presence::expire(MonotonicTime now) {
  if (!next_expiry_ || now < *next_expiry_) return;
  next_expiry_.reset();
  for (auto at = states_.begin(); at != states_.end();) {
    State& state = at->second;
    const bool silent = now - state.renewed >= kPresenceTimeout;
    if (silent && !state.is_present() && !state.changed) {
      at = states_.erase(at);
      continue;
    }
    if (silent) {
      state.owner = nullptr;
      state.renewed = now;
      if (state.is_present()) set(at, {});
    }
    const MonotonicTime expiry = state.renewed + kPresenceTimeout;
    next_expiry_ = next_expiry_ ? std::min(*next_expiry_, expiry) : expiry;
    ++at;
  }
}

std::string Presence::take_changes(MonotonicTime now) {
  std::vector<ClientId> held;
  std::vector<wire::AwarenessState> said;
  for (const ClientId client : changed_) {
    State& state = states_.at(client);
    if (state.is_present() && now < state.not_before) {
      held.push_back(client);
      continue;
    }
    state.changed = false;
    state.not_before = now + kPresencePause;
    said.push_back({number(client), state.clock, state.is_present() ? state.json : kGone});
  }
  changed_ = std::move(held);
  return said.empty() ? std::string() : encoded(said);
}

std::string Presence::everybody() const {
  std::vector<wire::AwarenessState> present;
  for (const auto& [client, state] : states_) {
    if (state.is_present()) present.push_back({number(client), state.clock, state.json});
  }
  return present.empty() ? std::string() : encoded(present);
}

std::optional<MonotonicTime> Presence::next_deadline() const {
  std::optional<MonotonicTime> next = next_expiry_;
  for (const ClientId client : changed_) {
    const MonotonicTime at = states_.at(client).not_before;
    next = next ? std::min(*next, at) : at;
  }
  return next;
}

Result<std::string> presence_of_member(std::string_view json, const Identity& identity) {
  if (json.size() > kMaxPresenceBytes) {
    return fail(ErrorCode::LimitExceeded, "the presence is too long");
  }
  auto said = jsonrpc::parse_json(json, {.max_bytes = kMaxPresenceBytes});
  if (!said) return forward_error(said);
  Json::Object user;
  user.push_back({"name", Json(identity.name)});
  user.push_back({"color", Json(identity.color)});
  user.push_back({"role", Json(identity.role)});
  Json::Object written;
  written.push_back({"user", Json(std::move(user))});
  for (const std::string_view field : kOwnFields) {
    if (const Json* value = said->find(field); value != nullptr) {
      written.push_back({std::string(field), *value});
    }
  }
  return jsonrpc::write_json(Json(std::move(written)));
}

}  // namespace plait::server
