#include "tests/demo/tempo.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace plait::demo {
namespace {

constexpr std::size_t kSteps = 2000;

// Parts of the whole time.
constexpr double kSlowUntil = 0.35;
constexpr double kFastFrom = 0.6;
constexpr double kFastUntil = 0.75;
constexpr double kSlowFrom = 0.87;

/// Of the whole time, how fast it is at `part` if it is `top` times as fast as at the ends. The
/// eye takes doubling for even steps.
double rate(double part, double top) noexcept {
  double height = 1;
  if (part < kSlowUntil || part > kSlowFrom) {
    height = 0;
  } else if (part < kFastFrom) {
    height = (part - kSlowUntil) / (kFastFrom - kSlowUntil);
  } else if (part > kFastUntil) {
    height = (kSlowFrom - part) / (kSlowFrom - kFastUntil);
  }
  return std::pow(top, height);
}

/// The ticks of the slow parts, in one second of a performance of twenty.
constexpr double kSlowTicks = 25;
constexpr double kUsualSeconds = 20;

double area(double top) {
  double sum = 0;
  for (std::size_t i = 0; i < kSteps; ++i) {
    sum += rate((static_cast<double>(i) + 0.5) / kSteps, top);
  }
  return sum / kSteps;
}

}  // namespace

Tempo::Tempo(Tick ticks, double seconds) : seconds_(seconds) {
  const double wanted = std::max(1.0, ticks / (kSlowTicks * kUsualSeconds));
  double low = 1;
  double high = 1e6;
  for (int i = 0; i < 60; ++i) {
    const double middle = std::sqrt(low * high);
    (area(middle) < wanted ? low : high) = middle;
  }
  step_ = seconds / kSteps;
  double sum = 0;
  for (std::size_t i = 0; i <= kSteps; ++i) {
    ticks_.push_back(sum);
    rates_.push_back(rate((static_cast<double>(i) + 0.5) / kSteps, low));
    sum += rates_.back();
  }
  // Where it comes out not quite, all of it goes a little slower or faster.
  for (double& reached : ticks_) reached *= ticks / ticks_.back();
}

Tick Tempo::at(double seconds) const noexcept {
  const double step = std::clamp(seconds / step_, 0.0, static_cast<double>(kSteps));
  const auto index = std::min(static_cast<std::size_t>(step), kSteps - 1);
  const double part = step - static_cast<double>(index);
  return static_cast<Tick>(
      std::llround(ticks_[index] + part * (ticks_[index + 1] - ticks_[index])));
}

double Tempo::rate_at(double seconds) const noexcept {
  const double step = std::clamp(seconds / step_, 0.0, static_cast<double>(kSteps));
  return rates_[static_cast<std::size_t>(step)];
}

}  // namespace plait::demo
