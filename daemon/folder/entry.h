#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plait::folder {

enum class FileKind : std::uint8_t {
  Regular,
  Folder,
  Other,  ///< a symbolic link, a device, a pipe, a socket: never followed, opened or shared
};

/// What tells one state of a file from another without reading it.
struct FileStamp {
  FileKind kind = FileKind::Other;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;  ///< nobody can set it back
  std::uint64_t inode = 0;
  std::uint64_t links = 0;
  bool executable = false;  ///< by its owner

  bool operator==(const FileStamp&) const noexcept = default;
};

/// May a path leave this machine?
enum class Sharing : std::uint8_t {
  Shared,
  Excluded,  ///< unless the person here says otherwise
  Never,     ///< whoever says so: a repository's own files, keys of ssh, our temporary files
};

/// Why something that is there is not shared.
enum class LeftOutReason : std::uint8_t {
  Never,         ///< Sharing::Never
  OwnRule,       ///< the person's own rules exclude it
  Secret,        ///< looks like a password or a private key, by its name
  Ignored,       ///< by a .gitignore, the repository's exclude file or the person's own
  HeldIgnored,   ///< as Ignored, but only by the rules accepted here: those in the folder are
                 ///< looser
  NoFile,        ///< FileKind::Other
  Name,          ///< check_relative_path() refuses it
  OtherMount,    ///< another file system is mounted there
  CannotBeRead,  ///< the file system says so
};

/// For a person: "ignored by .gitignore".
[[nodiscard]] std::string_view words_for(LeftOutReason reason) noexcept;

struct Found {
  std::string path;
  FileStamp stamp;
};

struct LeftOut {
  /// A folder that is left out is not entered: it stands for all that is in it. Names that are
  /// no UTF-8 are here with U+FFFD for what is wrong.
  std::string path;
  LeftOutReason reason = LeftOutReason::Never;
};

/// All that there is at one time, both in the order of the paths. Also what a dry run of
/// sharing shows.
struct Scan {
  std::vector<Found>
      found;  ///< files and folders that are shared, each folder before its files
  /// A path that is missing above has been deleted only if neither it nor one of the folders
  /// that it is in stands here.
  std::vector<LeftOut> left_out;
};

}  // namespace plait::folder
