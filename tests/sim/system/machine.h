#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crypto/device_key.h"
#include "daemon/support/agenda.h"
#include "daemon/workspace/outside.h"
#include "daemon/workspace/shelf.h"
#include "tests/sim/chance.h"
#include "tests/sim/commits.h"
#include "tests/sim/network.h"
#include "tests/sim/server_machine.h"
#include "tests/sim/system/editor_seat.h"
#include "tests/sim/system/server_link.h"
#include "tests/sim/system/sim_disk.h"
#include "tests/sim/system/sim_folder.h"
#include "tests/support/stepped_replica_store.h"

namespace plait::sim::system {

/// Where the shared folder is, on every machine.
inline constexpr std::string_view kFolder = "/home/somebody/garden";
[[nodiscard]] std::string uri_of(std::string_view path);
[[nodiscard]] std::string path_of(std::string_view uri);

/// The machine of one person: the folder, the daemon with its store, and the editors. All but
/// the daemon outlive a crash of the daemon; a power cut takes the editors too.
class Machine final : private workspace::Outside {
 public:
  struct Around {
    sim::Agenda& agenda;
    SimClock& clock;
    Trace& trace;
    ServerMachine& server;
    /// Something happened that may not.
    std::function<void(const std::string& problem)> on_wrong;
    std::function<void(const std::string& bytes)> on_written;  ///< by the daemon, into a file
    std::function<void(const std::string& bytes)> on_kept;     ///< as a copy
    /// An undo or a redo has made this of that.
    std::function<void(const std::string& before, const std::string& after)> on_reverted;
  };
  struct Habits {
    DiskHabits disk;
    microseconds most_commit{1000};
    std::size_t editors = 1;
  };
  Machine(std::size_t number, const Around& around, const Habits& habits, Chance chance);
  ~Machine() override;

  [[nodiscard]] std::size_t number() const noexcept { return number_; }
  [[nodiscard]] SimFolder& folder() noexcept { return folder_; }
  [[nodiscard]] const SimFolder& folder() const noexcept { return folder_; }
  [[nodiscard]] Commits<support::SteppedCore<store::ReplicaCore>>& commits() noexcept {
    return commits_;
  }
  [[nodiscard]] std::vector<std::unique_ptr<EditorSeat>>& seats() noexcept { return seats_; }
  /// What the clock on the wall says is moved by so much.
  void step_clock(std::chrono::milliseconds step) { clock_.offset += step.count(); }

  // The daemon --------------------------------------------------------------------------------

  void start();
  /// Killed. What was being written is on disk or not, and the rest of what waited is not.
  void crash(Chance& chance);
  /// What does not outlive the machine is gone: it crashed too.
  void forget_buffers() { black_box_.clear(); }
  [[nodiscard]] bool is_running() const noexcept { return daemon_ != nullptr; }
  /// Becomes a member with this invite, and brings the folder into step.
  void join(const std::string& invite);
  [[nodiscard]] bool is_joined() const noexcept { return is_joined_; }
  /// Null if there is none.
  [[nodiscard]] workspace::Workspace* workspace() const;
  /// The document of the file at a path, if it is in memory. Empty otherwise.
  [[nodiscard]] workspace::Hold document_at(const std::string& path) const;
  /// The texts that a crash leaves, all in one. To be asked after one.
  [[nodiscard]] std::string stored_text();

  /// Connections of the daemon, of which each may be cut.
  [[nodiscard]] const std::set<ServerLink*>& links() const noexcept { return links_; }

  // The loop ----------------------------------------------------------------------------------

  [[nodiscard]] std::optional<MonotonicTime> next_deadline() const;
  void advance();
  void end_of_turn();
  void heal();
  /// What is in the folder is known, and so remembered.
  [[nodiscard]] bool knows_its_folder() const;
  /// Nothing waits: not on the disk, not on the way to an editor, not for the server.
  [[nodiscard]] bool is_quiet() const;
  /// For people: what it waits for.
  [[nodiscard]] std::string waits_for() const;

 private:
  /// The world's time, and a clock on the wall that is this machine's.
  struct MachineClock final : Clock {
    explicit MachineClock(const SimClock& its_world) : world(its_world) {}
    [[nodiscard]] MonotonicTime now() const override { return world.now(); }
    [[nodiscard]] WallTime wall() const override { return {world.wall().ms + offset}; }
    const SimClock& world;
    std::int64_t offset = 0;
  };
  struct Daemon {
    plait::Agenda agenda;
    std::unique_ptr<workspace::Shelf> shelf;
  };

  void editor_says(std::string_view body, const std::function<void()>& hear) const;

  // workspace::Outside
  Result<std::string> real_folder(const std::string& path, bool makes) override;
  Result<std::unique_ptr<folder::Disk>> open_disk(const std::string& workspace,
                                                  const std::string& folder) override;
  Result<std::unique_ptr<workspace::BlackBoxFile>> open_black_box(
      const std::string& workspace) override;
  std::unique_ptr<workspace::Connection> connect(sync::Session& session,
                                                 const workspace::ServerPlace& server) override;
  Result<workspace::ServerPlace> embedded_server() override;
  void make_workspace(const std::string& name,
                      std::function<void(Result<crypto::InviteLink>)> then) override;
  Result<workspace::ServerPlace> public_place(const std::string& wanted_host) override;

  const std::size_t number_;
  const Around around_;
  Habits habits_;
  Chance chance_;
  MachineClock clock_;
  SeededBytes random_;
  crypto::DeviceKey device_;
  SimFolder folder_;
  support::SteppedReplicaStore store_;
  Commits<support::SteppedCore<store::ReplicaCore>> commits_;
  std::vector<std::string> black_box_;  ///< in two parts at most
  std::set<ServerLink*> links_;
  bool is_joined_ = false;
  std::unique_ptr<Daemon> daemon_;
  std::vector<std::unique_ptr<EditorSeat>> seats_;
};

}  // namespace plait::sim::system
