#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "protocol/base/result.h"
#include "tests/support/trace.h"

namespace plait::demo {

/// Virtual time, in keystrokes of somebody who types without a pause.
using Tick = std::uint32_t;

/// What one author's replica sends the other's in one piece.
struct Delivery {
  std::uint32_t sender = 0;
  std::vector<std::uint32_t> txns;  ///< of the trace, oldest first
  Tick departs = 0;
  Tick arrives = 0;
  /// It meets typing that its sender had not seen.
  bool conflict = false;
};

struct Event {
  /// In one tick what arrives is there before anybody types, and what is typed can be sent.
  enum class Kind : std::uint8_t { Arrive, Type, Depart };

  Tick at = 0;
  Kind kind = Kind::Type;
  std::uint32_t index = 0;  ///< of a transaction, or of a delivery
};

struct Schedule {
  std::vector<Delivery> deliveries;
  std::vector<Event> events;  ///< in order
  Tick end = 0;
};

/// Times for a recording of two authors, which says what each had seen of the other but not
/// when that was: both type without a pause, except to wait for what they saw before they typed
/// on. A delivery takes `latency`. It holds all that its receiver saw next, but while the
/// receiver does not type, a stretch of typing is enough.
[[nodiscard]] Result<Schedule> plan_schedule(const support::Trace& trace, Tick latency);

}  // namespace plait::demo
