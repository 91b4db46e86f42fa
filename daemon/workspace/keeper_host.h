#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/document/tree.h"
#include "daemon/document/tree_change.h"
#include "protocol/base/result.h"

namespace plait::workspace {

/// What a Keeper asks and tells.
class KeeperHost {
 public:
  KeeperHost() = default;
  KeeperHost(const KeeperHost&) = delete;
  KeeperHost& operator=(const KeeperHost&) = delete;

  /// Good until the next change.
  [[nodiscard]] virtual const document::Tree& tree() const = 0;
  /// Whether what happens on this disk may become part of the workspace.
  [[nodiscard]] virtual bool may_write() const = 0;
  /// What was done on this disk. The documents of new files have been written before.
  virtual void change_tree(const std::vector<document::TreeChange>& changes) = 0;
  /// Whether what was made of this disk, in the tree and in a file's document, is in the store.
  [[nodiscard]] virtual bool is_written(const std::string& file) const = 0;
  /// Whether all that the server had of a document was here at some time. If not, it is
  /// fetched, and the keeper told.
  [[nodiscard]] virtual bool is_fetched(const std::string& file) = 0;
  /// The bytes of a binary file, from the server; much later, if need be.
  virtual void fetch_blob(const std::string& blob,
                          std::function<void(Result<std::string>)> then) = 0;
  /// A binary file holds these bytes now, which are on disk.
  virtual void offer_blob(const std::string& file, const std::string& blob) = 0;
  /// Whether some editor has, or lately had, this text in its buffer of the file.
  [[nodiscard]] virtual bool was_in_an_editor(const std::string& file,
                                              std::string_view text) const = 0;
  /// Whether an editor that had it open before this process began may still come back.
  [[nodiscard]] virtual bool awaits_editor(const std::string& file) const = 0;
  /// For the person here. `path` and `kept_at` may be empty.
  virtual void on_problem(std::string_view code, const std::string& message,
                          const std::string& path, const std::string& kept_at) = 0;
  /// More or fewer files are in step than before.
  virtual void on_progress() = 0;

 protected:
  ~KeeperHost() = default;
};

}  // namespace plait::workspace
