#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace plait::bench {

/// Milliseconds that `work()` takes.
template <class Work>
double time_ms(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::milli> taken =
      std::chrono::steady_clock::now() - start;
  return taken.count();
}

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

/// The median of `repeat` runs after one that warms up. `run()` gives the milliseconds.
template <class Run>
double median_of_runs(unsigned repeat, Run&& run) {
  run();
  std::vector<double> times;
  for (unsigned i = 0; i < repeat; ++i) times.push_back(run());
  return median(std::move(times));
}

}  // namespace plait::bench
