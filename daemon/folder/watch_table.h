#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "daemon/folder/descriptor.h"
#include "daemon/folder/root.h"
#include "daemon/folder/rules.h"
#include "protocol/base/result.h"

namespace plait::folder {

/// What a batch of events comes to.
struct Changes {
  std::set<std::string> paths;
  bool everything = false;               ///< too much, or what is shared is different
  std::optional<std::string> trouble{};  ///< for a person
};

/// Which folders inotify watches, and what its events say. Folders that are not shared are not
/// watched. One descriptor for all of it.
///
/// Belongs to one thread at a time, but for the descriptor, which may be read by another:
/// an event of a folder is digested after the add() that made it.
class WatchTable {
 public:
  /// More at once are told as everything.
  static constexpr std::size_t kMaxChangedPaths = 20'000;

  static Result<WatchTable> open();

  [[nodiscard]] int fd() const noexcept { return inotify_.fd(); }
  [[nodiscard]] std::size_t size() const noexcept { return by_path_.size(); }

  /// Watches a folder that is open. To be called before it is listed.
  void add(std::string_view path, const Descriptor& folder);
  /// Watches only these any more.
  void retain(const std::set<std::string_view>& paths);

  /// What was read from the descriptor, in order and without a gap. Folders that have appeared
  /// are watched from now on, and what is in them has changed.
  Changes digest(std::string_view events, const Root& root, Rules& rules);

 private:
  explicit WatchTable(Descriptor inotify) : inotify_(std::move(inotify)) {}

  void digest_one(int watch, std::uint32_t mask, std::string_view name, const Root& root,
                  Rules& rules, Changes& changes);
  void drop_within(const std::string& path);

  Descriptor inotify_;
  std::unordered_map<int, std::string> by_watch_;
  std::map<std::string, int, std::less<>> by_path_;
  /// Told once; it holds until somebody changes a setting of the system.
  bool has_told_limit_ = false;
  std::optional<std::string> trouble_;
};

}  // namespace plait::folder
