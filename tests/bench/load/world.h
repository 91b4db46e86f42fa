#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/crypto/random.h"
#include "daemon/loop/end_of_turn.h"
#include "daemon/loop/loop.h"
#include "daemon/net/client_connection.h"
#include "daemon/net/mask_source.h"
#include "daemon/net/tls.h"
#include "daemon/net/workbench.h"
#include "daemon/support/clock.h"
#include "protocol/base/result.h"
#include "tests/bench/load/options.h"
#include "tests/bench/load/server_process.h"

namespace plait::load {

/// What all connections of a run share, and how a scenario, told from top to bottom, waits for
/// what they do. The first thing that goes wrong ends every further waiting.
class World {
 public:
  static Result<std::unique_ptr<World>> make(const Options& options);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World() = default;

  /// Runs the loop until something holds, which is looked at after each turn; `what` is for the
  /// message if that takes longer than `patience`.
  Result<void> run_until(const std::function<bool()>& holds, std::string_view what,
                         std::chrono::seconds patience = kPatience);
  Result<void> run_for(std::chrono::milliseconds time);
  /// Called at the end of each turn, before what was said in it is sent; null to stop that.
  void at_end_of_turn(std::function<void()> call) { at_end_of_turn_ = std::move(call); }

  /// Something went wrong that makes the run worthless.
  void fail(std::string_view why);

  /// Where a room of this run is. Names of rooms are the run's own, so that one server can see
  /// several.
  [[nodiscard]] net::ClientTarget target_of(const std::string& room) const;
  [[nodiscard]] std::string new_room();

  [[nodiscard]] loop::Loop& loop() noexcept { return loop_; }
  [[nodiscard]] net::Workbench& bench() noexcept { return bench_; }
  [[nodiscard]] net::MaskSource& masks() noexcept { return masks_; }
  [[nodiscard]] const Options& options() const noexcept { return options_; }
  [[nodiscard]] const ServerProcess& server() const noexcept { return server_; }

  static constexpr std::chrono::seconds kPatience{60};

 private:
  World(const Options& options, std::optional<net::TlsContext> tls);

  void end_of_turn();

  const Options options_;
  const ServerProcess server_;
  std::optional<net::TlsContext> tls_;
  std::string failure_;
  std::string run_name_;
  std::size_t rooms_ = 0;
  loop::Loop loop_;
  SystemClock clock_;
  crypto::SystemRandom random_;
  net::MaskSource masks_;
  net::Workbench bench_;
  std::function<void()> at_end_of_turn_;
  const std::function<bool()>* holds_ = nullptr;
  loop::EndOfTurn end_of_turn_;  // last: it calls the others
};

}  // namespace plait::load
