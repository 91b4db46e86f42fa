#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/crdt/document.h"
#include "tests/support/memory_server_store.h"

namespace plait::sim {

/// What a document would be if the server died now: a replica that follows what the store has
/// written, row by row.
class DiskReplica {
 public:
  DiskReplica(const support::MemoryServerStore& store, std::string workspace, std::string name);

  /// Reads what was written since the last time. Says what is wrong with it, if anything is.
  [[nodiscard]] std::optional<std::string> follow();
  /// Whether the disk has all that the update brings. To be asked after follow().
  [[nodiscard]] bool has(std::string_view update);
  /// Whether the disk has all that a replica has.
  [[nodiscard]] bool has_all_of(const crdt::Document& replica) const;
  /// After a crash: reads everything anew, and says if anything is gone that was there.
  [[nodiscard]] std::optional<std::string> follow_after_crash();

  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::string state() const { return document_->encode_state(); }

 private:
  void start();

  const support::MemoryServerStore& store_;
  const std::string workspace_;
  const std::string name_;
  std::unique_ptr<crdt::Document> document_;
  crdt::TypeRef text_{};
  std::uint64_t sequence_ = 0;
};

}  // namespace plait::sim
