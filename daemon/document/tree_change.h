#pragma once

#include <span>
#include <string>
#include <variant>

#include "daemon/crdt/document.h"
#include "daemon/document/tree.h"
#include "protocol/base/result.h"

namespace plait::document {

/// A file that was not there: a new id, and all there is to say of it. `shown_path` means
/// nothing here.
struct MakeFile {
  TreeEntry entry;
};
struct RenameFile {
  std::string id;
  std::string path;
};
/// A binary file has other bytes.
struct SetBlob {
  std::string id;
  std::string blob;
};
struct SetExecutable {
  std::string id;
  bool executable = false;
};
struct SetLineEnding {
  std::string id;
  LineEnding eol = LineEnding::Lf;
};
struct DeleteFile {
  std::string id;
};

using TreeChange =
    std::variant<MakeFile, RenameFile, SetBlob, SetExecutable, SetLineEnding, DeleteFile>;

/// Writes changes into a tree, as one update (docs/protocol.md, "The tree"). Changes of files
/// that have gone meanwhile are passed over.
Result<void> change_tree(crdt::Document& tree, std::span<const TreeChange> changes,
                         crdt::Origin origin);

}  // namespace plait::document
