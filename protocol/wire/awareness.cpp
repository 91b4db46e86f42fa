#include "protocol/wire/awareness.h"

#include <algorithm>
#include <string>

#include "protocol/base/utf8.h"

namespace plait::wire {
namespace {

bool names_a_client_twice(const std::vector<AwarenessState>& states) {
  std::vector<std::uint64_t> clients;
  clients.reserve(states.size());
  for (const AwarenessState& state : states) clients.push_back(state.client);
  std::ranges::sort(clients);
  return std::ranges::adjacent_find(clients) != clients.end();
}

}  // namespace

Result<std::vector<AwarenessState>> decode_awareness(std::string_view bytes) {
  ByteReader in(bytes);
  const std::uint64_t count = in.varuint();
  if (count > kMaxAwarenessStates) {
    return fail(ErrorCode::LimitExceeded,
                "more than " + std::to_string(kMaxAwarenessStates) + " awareness states");
  }
  std::vector<AwarenessState> states;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    AwarenessState& state = states.emplace_back();
    state.client = in.varuint();
    state.clock = in.varuint();
    state.json = in.varbytes();
    if (state.json.size() > kMaxAwarenessStateBytes) {
      return fail(ErrorCode::LimitExceeded, "an awareness state of more than 16 KiB");
    }
    if (!is_valid_utf8(state.json)) {
      return fail(ErrorCode::Malformed, "an awareness state is not UTF-8");
    }
  }
  if (!in.ok()) return fail(ErrorCode::Malformed, "the awareness states are cut short");
  if (!in.at_end()) return fail(ErrorCode::Malformed, "bytes follow the awareness states");
  if (!in.canonical()) return fail(ErrorCode::Malformed, "a number is longer than need be");
  if (names_a_client_twice(states)) {
    return fail(ErrorCode::Malformed, "a client has two awareness states");
  }
  return states;
}

void encode_awareness(const std::vector<AwarenessState>& states, ByteWriter& out) {
  out.put_varuint(states.size());
  for (const AwarenessState& state : states) {
    out.put_varuint(state.client);
    out.put_varuint(state.clock);
    out.put_varbytes(state.json);
  }
}

}  // namespace plait::wire
