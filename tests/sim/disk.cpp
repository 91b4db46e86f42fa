#include "tests/sim/disk.h"

#include <utility>

#include "protocol/base/bytes.h"

namespace plait::sim {

DiskReplica::DiskReplica(const support::MemoryServerStore& store, std::string workspace,
                         std::string name)
    : store_(store), workspace_(std::move(workspace)), name_(std::move(name)) {
  start();
}

void DiskReplica::start() {
  document_ = std::make_unique<crdt::Document>(crdt::Document::Options{});
  text_ = document_->text("content");
  sequence_ = 0;
}

std::optional<std::string> DiskReplica::follow() {
  const auto written = store_.written_since(workspace_, name_, sequence_);
  sequence_ = written.sequence;
  if (!written.snapshot.empty() && !document_->apply(written.snapshot)) {
    return "the snapshot on disk is no update";
  }
  for (const std::string& entry : written.entries) {
    ByteReader updates(entry);
    while (!updates.at_end()) {
      const std::string_view update = updates.varbytes();
      if (!updates.ok() || !document_->apply(update)) return "an entry on disk is no update";
    }
  }
  if (document_->has_pending()) return "the log on disk has a hole";
  return std::nullopt;
}

bool DiskReplica::has(std::string_view update) {
  return document_->apply(update) && !document_->changed() && !document_->has_pending();
}

bool DiskReplica::has_all_of(const crdt::Document& replica) const {
  crdt::Document copy({});
  return copy.apply(document_->encode_state()) && copy.apply(replica.encode_state()) &&
         !copy.changed() && !copy.has_pending();
}

std::optional<std::string> DiskReplica::follow_after_crash() {
  const std::string before = document_->encode_state();
  start();
  if (auto problem = follow()) return problem;
  if (has(before)) return std::nullopt;
  return "something was on disk and is gone after the crash";
}

std::string DiskReplica::text() const { return document_->to_string(text_); }

}  // namespace plait::sim
