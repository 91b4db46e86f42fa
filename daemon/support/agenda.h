#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "daemon/support/clock.h"

namespace plait {

class Alarm;

/// Who wants to be called when. One real timer is set to next().
class Agenda {
 public:
  Agenda() = default;
  Agenda(const Agenda&) = delete;
  Agenda& operator=(const Agenda&) = delete;

  [[nodiscard]] std::optional<MonotonicTime> next() const;
  /// Calls everybody whose time has come; whoever sets an alarm to now is called again.
  void advance(MonotonicTime now);

 private:
  friend class Alarm;
  /// In the order in which they were made, where they are due together.
  std::set<std::tuple<MonotonicTime, std::uint64_t, Alarm*>> alarms_;
  std::uint64_t last_number_ = 0;
};

/// Rings once, when its time has come.
class Alarm {
 public:
  /// The agenda outlives it. Ringing may be the end of the alarm and its owner.
  Alarm(Agenda& agenda, std::function<void()> ring)
      : agenda_(agenda), number_(++agenda.last_number_), ring_(std::move(ring)) {}
  ~Alarm() { stop(); }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  /// Takes the place of what was set before.
  void set(MonotonicTime at);
  void stop();
  [[nodiscard]] const std::optional<MonotonicTime>& at() const noexcept { return at_; }

 private:
  friend class Agenda;
  Agenda& agenda_;
  const std::uint64_t number_;
  const std::function<void()> ring_;
  std::optional<MonotonicTime> at_;
};

}  // namespace plait
