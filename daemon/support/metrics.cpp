#include "daemon/support/metrics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>

#include "protocol/base/assert.h"

namespace plait {
namespace {

bool is_name(std::string_view text) noexcept {
  return !text.empty() && !(text.front() >= '0' && text.front() <= '9') &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else {
      if (c == '\\' || c == '"') out += '\\';
      out += c;
    }
  }
}

std::string text_of(Metrics::Labels labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    PLAIT_ASSERT(is_name(name), "a label's name of letters, digits and underscores");
    text += text.empty() ? '{' : ',';
    text += name;
    text += "=\"";
    append_escaped(text, value);
    text += '"';
  }
  if (!text.empty()) text += '}';
  return text;
}

/// The labels with one more: a range's upper end.
std::string with_bound(std::string_view labels, std::string_view bound) {
  std::string text(labels.empty() ? "{" : labels.substr(0, labels.size() - 1));
  if (!labels.empty()) text += ',';
  return text.append("le=\"").append(bound).append("\"}");
}

std::string text_of(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
  std::array<char, 32> digits{};  // the shortest that reads back the same has at most 24
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), end};
}

/// Writes the lines of one metric.
struct Lines {
  std::string& out;
  std::string_view name;
  std::string_view labels;

  void line(std::string_view suffix, std::string_view with_labels,
            std::string_view value) const {
    out.append(name).append(suffix).append(with_labels).append(" ").append(value).append("\n");
  }
  void operator()(const Counter& counter) const {
    line("", labels, std::to_string(counter.value()));
  }
  void operator()(const Gauge& gauge) const { line("", labels, text_of(gauge.value())); }
  void operator()(const Histogram& histogram) const {
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i < histogram.counts().size(); ++i) {
      const double bound = i < histogram.bounds().size()
                               ? histogram.bounds()[i]
                               : std::numeric_limits<double>::infinity();
      so_far += histogram.counts()[i];
      line("_bucket", with_bound(labels, text_of(bound)), std::to_string(so_far));
    }
    line("_sum", labels, text_of(histogram.sum()));
    line("_count", labels, std::to_string(so_far));
  }
};

struct TypeName {
  std::string_view operator()(const Counter&) const { return "counter"; }
  std::string_view operator()(const Gauge&) const { return "gauge"; }
  std::string_view operator()(const Histogram&) const { return "histogram"; }
};

}  // namespace

Histogram::Histogram(std::span<const double> bounds)
    : bounds_(bounds.begin(), bounds.end()), counts_(bounds.size() + 1) {
  PLAIT_ASSERT(std::is_sorted(bounds_.begin(), bounds_.end()), "bounds that rise");
}

void Histogram::observe(double value) noexcept {
  const auto range = std::lower_bound(bounds_.begin(), bounds_.end(), value);
  ++counts_[static_cast<std::size_t>(range - bounds_.begin())];
  sum_ += value;
}

Counter& Metrics::counter(std::string_view name, std::string_view help, Labels labels) {
  return std::get<Counter>(metric(name, help, labels, Counter{}));
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, Labels labels) {
  return std::get<Gauge>(metric(name, help, labels, Gauge{}));
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help,
                              std::span<const double> bounds, Labels labels) {
  return std::get<Histogram>(metric(name, help, labels, Histogram(bounds)));
}

Metrics::Metric& Metrics::metric(std::string_view name, std::string_view help, Labels labels,
                                 Metric&& fresh) {
  PLAIT_ASSERT(is_name(name), "a metric's name of letters, digits and underscores");
  const auto kind = fresh.index();
  Family& family =
      families_.try_emplace(std::string(name), Family{std::string(help), {}}).first->second;
  Metric& metric = family.metrics.try_emplace(text_of(labels), std::move(fresh)).first->second;
  PLAIT_ASSERT(metric.index() == kind && family.metrics.begin()->second.index() == kind,
               "one kind of metric for each name");
  return metric;
}

std::string Metrics::prometheus_text() const {
  std::string out;
  for (const auto& [name, family] : families_) {
    const auto type = std::visit(TypeName{}, family.metrics.begin()->second);
    out.append("# HELP ").append(name).append(" ").append(family.help);
    out.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
    for (const auto& [labels, metric] : family.metrics) {
      std::visit(Lines{out, name, labels}, metric);
    }
  }
  return out;
}

}  // namespace plait
