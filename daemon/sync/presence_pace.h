#pragma once

#include <chrono>
#include <optional>

#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "daemon/sync/conversation.h"
#include "protocol/messages/connect/presence.h"

namespace plait::sync {

/// The server passes on no more than twenty a second.
inline constexpr std::chrono::milliseconds kPresencePause{50};

/// Says what the person does, and not too often: of what comes faster the newest counts.
class PresencePace {
 public:
  PresencePace(Agenda& agenda, const Clock& clock, Conversation& conversation)
      : clock_(clock), conversation_(conversation), next_(agenda, [this] { say(); }) {}

  /// Selections that do not fit into a message are left out, the last first.
  void show(messages::connect::PresenceUpdate presence);
  /// In a workspace: says it all again.
  void begin();
  void end() noexcept;

 private:
  void say();

  const Clock& clock_;
  Conversation& conversation_;
  bool is_begun_ = false;
  bool is_said_ = true;
  std::optional<messages::connect::PresenceUpdate> presence_;
  std::optional<MonotonicTime> said_at_;
  Alarm next_;
};

}  // namespace plait::sync
