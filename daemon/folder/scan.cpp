#include "daemon/folder/scan.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "daemon/folder/names.h"
#include "protocol/base/relative_path.h"
#include "protocol/base/utf8.h"

namespace plait::folder {
namespace {

struct CloseListing {
  void operator()(DIR* listing) const noexcept { closedir(listing); }
};

/// For showing: what is no UTF-8 becomes U+FFFD.
std::string shown(std::string_view name) {
  std::string result;
  while (!name.empty()) {
    std::size_t size = 1;
    while (size < 4 && size < name.size() && !is_valid_utf8(name.substr(0, size))) ++size;
    const bool is_character = is_valid_utf8(name.substr(0, size));
    if (!is_character) size = 1;
    result += is_character ? name.substr(0, size) : kReplacementCharacter;
    name.remove_prefix(size);
  }
  return result;
}

class Scanner {
 public:
  Scanner(const Root& root, Rules& rules, const OnFolder& on_folder)
      : root_(root), rules_(rules), on_folder_(on_folder) {}

  Result<Scan> scan(std::string_view from) {
    waiting_.emplace_back(from);
    while (!waiting_.empty()) {
      const std::string folder = std::move(waiting_.back());
      waiting_.pop_back();
      if (auto listed = list(folder); !listed) return forward_error(listed);
    }
    std::ranges::sort(scan_.found, {}, &Found::path);
    std::ranges::sort(scan_.left_out, {}, &LeftOut::path);
    return std::move(scan_);
  }

 private:
  void leave_out(std::string path, LeftOutReason reason) {
    scan_.left_out.push_back({std::move(path), reason});
  }

  Result<void> list(const std::string& folder) {
    auto opened = root_.open_folder(folder);
    // Only of the shared folder itself that is a failure. Others may have gone meanwhile.
    if (!opened && folder.empty()) return forward_error(opened);
    if (!opened) {
      if (opened.error().code != ErrorCode::NotFound) {
        leave_out(folder, LeftOutReason::CannotBeRead);
      }
      return {};
    }
    if (on_folder_) on_folder_(folder, *opened);
    const std::unique_ptr<DIR, CloseListing> listing(fdopendir(opened->fd()));
    if (listing == nullptr) return system_failure("listing", folder);
    const int fd = opened->release();  // the listing's from now on

    std::vector<std::string> names;
    errno = 0;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody else has this listing
    while (const dirent* entry = readdir(listing.get())) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    if (errno != 0) return system_failure("listing", folder);
    const bool has_ignore_file = std::ranges::find(names, ".gitignore") != names.end();
    if (auto entered = rules_.enter(root_, folder, has_ignore_file); !entered) return entered;
    for (const auto& name : names) look_at_entry(folder, name, fd);
    return {};
  }

  void look_at_entry(const std::string& folder, const std::string& name, int fd) {
    std::string path = path_in(folder, name);
    if (!check_relative_path(path)) {
      return leave_out(path_in(folder, shown(name)), LeftOutReason::Name);
    }
    struct stat status {};
    if (fstatat(fd, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno != ENOENT) leave_out(std::move(path), LeftOutReason::CannotBeRead);
      return;
    }
    const FileStamp stamp = stamp_of(status);
    const bool is_folder = stamp.kind == FileKind::Folder;
    if (const auto reason = rules_.why_left_out(path, is_folder)) {
      return leave_out(std::move(path), *reason);
    }
    if (stamp.kind == FileKind::Other) return leave_out(std::move(path), LeftOutReason::NoFile);
    if (is_folder) {
      if (!root_.is_here(status)) return leave_out(std::move(path), LeftOutReason::OtherMount);
      waiting_.push_back(path);
    }
    scan_.found.push_back({std::move(path), stamp});
  }

  const Root& root_;
  Rules& rules_;
  const OnFolder& on_folder_;
  std::vector<std::string> waiting_;  ///< folders
  Scan scan_;
};

}  // namespace

Result<Scan> scan_all(const Root& root, Rules& rules, const OnFolder& on_folder) {
  if (auto begun = rules.begin_scan(root); !begun) return forward_error(begun);
  auto scan = Scanner(root, rules, on_folder).scan({});
  if (!scan) return scan;
  if (auto ended = rules.end_scan(); !ended) return forward_error(ended);
  // What is missing in a folder that went away meanwhile is not deleted.
  if (auto checked = root.check(); !checked) return forward_error(checked);
  return scan;
}

Result<Scan> scan_within(const Root& root, Rules& rules, std::string_view folder,
                         const OnFolder& on_folder) {
  return Scanner(root, rules, on_folder).scan(folder);
}

}  // namespace plait::folder
