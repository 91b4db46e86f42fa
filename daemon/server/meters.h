#pragma once

#include <array>

#include "daemon/crdt/update_validator.h"
#include "daemon/support/metrics.h"

namespace plait::server {

/// What rooms count.
class Meters {
 public:
  explicit Meters(Metrics& metrics);

  Counter& updates_in;   ///< that brought something new
  Counter& updates_out;  ///< one for each receiver
  Counter& batches_out;
  Counter& resyncs;  ///< receivers who were told everything at once
  Counter& snapshots;

  /// Why updates were refused.
  [[nodiscard]] Counter& refused_by(crdt::Rule rule) {
    return *refused_[static_cast<std::size_t>(rule)];
  }
  Counter& refused_by_role;

 private:
  std::array<Counter*, static_cast<std::size_t>(crdt::Rule::Siblings) + 1> refused_{};
};

}  // namespace plait::server
