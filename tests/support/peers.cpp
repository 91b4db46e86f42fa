#include "tests/support/peers.h"

#include <algorithm>
#include <utility>

#include "daemon/crdt/update_merge.h"
#include "protocol/base/assert.h"

namespace plait::support {

using crdt::Document;

Peer::Peer(Document::Options options, std::vector<std::string>& sent)
    : document(options),
      text(document.text("text")),
      map(document.map("map")),
      list(document.array("list")),
      sent_(sent) {
  document.add_observer(*this);
}

Utf16Offset Peer::place(std::size_t code_points) const noexcept {
  const auto count = static_cast<std::uint32_t>(code_points);
  return document.locate(text, CodePointOffset{count}).offset.utf16;
}

void Peer::type(std::size_t at, std::string_view content) {
  const auto done = document.insert(text, place(at), content, kEditor);
  PLAIT_ASSERT(done.has_value(), "typing to succeed");
}

void Peer::remove(std::size_t at, std::size_t count) {
  const Utf16Offset start = place(at);
  const auto done = document.erase(text, start, place(at + count) - start, kEditor);
  PLAIT_ASSERT(done.has_value(), "deleting to succeed");
}

void Peer::committed(Document&, crdt::Origin origin) {
  for (const crdt::TextEdit& edit : document.edits(text)) {
    if (!shadow_.apply(edit)) wrong_edit_ = "an edit's places are not in the text of before";
  }
  if (origin == kNetwork) return;
  ByteWriter update;
  if (document.encode_change(update)) sent_.push_back(update.str());
}

std::optional<std::string> Peer::problem() const {
  document.check_invariants();
  if (wrong_edit_) return wrong_edit_;
  if (shadow_.text() != str()) return "the edits do not give the text";
  return std::nullopt;
}

Peers::Peers(std::size_t count, bool collect) : collect_(collect) {
  for (std::size_t i = 0; i < count; ++i) {
    peers_.push_back(std::make_unique<Peer>(
        Document::Options{.client = crdt::ClientId{i + 1}, .collect = collect}, sent_));
  }
}

void Peers::restart(std::size_t index) {
  const std::string stored = peers_[index]->document.encode_state();
  const Document::Options options{.client = peers_[index]->document.client(),
                                  .collect = collect_};
  peers_[index] = std::make_unique<Peer>(options, sent_);
  const auto loaded = peers_[index]->receive(stored);
  PLAIT_ASSERT(loaded.has_value(), "what was stored to be loaded");
}

std::optional<std::string> Peers::converge(Same same) {
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    std::vector<std::string_view> order(sent_.begin(), sent_.end());
    std::string merged;
    if (i % 3 == 1) std::reverse(order.begin(), order.end());
    if (i % 3 == 2) {
      auto all = crdt::merge_updates(order);
      if (!all) return "the updates cannot be merged: " + all.error().message;
      merged = *std::move(all);
      order.assign(1, merged);
    }
    for (const std::string_view update : order) {
      if (auto done = peers_[i]->receive(update); !done) return done.error().message;
    }
    if (peers_[i]->document.has_pending()) return "something is pending";
    if (auto problem = peers_[i]->problem()) return problem;
  }
  const Peer& first = *peers_.front();
  const std::string whole = first.document.encode_state();
  for (const auto& peer : peers_) {
    if (peer->str() != first.str()) return "the texts differ";
    if (peer->document.state_vector() != first.document.state_vector()) {
      return "the state vectors differ";
    }
    if (same == Same::Bytes && peer->document.encode_state() != whole) {
      return "the encoded states differ";
    }
  }
  std::vector<std::string> none;
  Peer fresh({.client = crdt::ClientId{peers_.size() + 1}, .collect = collect_}, none);
  if (auto done = fresh.receive(whole); !done) return done.error().message;
  if (auto problem = fresh.problem()) return problem;
  if (fresh.str() != first.str()) return "a fresh replica's text differs";
  if (same == Same::Bytes && fresh.document.encode_state() != whole) {
    return "a fresh replica's encoded state differs";
  }
  return std::nullopt;
}

}  // namespace plait::support
