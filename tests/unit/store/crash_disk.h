#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sqlite3.h>

#include "tests/support/seeded_random.h"

namespace plait::store {

/// A disk for SQLite that lives in memory and can fail: an SQLite VFS under a name of its own.
///
/// It counts the calls that change something (write, truncate, sync, delete). At one of them,
/// given by its number, a fault happens. After a power cut a file holds what was synced; of
/// what was written since, each piece is there, or not, or only its beginning.
class CrashDisk {
 public:
  enum class Fault : std::uint8_t {
    Error,     ///< that call fails, later ones succeed
    PowerCut,  ///< that call and all later ones fail, until restart()
  };

  explicit CrashDisk(std::uint64_t seed = 1);
  CrashDisk(const CrashDisk&) = delete;
  CrashDisk& operator=(const CrashDisk&) = delete;
  ~CrashDisk();

  /// For Database::Options.
  [[nodiscard]] const std::string& vfs_name() const { return name_; }

  /// The call after `calls` more happens to fail.
  void fail_after(std::size_t calls, Fault fault);
  /// Calls so far.
  [[nodiscard]] std::size_t calls() const { return calls_; }
  /// The files grow to this many bytes together and no further.
  void set_capacity(std::optional<std::size_t> bytes) { capacity_ = bytes; }

  /// The power comes back. Connections of before are closed first, as if their process had
  /// died.
  void restart();

  /// What a file holds at present.
  std::string& content(const std::string& file);
  [[nodiscard]] std::size_t used() const;

 private:
  /// A write or truncation that was not synced.
  struct Change {
    std::size_t offset;
    std::string bytes;
    bool truncates;
  };
  struct Content {
    std::string current;
    std::string durable;
    std::vector<Change> unsynced;
  };
  /// What SQLite holds of an open file. Its memory is SQLite's.
  struct Handle {
    sqlite3_file base;
    CrashDisk* disk;
    Content* content;
  };
  friend struct CrashDiskMethods;

  /// SQLITE_OK, or what the next changing call fails with.
  int next_call();
  int write(Content& content, std::size_t offset, std::string_view bytes);
  int truncate(Content& content, std::size_t size);
  int sync(Content& content);
  int remove(const std::string& file);
  void lose_some(Content& content);

  std::string name_;
  sqlite3_vfs vfs_{};
  support::SeededRandom random_;
  std::map<std::string, std::unique_ptr<Content>> files_;
  std::vector<std::unique_ptr<Content>> nameless_;

  std::size_t calls_ = 0;
  std::optional<std::size_t> fails_at_;
  Fault fault_ = Fault::Error;
  bool power_ = true;
  std::optional<std::size_t> capacity_;
};

}  // namespace plait::store
