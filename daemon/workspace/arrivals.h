#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/folder/disk.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "daemon/workspace/file_records.h"
#include "protocol/base/result.h"

namespace plait::workspace {

/// A file that is missing may be about to come back: programs save by removing and renaming.
inline constexpr std::chrono::milliseconds kMissingGrace{400};
/// New files that are read at the same time.
inline constexpr std::size_t kMaxReading = 8;
/// A larger one cannot be shared.
inline constexpr std::size_t kMaxFileBytes = std::size_t{32} << 20;

/// What has become of files, as Arrivals tells it.
class ArrivalsHost {
 public:
  ArrivalsHost() = default;
  ArrivalsHost(const ArrivalsHost&) = delete;
  ArrivalsHost& operator=(const ArrivalsHost&) = delete;

  /// A file of ours is where it was, perhaps with something else in it.
  virtual void seen_again(const std::string& file, bool is_changed) = 0;
  /// A file of ours is somewhere else.
  virtual void moved(const std::string& file, const std::string& path) = 0;
  /// A file that is none of ours, and may be shared.
  virtual void arrived(const std::string& path, folder::ReadFile read) = 0;
  virtual void empty_folder_arrived(const std::string& path) = 0;
  /// These are not there any more, all at once.
  virtual void gone(std::vector<std::string> files) = 0;
  /// For the person here.
  virtual void problem(std::string_view code, const std::string& message) = 0;

 protected:
  ~ArrivalsHost() = default;
};

/// Looks at the folder on disk whenever something may have changed there, and finds out what it
/// means for the files that we know: seen, changed, moved, gone, or new.
///
/// What went and what came at nearly the same time may be one file: the same if it has the same
/// inode, size and time, or the same bytes.
///
/// Does no I/O itself.
class Arrivals final : private folder::DiskListener {
 public:
  /// All of them outlive this, and tell it nothing once it is gone.
  Arrivals(folder::Disk& disk, const FileRecords& records, Agenda& agenda, const Clock& clock,
           ArrivalsHost& host);
  ~Arrivals() override;

  /// Watches the folder, and looks at all of it. `then` is told when the host knows everything.
  void start(std::function<void(Result<void>)> then);
  /// Looks at one path. `then` is told when the host knows what is there.
  void look_at(const std::string& path, std::function<void()> then);

 private:
  /// Something that is done when the last of its parts is.
  class Batch;
  using BatchRef = std::shared_ptr<Batch>;
  struct Stranger {
    std::string path;
    folder::FileStamp stamp;
    BatchRef batch;
  };
  struct Look;

  // folder::DiskListener
  void changed(const std::vector<std::string>& paths) override;
  void everything_may_have_changed() override;
  void root_gone() override;
  void trouble(const std::string& text) override;
  void ignore_rules_wait() override;

  void scan(std::function<void(Result<void>)> then);
  void take_scan(const folder::Scan& scan, const BatchRef& batch);
  void take_folders(const folder::Scan& scan);
  void look(const std::vector<std::string>& paths, const BatchRef& batch);
  void looked_at(const std::string& path, const std::optional<folder::FileStamp>& stamp,
                 const std::shared_ptr<Look>& look);
  void sort(const std::shared_ptr<Look>& look);
  /// Each of them is a file of ours that has moved, or is read.
  void meet(std::vector<Stranger> strangers);
  void read_next();
  void was_read(const Stranger& stranger, Result<folder::ReadFile> read);
  void miss(const std::string& file);
  void confirm_missing();
  void found_moved(const std::string& file, const Stranger& stranger);

  folder::Disk& disk_;
  const FileRecords& records_;
  const Clock& clock_;
  ArrivalsHost& host_;
  std::shared_ptr<Arrivals*> self_;  ///< for answers: null once this is gone

  std::set<std::string> missing_;  ///< files that are not where they were
  std::deque<Stranger> to_read_;
  std::size_t reading_ = 0;
  bool is_scanning_ = false;
  bool scans_again_ = false;
  bool has_root_ = true;
  Alarm missing_alarm_;
};

}  // namespace plait::workspace
