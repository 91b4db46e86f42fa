#pragma once

#include <vector>

#include "tests/demo/schedule.h"

namespace plait::demo {

/// How fast virtual time goes by: slowly at first, so that one can follow the keys and packets,
/// then ever faster, and slowly again at the end.
class Tempo {
 public:
  /// The whole of `ticks` is to take `seconds`.
  Tempo(Tick ticks, double seconds);

  /// Where virtual time is after so many seconds.
  [[nodiscard]] Tick at(double seconds) const noexcept;
  /// How many times faster than at the start it goes by then.
  [[nodiscard]] double rate_at(double seconds) const noexcept;
  [[nodiscard]] double seconds() const noexcept { return seconds_; }

 private:
  double seconds_;
  double step_ = 0;            ///< seconds between two entries of the tables
  std::vector<double> ticks_;  ///< reached at each step
  std::vector<double> rates_;  ///< as a multiple of the one at the start
};

}  // namespace plait::demo
