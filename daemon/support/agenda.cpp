#include "daemon/support/agenda.h"

namespace plait {

std::optional<MonotonicTime> Agenda::next() const {
  if (alarms_.empty()) return std::nullopt;
  return std::get<MonotonicTime>(*alarms_.begin());
}

void Agenda::advance(MonotonicTime now) {
  while (!alarms_.empty() && std::get<MonotonicTime>(*alarms_.begin()) <= now) {
    Alarm& alarm = *std::get<Alarm*>(*alarms_.begin());
    alarm.stop();
    const auto ring = alarm.ring_;  // copied: the call may destroy the alarm
    ring();
  }
}

void Alarm::set(MonotonicTime at) {
  stop();
  at_ = at;
  agenda_.alarms_.insert({at, number_, this});
}

void Alarm::stop() {
  if (!at_) return;
  agenda_.alarms_.erase({*at_, number_, this});
  at_.reset();
}

}  // namespace plait
