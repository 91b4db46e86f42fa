#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/crypto/digest.h"
#include "daemon/folder/entry.h"
#include "protocol/base/result.h"

namespace plait::folder {

/// What somebody believes to be at a path before he changes it.
struct Anything {};
struct Nothing {};
/// A SHA-256: a regular file with exactly these bytes.
using Expected = std::variant<Anything, Nothing, crypto::Sha256Digest>;

/// How an order ended that could be carried out; what could not is an Error.
enum class Outcome : std::uint8_t {
  Done,
  Occupied,  ///< not done: something is there where nothing was expected
  Missing,   ///< not done: nothing is there where something was expected
  Changed,   ///< not done: what is there is not what was expected
};

struct ReadFile {
  std::string bytes;
  crypto::Sha256Digest hash{};
  FileStamp stamp;  ///< the same before and after reading
};

enum class Executable : std::uint8_t { Keep, On, Off };  ///< Keep makes a new file without

struct WriteOrder {
  std::string path;
  std::string bytes;
  Expected expected;
  Executable executable = Executable::Keep;
  /// What is replaced goes to the bin.
  bool keeps_replaced = false;
  /// Answered when it is on disk. If not, it is there when the next flush() is answered, and
  /// may be missing or empty after a crash before that: for many files at once, of which nobody
  /// notes before that they have come.
  bool is_synced = true;
};

/// What came out when a file was replaced, and was not what had been expected: somebody has
/// saved a moment earlier. It is in the bin too.
struct Displaced {
  std::string bytes;  ///< of the first kMaxDisplacedBytes
  bool is_whole = true;
  std::string kept_at;  ///< its absolute path in the bin
};
inline constexpr std::size_t kMaxDisplacedBytes = std::size_t{64} * 1024 * 1024;

struct Written {
  /// Done, also if something was displaced. Occupied, if nothing was expected. Missing, if the
  /// expected file has gone; write again with Nothing to have it nevertheless.
  Outcome outcome = Outcome::Done;
  FileStamp stamp{};  ///< of what has been written
  std::optional<Displaced> displaced{};
};

struct Removed {
  /// Done, Missing, or Changed: then it has stayed as it is.
  Outcome outcome = Outcome::Done;
  std::string kept_at{};  ///< its absolute path in the bin
};

/// Told on the loop's thread, never from within a call of the Disk.
class DiskListener {
 public:
  virtual ~DiskListener() = default;

  /// Something may be different at these paths: made, written, removed, renamed, a mode. They
  /// are in order, each once, and may be shared. A folder that has appeared comes with all that
  /// is in it; of one that has gone, only itself may be told. Our own writes are told too,
  /// since only their content tells them from others.
  virtual void changed(const std::vector<std::string>& paths) = 0;
  /// Too much has happened to tell, or the ignore rules are different: scan.
  virtual void everything_may_have_changed() = 0;
  /// The folder is not there any more, or another one is in its place: nothing is to be
  /// concluded from what is missing. All orders fail from now on. Told once.
  virtual void root_gone() = 0;
  /// For the person here, with what can be done about it. Changes may go unnoticed until then;
  /// scanning still finds them.
  virtual void trouble(const std::string& text) = 0;
  /// The .gitignore files in the folder ignore less than what was accepted here. What they
  /// would let through stays excluded until Disk::accept_ignore_rules().
  virtual void ignore_rules_wait() = 0;
};

/// A shared folder on disk, as the core sees it: asynchronous, and in no hurry. A simulation
/// has one of its own.
///
/// Paths are relative to the folder, as check_relative_path() lets through; others fail with
/// Refused, as does what goes through a symbolic link or leaves the folder, and all that is
/// Sharing::Never. What is Excluded does not: whoever takes a path from others asks classify()
/// before he reads it, or it would be shared nevertheless.
///
/// Orders for one path are carried out in the order in which they were given; those that
/// rename, make or remove folders after all before them and before all after them. Answers come
/// on the loop's thread, later, each once; none comes when the Disk has gone. What was begun by
/// then is still completed.
class Disk {
 public:
  template <class T>
  using Answer = std::function<void(Result<T>)>;

  virtual ~Disk() = default;

  /// From now on the listener, which outlives the Disk, is told of changes. Answered when
  /// everything after it will be noticed: what a scan begun then finds is not missed.
  virtual void watch(DiskListener& listener, Answer<void> answer) = 0;

  /// Everything that is shared. Runs beside other orders.
  virtual void scan(Answer<Scan> answer) = 0;
  /// By the rules as they are; in the order of the paths. A folder's path ends in a slash.
  virtual void classify(std::vector<std::string> paths,
                        Answer<std::vector<Sharing>> answer) = 0;
  /// The person here agrees with what the .gitignore files say now. Also for whoever has just
  /// joined, once all files have come: the first scan was of an empty folder.
  virtual void accept_ignore_rules(Answer<void> answer) = 0;

  /// Nothing if nothing is there.
  virtual void stat(std::string path, Answer<std::optional<FileStamp>> answer) = 0;
  /// Fails with NotFound if nothing is there, LimitExceeded if it is larger, Refused if it is
  /// no regular file, System if it changes all the time.
  virtual void read(std::string path, std::size_t max_bytes, Answer<ReadFile> answer) = 0;

  /// Puts a whole file into its place, at once and for good: whoever looks sees one version or
  /// the other, also after a crash. Makes the folders it is in. Keeps the mode of what it
  /// replaces.
  virtual void write(WriteOrder order, Answer<Written> answer) = 0;
  /// Everything that was written before is on disk.
  virtual void flush(Answer<void> answer) = 0;
  /// Done, Occupied (never over something) or Missing. A file or a folder with all in it. Makes
  /// the folders above `to`.
  virtual void rename(std::string from, std::string to, Answer<Outcome> answer) = 0;
  /// A regular file, into the bin.
  virtual void remove(std::string path, Expected expected, Answer<Removed> answer) = 0;
  /// And those above it. Done also if it is there; Occupied by something that is no folder.
  virtual void make_folder(std::string path, Answer<Outcome> answer) = 0;
  /// Done, Missing, or Occupied if something is in it.
  virtual void remove_folder(std::string path, Answer<Outcome> answer) = 0;
  /// Done or Missing.
  virtual void set_executable(std::string path, bool executable, Answer<Outcome> answer) = 0;

  /// Keeps bytes that would be lost, outside of the folder, as a file that the person can find.
  /// Answers with its absolute path.
  virtual void keep_copy(std::string path, std::string bytes, Answer<std::string> answer) = 0;
};

}  // namespace plait::folder
