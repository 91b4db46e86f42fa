#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/network.h"
#include "tests/sim/system/sim_disk.h"

namespace plait::sim::system {

/// One thing that happens on a machine, or is done there.
struct Step {
  enum class Kind : std::uint8_t {
    // An editor's user.
    Type,
    Erase,
    Paste,
    Undo,
    Redo,
    Open,
    Save,
    Close,
    Bug,  ///< the editor does something wrong
    // Another program.
    Change,
    Create,
    Rename,
    Delete,
    // The network.
    Cut,       ///< a connection
    HalfOpen,  ///< one that the server goes on believing in
    Jam,       ///< one that does not move
    // The machine.
    Crash,     ///< the daemon's
    PowerCut,  ///< its editors go as well
    FullDisk,
    SlowDisk,
    StepClock,
    // The server.
    CrashServer,
    Drain,
    SlowServer,
    FailCommit,
  };
  microseconds at{};
  Kind kind{};
  std::size_t machine = 0;
  std::uint64_t value = 0;  ///< what else there is to decide
  std::size_t number = 0;   ///< in the plan as it was made
};
[[nodiscard]] std::string_view name_of(Step::Kind kind) noexcept;

/// Mistakes that the simulation has to find. They are there to show that it does.
struct Mistakes {
  bool network_loses = false;  ///< messages, within a connection
  bool disk_is_blind = false;  ///< a daemon's writes do not look at what they replace
  bool seed_leaks = false;     ///< something depends on more than the seed
};

/// All that a run depends on.
struct Plan {
  std::uint64_t seed = 0;
  std::vector<std::size_t> editors;  ///< of each machine
  std::size_t files = 1;             ///< that there are in the beginning
  bool is_rough = false;             ///< programs wait for nothing (make_rough_plan())
  Weather weather;
  microseconds turn{1};  ///< what comes within so long is one turn of a loop
  microseconds most_commit{};
  DiskHabits disk;
  std::vector<Step> steps;  ///< in the order of their times
  Mistakes mistakes;
};

[[nodiscard]] Plan make_plan(std::uint64_t seed);
/// Also with files that are renamed, daemons that die under their editors, full disks, and
/// commits of the server that fail. Not all of these end well.
[[nodiscard]] Plan make_rough_plan(std::uint64_t seed);
/// For people.
[[nodiscard]] std::string describe(const Plan& plan);

}  // namespace plait::sim::system
