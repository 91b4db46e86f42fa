#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/folder/disk.h"
#include "tests/sim/chance.h"
#include "tests/sim/network.h"
#include "tests/sim/system/sim_folder.h"
#include "tests/sim/trace.h"

namespace plait::sim::system {

/// How a machine's disk is: how long an order takes, and how late watching tells.
struct DiskHabits {
  microseconds slowest_order{1000};
  microseconds latest_event{20'000};
  /// One in so many batches of events is lost in an overflow; 0: none.
  std::size_t loses_one_in = 0;
  bool is_blind = false;  ///< a mistake that is there to be found: what is replaced is lost
};

/// A daemon's way to a SimFolder. Orders are carried out one after the other, each a while
/// after it was given, and answered a while after that: others change the folder in between.
class SimDisk final : public folder::Disk {
 public:
  /// What a disk needs of the world. All of it outlives the disk.
  struct Around {
    Agenda& agenda;
    const SimClock& clock;
    Trace& trace;
    std::size_t machine = 0;
    /// Something that no daemon may do to a folder was ordered.
    std::function<void(const std::string& problem)> on_wrong;
    /// A daemon has put this into a file.
    std::function<void(const std::string& path, const std::string& bytes)> on_written;
    /// A copy was kept of what the daemon could not take over.
    std::function<void(const std::string& bytes)> on_kept;
  };
  SimDisk(SimFolder& folder, const DiskHabits& habits, const Around& around, Chance chance);
  ~SimDisk() override;

  void watch(folder::DiskListener& listener, Answer<void> answer) override;
  void scan(Answer<folder::Scan> answer) override;
  void classify(std::vector<std::string> paths,
                Answer<std::vector<folder::Sharing>> answer) override;
  void accept_ignore_rules(Answer<void> answer) override;
  void stat(std::string path, Answer<std::optional<folder::FileStamp>> answer) override;
  void read(std::string path, std::size_t max_bytes, Answer<folder::ReadFile> answer) override;
  void write(folder::WriteOrder order, Answer<folder::Written> answer) override;
  void flush(Answer<void> answer) override;
  void rename(std::string from, std::string to, Answer<folder::Outcome> answer) override;
  void remove(std::string path, folder::Expected expected,
              Answer<folder::Removed> answer) override;
  void make_folder(std::string path, Answer<folder::Outcome> answer) override;
  void remove_folder(std::string path, Answer<folder::Outcome> answer) override;
  void set_executable(std::string path, bool executable,
                      Answer<folder::Outcome> answer) override;
  void keep_copy(std::string path, std::string bytes, Answer<std::string> answer) override;

 private:
  template <class T, class Act>
  void order(std::string_view what, Act act, Answer<T> answer);
  [[nodiscard]] Result<void> check(std::string_view path) const;
  [[nodiscard]] Result<folder::Written> put(const folder::WriteOrder& order);
  [[nodiscard]] Result<folder::Removed> take_away(const std::string& path,
                                                  const folder::Expected& expected);
  void changed(const std::string& path);
  void tell();
  [[nodiscard]] std::string kept_at(const std::string& path);

  SimFolder& folder_;
  const DiskHabits& habits_;
  const Around around_;
  Chance chance_;
  std::shared_ptr<SimDisk*> self_;  ///< for what is on the agenda: null once this is gone
  folder::DiskListener* listener_ = nullptr;
  MonotonicTime latest_order_;
  MonotonicTime latest_answer_;
  std::set<std::string> untold_;
  bool tells_ = false;
  std::size_t copies_ = 0;
};

}  // namespace plait::sim::system
