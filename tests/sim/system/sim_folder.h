#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/folder/disk.h"
#include "daemon/folder/entry.h"

namespace plait::sim::system {

/// What is in one shared folder on one machine, whoever put it there; a daemon that dies leaves
/// it as it is. Everything in it happens at once.
class SimFolder {
 public:
  struct File {
    std::string bytes;
    folder::FileStamp stamp;
  };

  [[nodiscard]] const std::map<std::string, File>& files() const noexcept { return files_; }
  /// Null if there is no such file.
  [[nodiscard]] const File* find(std::string_view path) const;
  [[nodiscard]] bool is_folder(std::string_view path) const;
  [[nodiscard]] std::optional<folder::FileStamp> stat(std::string_view path) const;
  [[nodiscard]] folder::Scan scan() const;

  /// Into the file that is there, or as one more. Makes the folders that it is in.
  void write(const std::string& path, std::string bytes);
  /// Under a name of its own first, and then over what is there: another file takes its place.
  void replace(const std::string& path, std::string bytes);
  bool remove(const std::string& path);
  /// A file or a folder; never over something. False if it is not there, or something is.
  bool rename(const std::string& from, const std::string& to);
  void make_folder(const std::string& path);
  /// False if something is in it.
  bool remove_folder(const std::string& path);

  // A disk that is full: whoever writes asks first.
  void set_full(bool is_full) { is_full_ = is_full; }
  [[nodiscard]] bool is_full() const noexcept { return is_full_; }

  /// Told of every change, with the path; from whoever watches at this time.
  std::function<void(const std::string& path)> on_change;

 private:
  void changed(const std::string& path) const {
    if (on_change) on_change(path);
  }
  void make_parents(const std::string& path);
  [[nodiscard]] folder::FileStamp new_stamp(std::size_t size);

  std::map<std::string, File> files_;
  std::set<std::string> folders_;
  std::uint64_t last_inode_ = 0;
  std::int64_t ticks_ = 0;  ///< no two changes are at the same time
  bool is_full_ = false;
};

}  // namespace plait::sim::system
