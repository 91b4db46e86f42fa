#include "daemon/server/workspace_quota.h"

#include <utility>

#include "daemon/support/log.h"

namespace plait::server {
namespace {

/// After a failure it is not certain what was counted: less than nothing is nothing.
std::uint64_t changed(std::uint64_t sum, std::uint64_t before, std::uint64_t after) noexcept {
  sum += after;
  return sum > before ? sum - before : 0;
}

}  // namespace

WorkspaceQuota::WorkspaceQuota(store::ServerStore& store, std::string workspace,
                               std::uint64_t limit)
    : store_(store),
      workspace_(std::move(workspace)),
      limit_(limit),
      self_(std::make_shared<WorkspaceQuota*>(this)) {
  ask();
}

void WorkspaceQuota::document_changed(std::uint64_t before, std::uint64_t after) {
  if (is_unsure_) ask();
  documents_ = changed(documents_, before, after);
}

/// What failed was asked for before an answer that is still to come, so that answer knows.
void WorkspaceQuota::ask() {
  if (std::exchange(is_asked_, true)) return;
  documents_when_asked_ = documents_;
  store_.usage(workspace_, [self = std::weak_ptr(self_)](const Result<store::Usage>& usage) {
    if (const auto quota = self.lock()) (*quota)->answered(usage);
  });
}

void WorkspaceQuota::answered(const Result<store::Usage>& usage) {
  is_asked_ = false;
  is_unsure_ = !usage;
  if (!usage) {
    return log::error("what a workspace takes in the store is not known",
                      {{"workspace", workspace_}, {"why", usage.error().message}});
  }
  // What was handed to the store since then comes on top.
  documents_ = changed(usage->documents + documents_, documents_when_asked_, 0);
  blobs_ = usage->blobs;
}

void WorkspaceQuota::put_blob(store::BlobChunk chunk, store::Answer<store::BlobState> answer) {
  chunk.documents = documents_;
  const std::uint64_t size = chunk.size;
  store_.put_blob(std::move(chunk),
                  [self = std::weak_ptr(self_), size,
                   answer = std::move(answer)](const Result<store::BlobState>& state) {
                    if (const auto quota = self.lock()) (*quota)->blob_answered(size, state);
                    answer(state);
                  });
}

void WorkspaceQuota::blob_answered(std::uint64_t size, const Result<store::BlobState>& state) {
  if (!state) return;
  if (state->is_new) blobs_ += size;
  if (state->mismatch) blobs_ = changed(blobs_, size, 0);
}

}  // namespace plait::server
