#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/network.h"

namespace plait::sim {

/// Who somebody is.
enum class Part : std::uint8_t {
  Editor,
  Viewer,  ///< types all the same, and sends it
  Enemy,   ///< has an editor's rights, and sends what has to be refused
};

struct Role {
  Part part = Part::Editor;
  bool speaks_plait = false;  ///< /v1/connect; otherwise a standard Yjs provider
  std::size_t document = 0;
};

/// One thing that happens, or is done.
struct Step {
  enum class Kind : std::uint8_t {
    Type,
    Paste,  ///< a lot at once
    Erase,
    Burst,     ///< many characters, each in a turn of its own
    Cut,       ///< a connection
    HalfOpen,  ///< one that the server goes on believing in
    Stall,     ///< a program does not read
    Jam,       ///< a connection does not move
    AskAgain,
    Attack,
    LoseReplica,
    Crash,
    Drain,
    SlowDisk,
    FailCommit,
    TryAgain,  ///< what was refused
    Demote,    ///< from now on somebody may only read
    Revoke,    ///< somebody is no longer a member
  };
  microseconds at{};
  Kind kind{};
  std::size_t actor = 0;
  std::uint64_t value = 0;  ///< what else there is to decide
  std::size_t number = 0;   ///< in the plan as it was made
};
[[nodiscard]] std::string_view name_of(Step::Kind kind) noexcept;

/// Mistakes that a simulation has to find. They are there to show that it does.
struct Mistakes {
  bool disk_forgets = false;   ///< a crash takes what was written last with it
  bool disk_skips = false;     ///< the disk says that all is written, and something is not
  bool viewers_write = false;  ///< the server lets them
  bool network_loses = false;  ///< messages, within a connection
  bool seed_leaks = false;     ///< something depends on more than the seed
};

/// All that a run depends on.
struct Plan {
  std::uint64_t seed = 0;
  bool open = false;  ///< rooms for everybody; otherwise a workspace with members
  std::size_t documents = 1;
  std::vector<Role> cast;
  Weather weather;
  microseconds turn{1};  ///< what comes within so long is one turn of the server's loop
  microseconds most_commit{};
  std::vector<Step> steps;  ///< in the order of their times
  Mistakes mistakes;
};

[[nodiscard]] Plan make_plan(std::uint64_t seed);
/// For people.
[[nodiscard]] std::string describe(const Plan& plan);

}  // namespace plait::sim
