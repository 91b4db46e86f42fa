#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/document/local_tree.h"
#include "daemon/folder/disk.h"
#include "daemon/store/replica_store.h"
#include "daemon/workspace/documents.h"
#include "protocol/base/result.h"
#include "protocol/messages/editor/workspace.h"

namespace plait::workspace {

/// A folder that somebody joins with, beside the workspace: paths.
struct FolderComparison {
  std::vector<std::string> same;
  std::vector<std::string> only_local;
  std::vector<std::string> only_remote;
  std::vector<std::string> different;

  /// Whether joining would add to the others' files, or change some here.
  [[nodiscard]] bool differs() const noexcept {
    return !only_local.empty() || !different.empty();
  }
};

/// What a keeper has to know of a file that was in the folder before it was joined.
struct FileBefore {
  store::ReplicaFile record;
  /// What it is to be compared with, if it is kept: the workspace's text.
  std::optional<std::string> base;
};

/// Looks at a folder that already holds files when a workspace is joined, before anything is
/// written to it: what is the same, and what becomes of what is not.
///
/// Does no I/O itself. Nothing is told once it is gone.
class Joining {
 public:
  struct Done {
    FolderComparison comparison;
    std::vector<FileBefore> files;
    std::optional<std::string> backup;  ///< of one of the files that give way
  };
  using Existing = messages::editor::Existing;

  /// All of them outlive it. Of the tree's files all are here that have to be compared.
  Joining(folder::Disk& disk, Documents& documents, const document::LocalTree& tree,
          Existing existing);
  ~Joining();

  /// The tree's files that are at the path of a file in the folder: they are needed first.
  void find_needed(std::function<void(Result<std::vector<std::string>>)> then);
  /// Compares, and keeps a copy of what is going to be replaced, unless all is refused.
  void compare(std::function<void(Result<Done>)> then);

 private:
  void compare_next();
  void compare_with(const document::TreeEntry& entry, folder::ReadFile read);
  void take(const document::TreeEntry& entry, const folder::ReadFile& read, bool is_same,
            std::optional<std::string> remote_text);
  void back_up_next();

  folder::Disk& disk_;
  Documents& documents_;
  const document::LocalTree& tree_;
  const Existing existing_;
  std::shared_ptr<Joining*> self_;  ///< for answers: null once this is gone
  std::map<std::string, folder::FileStamp> local_;
  std::vector<std::string> to_compare_;                          ///< paths
  std::vector<std::pair<std::string, std::string>> to_back_up_;  ///< path and bytes
  Done done_;
  std::function<void(Result<Done>)> then_;
};

}  // namespace plait::workspace
