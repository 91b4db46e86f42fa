#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plait::crdt {
class Document;
}  // namespace plait::crdt

namespace plait::document {

/// The document of a workspace that says which files there are, and its map of them
/// (docs/protocol.md, "The tree").
inline constexpr std::string_view kTreeDocument = "tree";
inline constexpr std::string_view kFilesRoot = "files";

enum class FileKind : std::uint8_t { Text, Binary, Folder };
enum class LineEnding : std::uint8_t { Lf, Crlf };

/// A file, by what the tree says of it.
struct TreeEntry {
  std::string id;
  std::string path;        ///< as somebody has set it
  std::string shown_path;  ///< where everybody has it: another one if `path` is not free
  FileKind kind = FileKind::Text;
  LineEnding eol = LineEnding::Lf;
  bool executable = false;
  std::string blob;  ///< of a binary: the SHA-256 of its bytes in hexadecimal

  bool operator==(const TreeEntry&) const noexcept = default;
};

/// The files of a workspace, as its tree has them at some moment.
///
/// People who are apart may give one path to two files, or one path to a file and, as a folder,
/// to others. The shown paths are what all replicas make of that, from the same tree the same:
/// no two entries have the same one, except for folders, and none is below a file.
class Tree {
 public:
  /// What is not as the format says is passed over.
  [[nodiscard]] static Tree read(const crdt::Document& document);

  /// In the order of their ids.
  [[nodiscard]] const std::vector<TreeEntry>& entries() const noexcept { return entries_; }
  /// Null if there is none. Of folders that are shown at one path, the one with the smallest
  /// id.
  [[nodiscard]] const TreeEntry* find(std::string_view id) const noexcept;
  [[nodiscard]] const TreeEntry* at(std::string_view shown_path) const noexcept;

 private:
  explicit Tree(std::vector<TreeEntry> entries);

  std::vector<TreeEntry> entries_;
  std::vector<std::uint32_t> by_shown_path_;  ///< in entries_
};

}  // namespace plait::document
