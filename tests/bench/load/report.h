#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plait::load {

/// What was measured in one scenario.
class Report {
 public:
  explicit Report(std::string_view scenario) : scenario_(scenario) {}

  void add(std::string_view figure, double value) { figures_.emplace_back(figure, value); }
  /// As `<name>_p50_ms`, `_p90_ms`, `_p99_ms` and `_max_ms`; nothing if there are none.
  void add_latencies(std::string_view name, std::vector<double> milliseconds);

  /// One JSON object on one line.
  [[nodiscard]] std::string json() const;
  /// A line for each figure.
  [[nodiscard]] std::string lines() const;

 private:
  std::string scenario_;
  std::vector<std::pair<std::string, double>> figures_;
};

}  // namespace plait::load
