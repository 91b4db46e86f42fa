#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/stat.h>

#include "daemon/folder/descriptor.h"
#include "daemon/folder/disk.h"
#include "daemon/folder/entry.h"
#include "protocol/base/result.h"

namespace plait::folder {

/// What not every kernel, file system or sandbox can do. What turns out to be missing is done
/// otherwise; these are for saying so beforehand.
struct Abilities {
  bool opens_beneath = true;  ///< openat2()
  bool exchanges = true;      ///< renameat2() with its flags
};

/// A name in a folder that is open.
struct NameIn {
  int folder;
  const char* name;
};

/// Where a path leads: the folder of its last name.
struct Place {
  Descriptor folder;
  std::string name;

  [[nodiscard]] NameIn at() const noexcept { return {folder.fd(), name.c_str()}; }
};

/// A shared folder that is open, and the one way to what is in it.
///
/// Everything goes through the descriptor of the folder that was opened, one name after the
/// other, with nothing followed: no symbolic link, no `..`, no mounted file system. What
/// somebody puts into the way between two calls therefore makes an error, and leads nowhere.
/// Paths are those of check_relative_path(). Any thread may use it.
class Root {
 public:
  /// `umask` is what the person's programs have: new files are made with it, whatever the
  /// process has for its own.
  static Result<Root> open(std::string path, mode_t umask, Abilities abilities = {});

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] mode_t umask() const noexcept { return umask_; }
  [[nodiscard]] const Abilities& abilities() const noexcept { return abilities_; }

  /// Fails with NotFound unless the folder that was opened is still where it was opened.
  Result<void> check() const;
  /// Everything that was written into it is on disk.
  Result<void> flush() const;
  /// Whether this is on the file system of the folder itself.
  [[nodiscard]] bool is_here(const struct stat& status) const noexcept {
    return status.st_dev == device_;
  }

  /// The empty path is the shared folder.
  Result<Descriptor> open_folder(std::string_view path) const;
  Result<Place> place_of(std::string_view path) const;
  /// The same, and make the folders that are missing. Refused if a file is in the way.
  Result<Descriptor> make_folder(std::string_view path) const;
  Result<Place> make_place(std::string_view path) const;

  /// Nothing if nothing is there.
  Result<std::optional<FileStamp>> stat(std::string_view path) const;
  /// As Disk::read().
  Result<ReadFile> read(std::string_view path, std::size_t max_bytes) const;

 private:
  Root(std::string path, mode_t umask, Abilities abilities, Descriptor folder,
       const struct stat& status);

  /// A folder by its path, which was checked. Not open with errno.
  [[nodiscard]] Descriptor open_beneath(const std::string& path) const;
  [[nodiscard]] Descriptor walk(std::string_view path) const;
  /// The folder `name` in another, made if need be.
  [[nodiscard]] Descriptor make_folder_in(int folder, const std::string& name) const;
  [[nodiscard]] Descriptor step(int folder, const std::string& name) const;

  std::string path_;
  mode_t umask_;
  Abilities abilities_;
  Descriptor folder_;
  dev_t device_;
  ino_t inode_;
};

/// What stands at a place. Not a link's target.
/// `path` is for the error.
Result<std::optional<struct stat>> look_at(NameIn at, std::string_view path);

/// Opens a regular file for reading, without waiting for anything. Refused if it is something
/// else.
Result<Descriptor> open_file(NameIn at, std::string_view path);

}  // namespace plait::folder
