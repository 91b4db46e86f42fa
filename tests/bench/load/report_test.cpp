#include "tests/bench/load/report.h"

#include <boost/test/unit_test.hpp>

namespace plait::load {
namespace {

BOOST_AUTO_TEST_SUITE(report)

BOOST_AUTO_TEST_CASE(it_is_one_json_object_on_one_line) {
  Report report("room");
  report.add("deliveries", 12'345'678);
  report.add("share", 0.25);
  BOOST_TEST(report.json() ==
             "{\"scenario\":\"room\",\"deliveries\":12345678,\"share\":0.25}\n");
}

BOOST_AUTO_TEST_CASE(percentiles_are_of_what_was_measured) {
  std::vector<double> latencies;
  for (int i = 100; i >= 0; --i) latencies.push_back(i);
  Report report("room");
  report.add_latencies("latency", latencies);
  BOOST_TEST(report.json() ==
             "{\"scenario\":\"room\",\"latency_p50_ms\":50,\"latency_p90_ms\":90,"
             "\"latency_p99_ms\":99,\"latency_max_ms\":100}\n");
}

BOOST_AUTO_TEST_CASE(no_latencies_are_no_figures) {
  Report report("room");
  report.add_latencies("latency", {});
  BOOST_TEST(report.json() == "{\"scenario\":\"room\"}\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::load
