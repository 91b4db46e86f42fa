#include "daemon/folder/ordered_work.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/loop/loop.h"
#include "tests/support/run_until.h"

namespace plait::folder {
namespace {

using support::run_until;

/// A job that waits until it may end.
struct Gate {
  std::promise<void> may_end;
  std::promise<void> begun;

  std::function<void()> job() {
    return [this] {
      begun.set_value();
      may_end.get_future().wait();
    };
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ordered_work)

BOOST_AUTO_TEST_CASE(jobs_of_one_key_are_done_in_order) {
  loop::Loop loop;
  OrderedWork work(loop);
  std::vector<int> begun;  // no lock: one begins after the other has ended
  std::vector<int> told;
  for (int i = 0; i < 100; ++i) {
    work.add(
        "key", [&begun, i] { begun.push_back(i); }, [&told, i] { told.push_back(i); });
  }
  run_until(loop, [&] { return work.is_idle(); });
  BOOST_TEST(begun.size() == 100U);
  BOOST_TEST(std::ranges::is_sorted(begun));
  BOOST_TEST(std::ranges::is_sorted(told));
}

BOOST_AUTO_TEST_CASE(jobs_of_other_keys_do_not_wait) {
  loop::Loop loop;
  OrderedWork work(loop);
  Gate gate;
  bool is_b_done = false;
  bool is_a_done = false;
  work.add("a", gate.job(), [&] { is_a_done = true; });
  work.add(
      "b", [] {}, [&] { is_b_done = true; });
  run_until(loop, [&] { return is_b_done; });
  BOOST_TEST(!is_a_done);
  gate.may_end.set_value();
  run_until(loop, [&] { return is_a_done; });
}

BOOST_AUTO_TEST_CASE(a_job_without_key_waits_for_all_before_and_all_after_wait_for_it) {
  loop::Loop loop;
  OrderedWork work(loop);
  std::atomic<int> before = 0;
  std::atomic<int> after = 0;
  int before_seen = 0;
  int after_seen = 0;
  for (int i = 0; i < 20; ++i) {
    work.add(
        "before " + std::to_string(i), [&] { ++before; }, [] {});
  }
  work.add(
      std::nullopt,
      [&] {
        before_seen = before;
        after_seen = after;
      },
      [] {});
  for (int i = 0; i < 20; ++i) {
    work.add(
        "after " + std::to_string(i), [&] { ++after; }, [] {});
  }
  run_until(loop, [&] { return work.is_idle(); });
  BOOST_TEST(before_seen == 20);
  BOOST_TEST(after_seen == 0);
  BOOST_TEST(after == 20);
}

BOOST_AUTO_TEST_CASE(it_may_be_destroyed_by_what_it_tells_and_forgets_the_rest) {
  loop::Loop loop;
  auto work = std::make_unique<OrderedWork>(loop);
  work->add(
      "key", [] {}, [&] { work.reset(); });
  work->add(
      "key", [] {}, [] { BOOST_ERROR("it is gone"); });
  loop.run();
  BOOST_TEST((work == nullptr));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::folder
