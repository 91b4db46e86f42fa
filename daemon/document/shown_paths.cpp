#include "daemon/document/shown_paths.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace plait::document {
namespace {

/// So much of an id tells two files apart for a person.
constexpr std::size_t kShortIdBytes = 6;

/// `src/notes.txt` → `src/notes (3f9ac1).txt`; `times` times.
std::string with_mark(const TreeEntry& entry, std::string_view mark, std::size_t times) {
  const std::string_view path = entry.path;
  const std::size_t slash = path.rfind('/');
  const std::size_t name = slash == std::string_view::npos ? 0 : slash + 1;
  std::size_t dot = entry.kind == FileKind::Folder ? path.npos : path.rfind('.');
  if (dot == std::string_view::npos || dot <= name) dot = path.size();  // `.profile` has none
  std::string marked(path.substr(0, dot));
  for (; times > 0; --times) marked.append(" (").append(mark).append(")");
  return marked.append(path.substr(dot));
}

/// All paths of a tree as somebody has set them.
class SetPaths {
 public:
  explicit SetPaths(std::span<const TreeEntry> entries) {
    for (const TreeEntry& entry : entries) paths_.push_back(entry.path);
    std::ranges::sort(paths_);
  }
  [[nodiscard]] bool contains(std::string_view path) const {
    return std::ranges::binary_search(paths_, path);
  }
  /// Whether something is below it.
  [[nodiscard]] bool is_folder(std::string_view path) const {
    const std::string below = std::string(path) + '/';
    const auto first = std::ranges::lower_bound(paths_, below);
    return first != paths_.end() && first->starts_with(below);
  }

 private:
  std::vector<std::string_view> paths_;
};

}  // namespace

void choose_shown_paths(std::span<TreeEntry> entries) {
  const SetPaths set(entries);

  std::vector<TreeEntry*> by_path;
  for (TreeEntry& entry : entries) by_path.push_back(&entry);
  const auto path_of = [](const TreeEntry* entry) -> const std::string& { return entry->path; };
  std::ranges::stable_sort(by_path, {}, path_of);
  for (auto at = by_path.begin(); at != by_path.end();) {
    const auto end = std::ranges::upper_bound(at, by_path.end(), (*at)->path, {}, path_of);
    const bool only_folders = set.is_folder((*at)->path);
    const TreeEntry* keeper = nullptr;
    for (; at != end; ++at) {
      TreeEntry& entry = **at;
      const bool is_folder = entry.kind == FileKind::Folder;
      if (keeper == nullptr && (is_folder || !only_folders)) keeper = &entry;
      const bool shares = is_folder && keeper != nullptr && keeper->kind == FileKind::Folder;
      if (keeper == &entry || shares) entry.shown_path = entry.path;
    }
  }

  std::set<std::string, std::less<>> given;
  for (TreeEntry& entry : entries) {
    if (!entry.shown_path.empty()) continue;
    const auto is_free = [&](const std::string& path) {
      return !set.contains(path) && !set.is_folder(path) && !given.contains(path);
    };
    const std::string_view id = entry.id;
    std::string path =
        with_mark(entry, id.substr(id.size() - std::min(id.size(), kShortIdBytes)), 1);
    for (std::size_t times = 1; !is_free(path); ++times) path = with_mark(entry, id, times);
    entry.shown_path = *given.insert(std::move(path)).first;
  }
}

}  // namespace plait::document
