#include "daemon/support/metrics.h"

#include <array>
#include <limits>
#include <string>

#include <boost/test/unit_test.hpp>

namespace plait {
namespace {

constexpr std::array kBounds{0.5, 1.0};

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics)

BOOST_AUTO_TEST_CASE(counters_and_gauges_are_written_by_name) {
  Metrics metrics;
  metrics.gauge("rooms", "Rooms in use.").set(2.5);
  metrics.counter("connections_total", "Connections taken.").add();
  BOOST_TEST(metrics.prometheus_text() ==
             "# HELP connections_total Connections taken.\n"
             "# TYPE connections_total counter\n"
             "connections_total 1\n"
             "# HELP rooms Rooms in use.\n"
             "# TYPE rooms gauge\n"
             "rooms 2.5\n");
}

BOOST_AUTO_TEST_CASE(labels_make_several_of_one_name) {
  Metrics metrics;
  metrics.counter("refusals_total", "Refused.", {{"reason", "role"}}).add(2);
  metrics.counter("refusals_total", "Refused.", {{"reason", "limit"}, {"side", "in"}}).add();
  BOOST_TEST(metrics.prometheus_text() ==
             "# HELP refusals_total Refused.\n"
             "# TYPE refusals_total counter\n"
             "refusals_total{reason=\"limit\",side=\"in\"} 1\n"
             "refusals_total{reason=\"role\"} 2\n");
}

BOOST_AUTO_TEST_CASE(the_same_name_and_labels_are_the_same_metric) {
  Metrics metrics;
  Counter& first = metrics.counter("a", "A.", {{"x", "1"}});
  Counter& other = metrics.counter("a", "A.", {{"x", "2"}});
  BOOST_TEST(&metrics.counter("a", "A.", {{"x", "1"}}) == &first);
  BOOST_TEST(&other != &first);
}

BOOST_AUTO_TEST_CASE(references_stay_good_as_others_are_added) {
  Metrics metrics;
  Counter& first = metrics.counter("m", "M.");
  for (int i = 0; i < 100; ++i) metrics.counter("m" + std::to_string(i), "M.");
  first.add(7);
  BOOST_TEST(metrics.counter("m", "M.").value() == 7U);
}

BOOST_AUTO_TEST_CASE(values_of_labels_are_escaped) {
  Metrics metrics;
  metrics.gauge("g", "G.", {{"v", "a\"b\\c\nd"}});
  BOOST_TEST(metrics.prometheus_text().ends_with("g{v=\"a\\\"b\\\\c\\nd\"} 0\n"));
}

BOOST_AUTO_TEST_CASE(a_histogram_counts_up_to_each_bound_and_past_the_last) {
  Metrics metrics;
  Histogram& histogram = metrics.histogram("commit_seconds", "Commits.", kBounds);
  for (const double value : {0.25, 0.5, 0.75, 8.0}) histogram.observe(value);
  BOOST_TEST(metrics.prometheus_text() ==
             "# HELP commit_seconds Commits.\n"
             "# TYPE commit_seconds histogram\n"
             "commit_seconds_bucket{le=\"0.5\"} 2\n"
             "commit_seconds_bucket{le=\"1\"} 3\n"
             "commit_seconds_bucket{le=\"+Inf\"} 4\n"
             "commit_seconds_sum 9.5\n"
             "commit_seconds_count 4\n");
}

BOOST_AUTO_TEST_CASE(a_histogram_with_labels_puts_its_bound_behind_them) {
  Metrics metrics;
  metrics.histogram("h", "H.", kBounds, {{"x", "1"}});
  BOOST_TEST(metrics.prometheus_text().find("h_bucket{x=\"1\",le=\"0.5\"} 0\n") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(numbers_that_are_none_have_their_own_names) {
  Metrics metrics;
  Gauge& gauge = metrics.gauge("g", "G.");
  gauge.set(std::numeric_limits<double>::quiet_NaN());
  BOOST_TEST(metrics.prometheus_text().ends_with("g NaN\n"));
  gauge.set(-std::numeric_limits<double>::infinity());
  BOOST_TEST(metrics.prometheus_text().ends_with("g -Inf\n"));
}

BOOST_AUTO_TEST_CASE(gauges_go_up_and_down) {
  Gauge gauge;
  gauge.add(3);
  gauge.add(-1);
  BOOST_TEST(gauge.value() == 2.0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait
