#include "tests/bench/load/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace plait::load {
namespace {

std::string digits(double value) {
  char text[40];
  const bool is_count = value == std::floor(value) && std::abs(value) < 1e15;
  std::snprintf(text, sizeof text, is_count ? "%.0f" : "%.6g", value);
  return text;
}

}  // namespace

void Report::add_latencies(std::string_view name, std::vector<double> milliseconds) {
  if (milliseconds.empty()) return;
  std::sort(milliseconds.begin(), milliseconds.end());
  const auto at = [&](std::size_t percent) {
    return milliseconds[(milliseconds.size() - 1) * percent / 100];
  };
  add(std::string(name) + "_p50_ms", at(50));
  add(std::string(name) + "_p90_ms", at(90));
  add(std::string(name) + "_p99_ms", at(99));
  add(std::string(name) + "_max_ms", at(100));
}

std::string Report::json() const {
  std::string text = R"({"scenario":")" + scenario_ + '"';
  for (const auto& [name, value] : figures_) text += ",\"" + name + "\":" + digits(value);
  return text + "}\n";
}

std::string Report::lines() const {
  std::string text = scenario_ + '\n';
  for (const auto& [name, value] : figures_) {
    text += "  " + name + std::string(24 - std::min<std::size_t>(23, name.size()), ' ');
    text += digits(value) + '\n';
  }
  return text;
}

}  // namespace plait::load
