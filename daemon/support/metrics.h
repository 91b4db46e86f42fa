#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace plait {

/// Counts what happened. Only goes up.
class Counter {
 public:
  void add(std::uint64_t more = 1) noexcept { value_ += more; }
  [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_ = 0;
};

/// What is there now.
class Gauge {
 public:
  void set(double value) noexcept { value_ = value; }
  void add(double more) noexcept { value_ += more; }
  [[nodiscard]] double value() const noexcept { return value_; }

 private:
  double value_ = 0;
};

/// How values are spread over fixed ranges.
class Histogram {
 public:
  /// The upper ends of the ranges, rising; what is larger than all of them is counted as well.
  explicit Histogram(std::span<const double> bounds);

  void observe(double value) noexcept;
  [[nodiscard]] std::span<const double> bounds() const noexcept { return bounds_; }
  /// How many values fell into each range: one more than there are bounds.
  [[nodiscard]] std::span<const std::uint64_t> counts() const noexcept { return counts_; }
  [[nodiscard]] double sum() const noexcept { return sum_; }

 private:
  std::vector<double> bounds_;
  std::vector<std::uint64_t> counts_;
  double sum_ = 0;
};

/// Everything that is measured, under the names that Prometheus knows it by. Whoever measures
/// asks once, and keeps the reference: it is good for as long as the registry. Belongs to one
/// thread.
///
/// Names, labels and their values come from the program, never from a peer, who could otherwise
/// make as many as there is memory for.
class Metrics {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  Metrics() = default;
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// The same name and labels give the same metric. `help` is the first caller's, one line.
  Counter& counter(std::string_view name, std::string_view help, Labels labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, Labels labels = {});
  Histogram& histogram(std::string_view name, std::string_view help,
                       std::span<const double> bounds, Labels labels = {});

  /// All of it in Prometheus's text format 0.0.4, in the order of the names.
  [[nodiscard]] std::string prometheus_text() const;

 private:
  using Metric = std::variant<Counter, Gauge, Histogram>;
  /// One name. Its metrics by their labels as they are written: `{role="owner"}`.
  struct Family {
    std::string help;
    std::map<std::string, Metric, std::less<>> metrics;
  };

  Metric& metric(std::string_view name, std::string_view help, Labels labels, Metric&& fresh);

  std::map<std::string, Family, std::less<>> families_;
};

}  // namespace plait
