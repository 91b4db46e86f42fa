#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crypto/device_key.h"
#include "tests/sim/chance.h"
#include "tests/sim/disk.h"
#include "tests/sim/network.h"
#include "tests/sim/plan.h"
#include "tests/sim/server_machine.h"
#include "tests/sim/text_ledger.h"
#include "tests/sim/trace.h"
#include "tests/sim/typist.h"

namespace plait::sim {

/// One server, its disk, its network, and everybody who uses it.
///
/// A run has three parts. While the plan lasts, everything goes wrong that the plan says, and
/// at every instant what was acknowledged has to be on disk. Then nothing goes wrong any more,
/// and everybody has to come to rest with the same text. Then the server starts from its disk,
/// and somebody new has to find that text.
class World {
 public:
  World(const Plan& plan, bool aloud);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Outcome run();

 private:
  struct Actor {
    std::size_t number = 0;
    Role role;
    std::optional<crypto::DeviceKey> device;
    std::unique_ptr<Typist> typist;
    std::shared_ptr<Line> line;  ///< shared with what is on the agenda about it
    std::uint64_t clients = 0;   ///< ids used up by lost replicas
    bool is_falling = false;     ///< asked to be demoted or revoked, which is not on disk yet
    bool is_out = false;         ///< no longer a member
    [[nodiscard]] std::string id() const { return "a" + std::to_string(number); }
    /// Whether his replica is to be like all others.
    [[nodiscard]] bool counts() const {
      return role.part != Part::Viewer && !is_falling && !is_out;
    }
  };
  void found_workspace();
  void add_actor(const Role& role);

  // The plan's steps.
  void perform(const Step& step);
  void type(Actor& actor, std::size_t count, Chance& chance);
  void erase(Actor& actor, Chance& chance);
  void burst(Actor& actor, Chance chance);
  void make_attack(Actor& actor, Chance& chance);
  void lose_replica(Actor& actor);
  void put_down(Actor& actor, bool out);
  void crash(Chance& chance);

  // The connections.
  void dial(Actor& actor);
  void dial_again(Actor& actor);

  // The loop.
  void run_until(MonotonicTime end);
  void turn();
  void check_acknowledged();
  void check_everybody();
  void heal();
  [[nodiscard]] bool is_quiet() const;
  void come_to_rest();
  void check_end();
  void check_newcomer(std::size_t document, const std::string& text, std::string_view when);

  void fail(std::string problem) {
    if (!problem_) problem_ = std::move(problem);
  }
  [[nodiscard]] MonotonicTime now() const { return clock_.now(); }
  [[nodiscard]] std::string store_name(std::size_t document) const;
  char32_t new_character(bool in_two_units);

  const Plan& plan_;
  Trace trace_;
  Chance chance_;
  SimClock clock_;
  Agenda agenda_;
  Weather weather_;
  SeededBytes random_;
  std::vector<std::unique_ptr<Actor>> actors_;
  ServerMachine server_;
  std::vector<TextLedger> ledgers_;
  std::vector<DiskReplica> disks_;

  bool is_healed_ = false;
  bool is_over_ = false;
  char32_t next_short_ = 0x4E00;
  char32_t next_long_ = 0x20000;
  std::optional<std::string> problem_;
};

/// A whole run.
inline Outcome play(const Plan& plan, bool aloud) { return World(plan, aloud).run(); }

}  // namespace plait::sim
