#include "daemon/loop/work.h"

#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/loop/loop.h"
#include "tests/support/run_until.h"

namespace plait::loop {
namespace {

using support::run_until;

}  // namespace

BOOST_AUTO_TEST_SUITE(work)

BOOST_AUTO_TEST_CASE(it_is_done_on_another_thread_and_reported_on_this_one) {
  Loop loop;
  std::thread::id worker;
  std::thread::id reporter;
  const Work work(
      loop, [&] { worker = std::this_thread::get_id(); },
      [&] { reporter = std::this_thread::get_id(); });
  loop.run();
  BOOST_TEST((worker != std::this_thread::get_id()));
  BOOST_TEST((worker != std::thread::id{}));
  BOOST_TEST((reporter == std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(nobody_hears_of_the_end_when_it_was_destroyed_before) {
  Loop loop;
  std::promise<void> has_begun;
  std::promise<void> may_end;
  std::optional<Work> work;
  work.emplace(
      loop,
      [&] {
        has_begun.set_value();
        may_end.get_future().wait();
      },
      [] { BOOST_ERROR("nobody is there to hear it"); });
  has_begun.get_future().wait();
  work.reset();
  may_end.set_value();
  loop.run();
}

BOOST_AUTO_TEST_CASE(what_has_not_begun_when_it_is_destroyed_never_runs) {
  Loop loop;
  std::promise<void> may_end;
  const std::shared_future<void> ending = may_end.get_future().share();
  // As many as there could be threads for, so that the last one has to wait.
  std::vector<std::unique_ptr<Work>> busy(1024);
  for (auto& work : busy) {
    work = std::make_unique<Work>(
        loop, [ending] { ending.wait(); }, [] {});
  }
  {
    const Work unwanted(
        loop, [] { BOOST_ERROR("nobody wants it"); },
        [] { BOOST_ERROR("nobody is there to hear it"); });
  }
  may_end.set_value();
  loop.run();
}

BOOST_AUTO_TEST_CASE(it_may_be_destroyed_by_its_callback) {
  Loop loop;
  std::unique_ptr<Work> work;
  work = std::make_unique<Work>(
      loop, [] {}, [&] { work.reset(); });
  loop.run();
  BOOST_TEST((work == nullptr));
}

BOOST_AUTO_TEST_CASE(the_loop_waits_for_it_before_it_goes) {
  bool is_done = false;
  {
    Loop loop;
    std::promise<void> has_begun;
    {
      const Work work(
          loop,
          [&] {
            has_begun.set_value();
            std::this_thread::yield();
            is_done = true;
          },
          [] {});
      has_begun.get_future().wait();
    }
  }
  BOOST_TEST(is_done);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::loop
