#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "daemon/folder/disk.h"
#include "daemon/folder/ordered_work.h"
#include "daemon/folder/root.h"
#include "daemon/folder/watcher.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/timer.h"
#include "daemon/support/clock.h"
#include "daemon/support/random.h"
#include "protocol/base/result.h"

namespace plait::folder {

/// A folder of the machine. The work is done by the loop's threads; the loop never waits.
///
/// Two lanes: one for files, one for what asks the rules (scans, questions, events of the
/// watcher), whose jobs are done one after the other. The first scan also moves to the bin what
/// an earlier process has left.
class RealDisk final : public Disk {
 public:
  struct Settings {
    std::string folder;
    /// For the rules and the bin (`rules/`, `bin/`): outside of the folder, nobody else's.
    std::string state_folder;
    mode_t umask = 022;  ///< the person's
    Abilities abilities{};
  };
  static constexpr std::chrono::hours kPurgeEvery{24};

  /// The loop, and with it work that has begun, goes before the clock. A listener destroys the
  /// Disk in none of its calls.
  static Result<std::unique_ptr<RealDisk>> open(loop::Loop& loop, const Settings& settings,
                                                const Clock& clock, Random& random);
  ~RealDisk() override;

  void watch(DiskListener& listener, Answer<void> answer) override;
  void scan(Answer<Scan> answer) override;
  void classify(std::vector<std::string> paths, Answer<std::vector<Sharing>> answer) override;
  void accept_ignore_rules(Answer<void> answer) override;
  void stat(std::string path, Answer<std::optional<FileStamp>> answer) override;
  void read(std::string path, std::size_t max_bytes, Answer<ReadFile> answer) override;
  void write(WriteOrder order, Answer<Written> answer) override;
  void flush(Answer<void> answer) override;
  void rename(std::string from, std::string to, Answer<Outcome> answer) override;
  void remove(std::string path, Expected expected, Answer<Removed> answer) override;
  void make_folder(std::string path, Answer<Outcome> answer) override;
  void remove_folder(std::string path, Answer<Outcome> answer) override;
  void set_executable(std::string path, bool executable, Answer<Outcome> answer) override;
  void keep_copy(std::string path, std::string bytes, Answer<std::string> answer) override;

 private:
  struct Parts;

  RealDisk(loop::Loop& loop, std::shared_ptr<Parts> parts);

  /// Does `act(parts)`, which gives a Result<T>, in its turn, if the folder is still there.
  template <class T, class Act>
  void run(OrderedWork& lane, const std::optional<std::string>& key, Act act, Answer<T> answer);
  /// Also if it is not.
  template <class T, class Act>
  void run_anyway(OrderedWork& lane, const std::optional<std::string>& key, Act act,
                  Answer<T> answer);
  void digest(std::string events);
  void tell_if_gone();
  void tell_if_rules_wait();
  void purge();

  loop::Loop* loop_;
  /// Shared with the work that is under way, which may end after this object.
  std::shared_ptr<Parts> parts_;
  DiskListener* listener_ = nullptr;
  bool has_told_gone_ = false;
  bool has_told_waiting_ = false;
  OrderedWork files_;
  OrderedWork rules_;
  std::optional<Watcher> watcher_;
  loop::Timer purge_timer_;
};

}  // namespace plait::folder
