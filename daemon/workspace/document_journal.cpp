#include "daemon/workspace/document_journal.h"

#include <algorithm>
#include <utility>

#include "protocol/base/bytes.h"

namespace plait::workspace {

DocumentJournal::DocumentJournal(store::ReplicaStore& store, std::string workspace,
                                 std::string document, Handlers handlers)
    : store_(store),
      workspace_(std::move(workspace)),
      document_(std::move(document)),
      handlers_(std::move(handlers)),
      self_(std::make_shared<DocumentJournal*>(this)) {}

DocumentJournal::~DocumentJournal() { *self_ = nullptr; }

void DocumentJournal::loaded(const store::ReplicaDocument& stored) {
  snapshot_bytes_ = stored.snapshot.size();
}

void DocumentJournal::add(std::string_view update, bool is_own) {
  ByteWriter entry;
  entry.put_varbytes(update);
  waiting_ += entry.view();
  if (is_own) waiting_own_.emplace_back(update);
  if (in_flight_ == 0 || (is_own && !is_in_haste_)) write();
}

void DocumentJournal::write() {
  if (waiting_.empty()) return;
  if (is_broken_) {
    put_snapshot();
    return;
  }
  std::vector<std::string> own = std::exchange(waiting_own_, {});
  is_in_haste_ = !own.empty();
  writing_own_ += own.size();
  ++in_flight_;
  store_.append(workspace_, document_, std::exchange(waiting_, {}),
                is_in_haste_ ? store::Haste::Now : store::Haste::CanWait,
                [self = self_, own = std::move(own)](const Result<std::size_t>& tail_bytes) {
                  if (*self != nullptr) (*self)->appended(tail_bytes, own);
                });
}

void DocumentJournal::appended(const Result<std::size_t>& tail_bytes,
                               const std::vector<std::string>& own) {
  --in_flight_;
  writing_own_ -= own.size();
  if (!tail_bytes) {
    is_broken_ = true;
    handlers_.failed(tail_bytes.error());
  }
  // What is sent although it could not be written is safe on the server at least, and after a
  // restart this machine writes under another client id.
  const auto self = self_;
  if (!own.empty()) handlers_.written(own);
  if (*self == nullptr || in_flight_ > 0) return;
  if (tail_bytes && *tail_bytes > std::max(kMinTailBytes, snapshot_bytes_)) {
    put_snapshot();
  } else {
    write();
  }
}

void DocumentJournal::put_snapshot() {
  waiting_.clear();
  std::vector<std::string> own = std::exchange(waiting_own_, {});
  is_in_haste_ = true;
  writing_own_ += own.size();
  ++in_flight_;
  std::string state = handlers_.encode();
  const std::size_t size = state.size();
  store_.put_snapshot(workspace_, document_, std::move(state),
                      [self = self_, size, own = std::move(own)](const Result<void>& put) {
                        DocumentJournal* const journal = *self;
                        if (journal == nullptr) return;
                        journal->is_broken_ = !put;
                        if (put) journal->snapshot_bytes_ = size;
                        journal->appended(put ? Result<std::size_t>(std::size_t{0})
                                              : Result<std::size_t>(Failure{put.error()}),
                                          own);
                      });
}

}  // namespace plait::workspace
