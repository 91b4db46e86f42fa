#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/attack/stage.h"

namespace plait::attack {

/// One thing that somebody might try.
struct Attack {
  std::string name;
  std::string expected;                     ///< what the refusal begins with
  std::function<std::string(Stage&)> play;  ///< says what the refusal was
};

/// Those that go together, and what they are played on.
struct Scene {
  std::string title;
  Stage::Kind stage = Stage::Kind::Open;
  std::vector<Attack> attacks;
  /// All at once, because each of them waits for a deadline.
  bool together = false;
};

[[nodiscard]] Scene deadline_attacks();
[[nodiscard]] Scene request_attacks();
[[nodiscard]] Scene origin_attacks();
[[nodiscard]] Scene frame_attacks();
[[nodiscard]] Scene flood_attacks();
[[nodiscard]] Scene update_attacks();
[[nodiscard]] Scene open_update_attacks();
[[nodiscard]] Scene presence_attacks();
[[nodiscard]] Scene token_attacks();
[[nodiscard]] Scene path_attacks();
[[nodiscard]] Scene connect_attacks();
[[nodiscard]] Scene invite_attacks();

}  // namespace plait::attack
