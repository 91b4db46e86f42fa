#include "tests/demo/session.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "daemon/crdt/update_merge.h"
#include "protocol/base/assert.h"
#include "protocol/base/bytes.h"

namespace plait::demo {
namespace {

/// How long what arrived counts as new.
constexpr Tick kNewFor = 14;

}  // namespace

Result<void> Session::advance(Tick until) {
  for (; next_ < schedule_.events.size() && schedule_.events[next_].at <= until; ++next_) {
    const Event& event = schedule_.events[next_];
    now_ = event.at;
    Result<void> done;
    switch (event.kind) {
      case Event::Kind::Arrive: done = arrive(schedule_.deliveries[event.index]); break;
      case Event::Kind::Type: done = type(event.index); break;
      case Event::Kind::Depart: done = depart(schedule_.deliveries[event.index]); break;
    }
    if (!done) return done;
  }
  now_ = until;
  for (Side& side : sides_) {
    while (!side.arrivals.empty() && side.arrivals.front().at + kNewFor < now_) {
      side.arrivals.pop_front();
    }
  }
  return {};
}

Result<void> Session::type(std::uint32_t index) {
  const support::Txn& txn = trace_.txns[index];
  Side& side = sides_[txn.agent];
  Utf16Offset cursor;
  auto done = side.document.transact(0, [&](crdt::Document::Editor& editor) -> Result<void> {
    for (const support::Patch& patch : trace_.patches_of(txn)) {
      const Utf16Offset at{patch.position};
      cursor = at;
      if (patch.deleted > 0) {
        auto erased = editor.erase(side.text, at, Utf16Offset{patch.deleted});
        if (!erased) return erased;
      }
      if (patch.inserted.empty()) continue;
      const Utf16Offset before = side.document.length(side.text);
      if (auto put = editor.insert(side.text, at, patch.inserted); !put) return put;
      cursor += side.document.length(side.text) - before;
    }
    return {};
  });
  if (!done) return done;
  // Behind what was typed: text that others put there comes after the cursor.
  side.cursor = crdt::RelativePosition::at(side.document, side.text, cursor, /*assoc=*/-1);
  ByteWriter update;
  if (side.document.encode_change(update)) typed_[index].update = update.str();
  typed_[index].cursor = side.cursor->encode();
  ++side.typed;
  ++side.unsent;
  ++numbers_.edits;
  return {};
}

Result<void> Session::depart(const Delivery& delivery) {
  std::vector<std::string> updates;
  std::string cursor;
  for (const std::uint32_t txn : delivery.txns) {
    Typed typed = std::exchange(typed_[txn], {});
    if (!typed.update.empty()) updates.push_back(std::move(typed.update));
    cursor = std::move(typed.cursor);
  }
  const std::vector<std::string_view> views(updates.begin(), updates.end());
  auto update = crdt::merge_updates(views);
  if (!update) return forward_error(update);
  Packet packet;
  packet.sender = delivery.sender;
  packet.txns = delivery.txns.size();
  packet.departed = delivery.departs;
  packet.arrives = delivery.arrives;
  packet.update = *std::move(update);
  packet.cursor = std::move(cursor);
  sides_[delivery.sender].unsent -= packet.txns;
  ++numbers_.packets;
  numbers_.bytes += packet.bytes();
  in_flight_.push_back(std::move(packet));
  return {};
}

Result<void> Session::arrive(const Delivery& delivery) {
  const auto found = std::ranges::find(in_flight_, delivery.sender, &Packet::sender);
  PLAIT_ASSERT(found != in_flight_.end() && found->arrives == delivery.arrives,
               "packets to arrive in the order in which they left");
  const Packet packet = std::move(*found);
  in_flight_.erase(found);

  Side& receiver = sides_[1 - delivery.sender];
  const crdt::ClientId other = client_of(delivery.sender);
  receiver.arrivals.push_back({now_, receiver.document.replica().clients.next_clock(other)});
  if (auto applied = receiver.document.apply(packet.update); !applied) return applied;
  auto cursor = crdt::RelativePosition::decode(packet.cursor);
  if (!cursor) return forward_error(cursor);
  receiver.other_cursor = *std::move(cursor);
  if (delivery.conflict) ++numbers_.conflicts;
  return {};
}

std::size_t Session::apart() const noexcept {
  std::size_t apart = sides_[0].unsent + sides_[1].unsent;
  for (const Packet& packet : in_flight_) apart += packet.txns;
  return apart;
}

bool Session::texts_are_equal() const {
  return sides_[0].document.to_string(sides_[0].text) ==
         sides_[1].document.to_string(sides_[1].text);
}

Outcome Session::outcome() const {
  const std::string text = sides_[0].document.to_string(sides_[0].text);
  const std::string state = sides_[0].document.encode_state();
  Outcome outcome;
  outcome.same_text = texts_are_equal();
  outcome.same_bytes = state == sides_[1].document.encode_state();
  outcome.as_recorded = text == trace_.end_content;
  outcome.characters = sides_[0].document.end_of(sides_[0].text).offset.code_points.value();
  outcome.state_bytes = state.size();
  return outcome;
}

}  // namespace plait::demo
