#include "daemon/loop/pipe_connector.h"

#include <array>
#include <string>

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/loop/pipe_folder.h"

namespace plait::loop {

BOOST_FIXTURE_TEST_SUITE(pipe_connector, PipeFolder)

BOOST_AUTO_TEST_CASE(two_processes_talk_through_a_socket) {
  open();
  come();
  run_until(loop, [&] { return guest != nullptr && answer.has_value(); });
  BOOST_TEST_REQUIRE(answer->has_value());
  Ears inside;
  Ears outside;
  PipeStream& caller = *answer->value();
  guest->start_reading(inside);
  caller.start_reading(outside);
  caller.write("stats");
  caller.shutdown();
  run_until(loop, [&] { return inside.ends == 1; });
  BOOST_TEST(inside.heard == "stats");
  guest->write("fine");
  guest.reset();
  run_until(loop, [&] { return outside.ends == 1; });
  BOOST_TEST(outside.heard == "fine");
}

BOOST_AUTO_TEST_CASE(each_end_knows_whose_process_is_at_the_other) {
  open();
  come();
  run_until(loop, [&] { return guest != nullptr && answer.has_value(); });
  BOOST_TEST(guest->peer_user().value() == ::geteuid());
  BOOST_TEST(answer->value()->peer_user().value() == ::geteuid());
}

BOOST_AUTO_TEST_CASE(a_socket_that_is_not_there_is_an_error) {
  come();
  BOOST_TEST(!answer.has_value());
  run_until(loop, [&] { return answer.has_value(); });
  BOOST_TEST_REQUIRE(!answer->has_value());
  BOOST_TEST((answer->error().code == ErrorCode::NotFound));
  BOOST_TEST(answer->error().message ==
             "connecting to " + path() + ": no such file or directory");
}

BOOST_AUTO_TEST_CASE(destroying_it_gives_up) {
  open();
  for (const bool is_open : {true, false}) {
    if (!is_open) listener.reset();
    come();
    connector.reset();
    run_until(loop, [] { return true; });
    BOOST_TEST(!answer.has_value());
  }
}

BOOST_AUTO_TEST_CASE(it_may_be_destroyed_by_its_callback) {
  open();
  auto made = PipeConnector::connect(loop, path(), [this](auto result) {
    connector.reset();
    answer = std::move(result);
  });
  connector = *std::move(made);
  run_until(loop, [&] { return answer.has_value(); });
  BOOST_TEST(answer->has_value());
}

BOOST_AUTO_TEST_CASE(a_path_of_the_longest_length_is_tried_and_a_longer_one_is_not) {
  const std::string longest(kMaxSocketPath, 'x');
  BOOST_TEST(PipeConnector::connect(loop, longest, [](auto) {}).has_value());
  const auto longer = PipeConnector::connect(loop, longest + "x", [](auto) {});
  BOOST_TEST_REQUIRE(!longer.has_value());
  BOOST_TEST((longer.error().code == ErrorCode::LimitExceeded));
}

// What a program is given as standard input and output.
BOOST_AUTO_TEST_CASE(the_ends_of_a_pipe_can_be_taken_over) {
  std::array<int, 2> ends{};
  BOOST_TEST_REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  Ears ears;
  Ears silent;
  const auto reads = PipeStream::adopt(loop, ends[0]);
  auto writes = PipeStream::adopt(loop, ends[1]);
  BOOST_TEST_REQUIRE((reads && writes));
  (*reads)->start_reading(ears);
  (*writes)->report_to(silent);
  (*writes)->write("said");
  run_until(loop, [&] { return ears.heard == "said"; });
  writes->reset();
  run_until(loop, [&] { return ears.ends == 1; });
}

BOOST_AUTO_TEST_CASE(a_file_cannot_be_waited_for) {
  const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const auto refused = PipeStream::adopt(loop, file);
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ErrorCode::Unsupported));
  ::close(file);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::loop
