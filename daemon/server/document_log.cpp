#include "daemon/server/document_log.h"

#include <array>
#include <utility>

#include "daemon/server/limits.h"
#include "protocol/base/bytes.h"

namespace plait::server {

DocumentLog::DocumentLog(Owner& owner, store::ServerStore& store, WorkspaceQuota& quota,
                         Meters& meters)
    : owner_(owner),
      store_(store),
      quota_(quota),
      meters_(meters),
      self_(std::make_shared<DocumentLog*>(this)) {}

void DocumentLog::opened(const store::LoadedDocument& loaded) {
  key_ = loaded.key;
  last_sequence_ = loaded.last_sequence;
  snapshot_bytes_ = loaded.snapshot.size();
  rows_ = loaded.tail.size();
  for (const std::string& entry : loaded.tail) bytes_ += entry.size();
  stored_bytes_ = snapshot_bytes_ + bytes_;
}

bool DocumentLog::has_room_for(std::string_view update) const noexcept {
  return quota_.has_room_for(varuint_size(update.size()) + update.size());
}

void DocumentLog::note(std::string& entry, std::string_view update) {
  std::array<char, kMaxVarUintSize> digits{};
  const std::size_t before = entry.size();
  entry.append(digits.data(), put_varuint_at(digits.data(), update.size())).append(update);
  const std::size_t added = entry.size() - before;
  unsaved_bytes_ += added;
  take(stored_bytes_ + added);
}

void DocumentLog::take(std::size_t bytes) {
  quota_.document_changed(stored_bytes_, bytes);
  stored_bytes_ = bytes;
}

void DocumentLog::append(const store::Author& author, std::string entry) {
  if (entry.empty()) return;
  const std::size_t bytes = entry.size();
  ++appends_asked_;
  ++rows_;
  bytes_ += bytes;
  store_.append(key_, author, std::move(entry),
                [self = std::weak_ptr(self_), bytes](const Result<store::Appended>& result) {
                  if (const auto log = self.lock()) (*log)->appended(bytes, result);
                });
}

void DocumentLog::appended(std::size_t bytes, const Result<store::Appended>& result) {
  ++appends_answered_;
  unsaved_bytes_ -= bytes;
  if (!result) return owner_.not_saved();
  last_sequence_ = result->sequence;
  keep_promises();
  owner_.saved();
}

void DocumentLog::promise(Member& member, std::uint64_t count) {
  promises_.push_back({appends_asked_, &member, count});
}

void DocumentLog::forget(const Member& member) {
  std::erase_if(promises_, [&](const Promise& promise) { return promise.member == &member; });
}

void DocumentLog::keep_promises() {
  while (!promises_.empty() && promises_.front().appends <= appends_answered_) {
    const Promise promise = promises_.front();
    promises_.pop_front();
    promise.member->durable(promise.count);
  }
}

bool DocumentLog::wants_snapshot() const noexcept {
  if (snapshot_asked_ || last_sequence_ == 0) return false;
  return rows_ > kMaxLogRows || (bytes_ > kMaxLogBytes && bytes_ > snapshot_bytes_);
}

void DocumentLog::put_snapshot(std::optional<std::string> state) {
  rows_ = static_cast<std::size_t>(appends_asked_ - appends_answered_);
  bytes_ = unsaved_bytes_;
  if (!state) return;
  snapshot_asked_ = true;
  snapshot_bytes_ = state->size();
  take(snapshot_bytes_ + unsaved_bytes_);
  store_.put_snapshot(key_, last_sequence_, *std::move(state),
                      [self = std::weak_ptr(self_)](const Result<void>& result) {
                        if (const auto log = self.lock()) (*log)->snapshot_put(result);
                      });
}

void DocumentLog::snapshot_put(const Result<void>& result) {
  snapshot_asked_ = false;
  if (!result) return owner_.not_saved();
  meters_.snapshots.add();
  owner_.saved();
}

}  // namespace plait::server
