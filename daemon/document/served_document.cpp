#include "daemon/document/served_document.h"

#include <algorithm>
#include <new>
#include <utility>

#include "daemon/crdt/update_merge.h"
#include "daemon/document/stored_updates.h"
#include "protocol/base/bytes.h"

namespace plait::document {
namespace {

using crdt::Document;
using crdt::StateVector;

/// An update, and a state vector, with nothing in it.
constexpr std::string_view kNothing{"\0\0", 2};
constexpr std::string_view kNothingKnown{"\0", 1};

/// A server inserts nothing, so nobody's id will do.
std::unique_ptr<Document> new_replica() {
  return std::make_unique<Document>(Document::Options{});
}

/// Assigning an empty string would keep it.
void free_memory_of(std::string& bytes) noexcept { std::string().swap(bytes); }

Failure out_of_memory() { return fail(ErrorCode::OutOfMemory, "out of memory"); }

}  // namespace

ServedDocument::ServedDocument() : base_(kNothing), vector_(kNothingKnown) {}

Result<ServedDocument> ServedDocument::load(std::string_view snapshot,
                                            std::span<const std::string> entries) {
  ServedDocument loaded;
  if (snapshot.empty() && entries.empty()) return loaded;
  loaded.replica_ = new_replica();
  loaded.base_.clear();
  loaded.base_is_current_ = false;
  if (auto applied = apply_stored(*loaded.replica_, snapshot, entries); !applied) {
    return forward_error(applied);
  }
  return loaded;
}

Result<bool> ServedDocument::apply(std::string_view update, const crdt::UpdateRules& rules) {
  if (auto loaded = ensure_loaded(); !loaded) return forward_error(loaded);
  if (auto applied = replica_->apply_checked(update, rules); !applied) {
    return forward_error(applied);
  }
  if (!replica_->changed()) return false;
  tree_.reset();
  if (base_is_current_) note(update);
  return true;
}

std::vector<crdt::ClientId> ServedDocument::newcomers() const {
  std::vector<crdt::ClientId> clients;
  if (replica_ == nullptr) return clients;
  const crdt::Replica& replica = replica_->replica();
  for (const crdt::ClientRef client : replica.log.changed_clients) {
    if (replica.before_clock(client) == crdt::Clock{}) {
      clients.push_back(replica.clients.id_of(client));
    }
  }
  return clients;
}

void ServedDocument::note(std::string_view update) {
  const std::size_t most = std::max(kMaxTailBytes, base_.size() / 4);
  if (tail_.size() + update.size() > most) {
    base_is_current_ = false;
    free_memory_of(base_);
    free_memory_of(tail_);
    tail_count_ = 0;
    return;
  }
  char length[kMaxVarUintSize];
  tail_.append(length, put_varuint_at(length, update.size()));
  tail_.append(update);
  ++tail_count_;
}

std::vector<std::string_view> ServedDocument::tail_updates() const {
  std::vector<std::string_view> updates;
  for (ByteReader reader(tail_); !reader.at_end();) updates.push_back(reader.varbytes());
  return updates;
}

Result<void> ServedDocument::ensure_loaded() {
  if (replica_ != nullptr) return {};
  auto replica = new_replica();
  if (auto applied = replica->apply(base_); !applied) return applied;  // unload() left no tail
  replica_ = std::move(replica);
  vector_.clear();
  return {};
}

Result<void> ServedDocument::ensure_encoded() {
  if (base_is_current_) return {};
  try {
    base_ = replica_->encode_state();
    tail_.clear();
    tail_count_ = 0;
    base_is_current_ = true;
    return {};
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
}

Result<ServedDocument::Whole> ServedDocument::whole() {
  if (auto encoded = ensure_encoded(); !encoded) return forward_error(encoded);
  if (tail_count_ > 1) {
    auto merged = crdt::merge_updates(tail_updates());
    if (!merged) return forward_error(merged);
    tail_.clear();
    tail_count_ = 0;
    note(*merged);
    // Not likely: together they are longer than each behind its length.
    if (!base_is_current_) return whole();
  }
  return Whole{base_, tail_count_ == 0 ? std::string_view() : tail_updates().front()};
}

Result<std::string> ServedDocument::encoded() {
  if (replica_ != nullptr && tail_count_ > 0) base_is_current_ = false;
  auto all = whole();
  if (!all) return forward_error(all);
  return std::string(all->base);
}

Result<std::string> ServedDocument::missing_from(const StateVector& known) {
  try {
    if (replica_ != nullptr) return replica_->encode_state(known);
    return crdt::diff_update(base_, known);
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
}

Result<ServedDocument::Part> ServedDocument::part_missing_from(StateVector& known,
                                                               std::size_t max_bytes) {
  if (replica_ == nullptr && base_.size() <= max_bytes) {
    auto all = missing_from(known);
    if (!all) return forward_error(all);
    return Part{*std::move(all), /*is_last=*/true};
  }
  if (auto loaded = ensure_loaded(); !loaded) return forward_error(loaded);
  try {
    ByteWriter out;
    const bool is_last = replica_->encode_part(known, max_bytes, out);
    return Part{out.str(), is_last};
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
}

Result<const Tree*> ServedDocument::tree() {
  if (tree_ != nullptr) return tree_.get();
  if (auto loaded = ensure_loaded(); !loaded) return forward_error(loaded);
  try {
    tree_ = std::make_unique<const Tree>(Tree::read(*replica_));
    return tree_.get();
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
}

std::string ServedDocument::state_vector() const {
  return replica_ == nullptr ? vector_ : replica_->state_vector().encode();
}

Result<void> ServedDocument::unload() {
  if (replica_ == nullptr) return {};
  if (tail_count_ > 0) base_is_current_ = false;
  if (auto encoded = ensure_encoded(); !encoded) return encoded;
  base_.shrink_to_fit();
  free_memory_of(tail_);
  vector_ = replica_->state_vector().encode();
  replica_.reset();
  return {};
}

}  // namespace plait::document
