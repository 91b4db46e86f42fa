#include "daemon/folder/watch_table.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include <sys/inotify.h>

#include "daemon/folder/names.h"
#include "daemon/folder/scan.h"
#include "protocol/base/assert.h"
#include "protocol/base/relative_path.h"

namespace plait::folder {
namespace {

constexpr std::uint32_t kMask = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                                IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF |
                                IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;

/// "fs.inotify.max_user_watches is 8192; …", with the way to raise it.
std::string advice(const std::string& setting) {
  std::uint64_t limit = 0;
  std::ifstream("/proc/sys/fs/inotify/" + setting) >> limit;
  const std::string name = "fs.inotify." + setting;
  return name + " is " + std::to_string(limit) + "; \"sudo sysctl " + name + "=" +
         std::to_string(limit * 8) + "\" raises it until the next start, and a line \"" + name +
         "=" + std::to_string(limit * 8) + "\" in /etc/sysctl.d/60-plait.conf for good";
}

}  // namespace

Result<WatchTable> WatchTable::open() {
  Descriptor inotify(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (inotify.is_open()) return WatchTable(std::move(inotify));
  if (errno == EMFILE) {
    return fail(ErrorCode::LimitExceeded,
                "too many programs watch folders: " + advice("max_user_instances"));
  }
  return system_failure("watching", "the folder");
}

void WatchTable::add(std::string_view path, const Descriptor& folder) {
  // By its descriptor: the path may lead elsewhere by now.
  const std::string link = "/proc/self/fd/" + std::to_string(folder.fd());
  const int watch = inotify_add_watch(fd(), link.c_str(), kMask);
  if (watch < 0) {
    if (has_told_limit_) return;
    has_told_limit_ = true;
    trouble_ = errno == ENOSPC
                   ? "too many folders to watch all of them, so some changes go unnoticed: " +
                         advice("max_user_watches")
                   : "some changes go unnoticed: watching " + std::string(path) + ": " +
                         std::generic_category().message(errno);
    return;
  }
  // A folder that was renamed keeps its watch.
  if (const auto known = by_watch_.find(watch); known != by_watch_.end()) {
    if (known->second == path) return;
    by_path_.erase(known->second);
  }
  by_watch_[watch] = path;
  by_path_[std::string(path)] = watch;
}

void WatchTable::retain(const std::set<std::string_view>& paths) {
  for (auto at = by_path_.begin(); at != by_path_.end();) {
    const auto next = std::next(at);
    if (!paths.contains(at->first)) {
      inotify_rm_watch(fd(), at->second);
      by_watch_.erase(at->second);
      by_path_.erase(at);
    }
    at = next;
  }
}

void WatchTable::drop_within(const std::string& path) {
  for (auto at = by_path_.lower_bound(path);
       at != by_path_.end() && at->first.starts_with(path);) {
    const auto next = std::next(at);
    if (is_within(at->first, path)) {
      inotify_rm_watch(fd(), at->second);
      by_watch_.erase(at->second);
      by_path_.erase(at);
    }
    at = next;
  }
}

Changes WatchTable::digest(std::string_view events, const Root& root, Rules& rules) {
  Changes changes;
  while (!events.empty()) {
    inotify_event event{};
    PLAIT_ASSERT(events.size() >= sizeof event, "whole events from inotify");
    std::memcpy(&event, events.data(), sizeof event);
    std::string_view name = events.substr(sizeof event, event.len);
    name = name.substr(0, name.find('\0'));
    events.remove_prefix(sizeof event + event.len);
    digest_one(event.wd, event.mask, name, root, rules, changes);
  }
  if (changes.paths.size() > kMaxChangedPaths) changes.everything = true;
  changes.trouble = std::exchange(trouble_, std::nullopt);
  return changes;
}

void WatchTable::digest_one(int watch, std::uint32_t mask, std::string_view name,
                            const Root& root, Rules& rules, Changes& changes) {
  if ((mask & IN_Q_OVERFLOW) != 0) changes.everything = true;
  const auto known = by_watch_.find(watch);
  if (known == by_watch_.end()) return;
  const std::string folder = known->second;
  if ((mask & IN_IGNORED) != 0) {
    by_watch_.erase(known);
    // Its path may belong to another folder by now.
    if (const auto at = by_path_.find(folder); at != by_path_.end() && at->second == watch) {
      by_path_.erase(at);
    }
    return;
  }
  if (name.empty()) return;  // of the folder itself, which the folder above it tells too

  const std::string path = path_in(folder, name);
  const bool is_folder = (mask & IN_ISDIR) != 0;
  if (!check_relative_path(path)) return;
  if (name == ".gitignore" && !is_folder) {
    // Holds at once; what it changes, a scan finds.
    auto found = root.stat(path);
    const bool is_there = found && *found && (*found)->kind == FileKind::Regular;
    if (auto entered = rules.enter(root, folder, is_there); !entered) {
      trouble_ = entered.error().message;
    }
    changes.everything = true;
  }
  if (rules.why_left_out(path, is_folder)) return;
  changes.paths.insert(path);
  if (!is_folder) return;
  if ((mask & (IN_MOVED_FROM | IN_DELETE)) != 0) drop_within(path);
  if ((mask & (IN_MOVED_TO | IN_CREATE)) != 0) {
    auto scan = scan_within(
        root, rules, path,
        [this](std::string_view entered, const Descriptor& open) { add(entered, open); });
    if (!scan) {
      trouble_ = scan.error().message;
      return;
    }
    for (auto& found : scan->found) changes.paths.insert(std::move(found.path));
  }
}

}  // namespace plait::folder
