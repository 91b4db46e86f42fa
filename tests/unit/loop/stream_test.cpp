#include "daemon/loop/stream.h"

#include <csignal>
#include <memory>
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "tests/unit/loop/connection.h"

namespace plait::loop {
namespace {

/// A megabyte in which every part is different.
std::string megabyte() {
  std::string bytes;
  for (int i = 0; bytes.size() < (1U << 20); ++i) bytes += std::to_string(i) + ' ';
  return bytes;
}

/// Writes to `stream` until the kernel takes no more, and that much again; returns all of it.
std::string write_more_than_fits(Stream& stream) {
  const std::string piece = megabyte();
  std::string all;
  while (stream.queued_bytes() < 2 * piece.size()) {
    stream.write(piece);
    all += piece;
  }
  return all;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(stream, Connection)

BOOST_AUTO_TEST_CASE(bytes_go_both_ways) {
  alice->write("hello");
  bob->write("good morning");
  run_until(loop, [&] { return bob_ears.heard == "hello" && !alice_ears.heard.empty(); });
  BOOST_TEST(alice_ears.heard == "good morning");
}

BOOST_AUTO_TEST_CASE(what_the_kernel_takes_is_never_queued) {
  alice->write("hello");
  BOOST_TEST(alice->queued_bytes() == 0U);
  run_until(loop, [&] { return bob_ears.heard == "hello"; });
  BOOST_TEST(alice_ears.drains == 0);
}

BOOST_AUTO_TEST_CASE(an_empty_write_is_none) {
  alice->write("");
  alice->write("x");
  run_until(loop, [&] { return !bob_ears.heard.empty(); });
  BOOST_TEST(bob_ears.heard == "x");
}

BOOST_AUTO_TEST_CASE(what_a_peer_does_not_read_is_queued_until_it_does) {
  bob->stop_reading();
  const std::string all = write_more_than_fits(*alice);
  BOOST_TEST(alice->queued_bytes() < all.size());
  BOOST_TEST(alice_ears.drains == 0);

  bob->start_reading(bob_ears);
  run_until(loop, [&] { return alice_ears.drains > 0 && bob_ears.heard.size() >= all.size(); });
  BOOST_TEST((bob_ears.heard == all));
  BOOST_TEST(alice_ears.drains == 1);
  BOOST_TEST(alice->queued_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(a_drained_stream_can_fill_again) {
  std::string all;
  for (int round = 1; round <= 2; ++round) {
    bob->stop_reading();
    all += write_more_than_fits(*alice);
    bob->start_reading(bob_ears);
    run_until(loop, [&] { return alice_ears.drains == round; });
  }
  run_until(loop, [&] { return bob_ears.heard.size() >= all.size(); });
  BOOST_TEST((bob_ears.heard == all));
}

BOOST_AUTO_TEST_CASE(closing_drops_what_is_queued) {
  bob->stop_reading();
  const std::string all = write_more_than_fits(*alice);
  alice.reset();
  bob->start_reading(bob_ears);
  run_until(loop, [&] { return bob_ears.ends == 1; });
  BOOST_TEST(bob_ears.heard.size() < all.size());
  BOOST_TEST(all.starts_with(bob_ears.heard));
  BOOST_TEST(alice_ears.drains == 0);
  BOOST_TEST(!alice_ears.failure.has_value());
}

BOOST_AUTO_TEST_CASE(a_peer_that_ended_can_still_be_written_to) {
  alice->write("last words");
  alice->shutdown();
  run_until(loop, [&] { return bob_ears.ends == 1; });
  BOOST_TEST(bob_ears.heard == "last words");
  bob->write("heard you");
  run_until(loop, [&] { return !alice_ears.heard.empty(); });
  BOOST_TEST(alice_ears.heard == "heard you");
}

BOOST_AUTO_TEST_CASE(what_is_queued_goes_before_the_end) {
  bob->stop_reading();
  const std::string all = write_more_than_fits(*alice);
  alice->shutdown();
  alice->shutdown();  // nothing new
  bob->start_reading(bob_ears);
  run_until(loop, [&] { return bob_ears.ends == 1; });
  BOOST_TEST((bob_ears.heard == all));
  BOOST_TEST(alice_ears.drains == 1);
}

BOOST_AUTO_TEST_CASE(the_end_is_told_once) {
  alice->shutdown();
  run_until(loop, [&] { return bob_ears.ends == 1; });
  bob->start_reading(bob_ears);
  bob->write("x");
  run_until(loop, [&] { return alice_ears.heard == "x"; });
  BOOST_TEST(bob_ears.ends == 1);
}

BOOST_AUTO_TEST_CASE(a_stream_that_does_not_read_hears_nothing) {
  alice->stop_reading();
  bob->write("later");
  alice->write("ping");
  run_until(loop, [&] { return bob_ears.heard == "ping"; });
  BOOST_TEST(alice_ears.heard.empty());
  alice->start_reading(alice_ears);
  run_until(loop, [&] { return alice_ears.heard == "later"; });
}

BOOST_AUTO_TEST_CASE(a_handler_can_take_the_place_of_another) {
  Ears second;
  bob->start_reading(second);
  alice->write("x");
  run_until(loop, [&] { return second.heard == "x"; });
  BOOST_TEST(bob_ears.heard.empty());
}

BOOST_AUTO_TEST_CASE(a_connection_that_the_peer_resets_has_failed) {
  bob->stop_reading();
  alice->write("never read, so that closing is a reset");
  alice->write("x");
  bob.reset();
  run_until(loop, [&] { return alice_ears.failure.has_value(); });
  BOOST_TEST(alice_ears.failure->message == "connection lost: connection reset by peer");
  BOOST_TEST(alice_ears.ends == 0);
  alice->write("nobody listens");
  BOOST_TEST(alice->queued_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(a_reset_drops_what_is_queued) {
  bob->stop_reading();
  write_more_than_fits(*alice);
  bob.reset();
  run_until(loop, [&] { return alice_ears.failure.has_value(); });
  BOOST_TEST(alice->queued_bytes() == 0U);
  BOOST_TEST(alice_ears.drains == 0);
}

BOOST_AUTO_TEST_CASE(writing_to_a_peer_that_is_gone_is_a_failure_and_no_signal) {
  alice->stop_reading();
  bob.reset();
  bool is_writing = false;
  alice_ears.reaction = [&] { BOOST_TEST(!is_writing); };
  run_until(loop, [&] {
    is_writing = true;
    alice->write("x");
    is_writing = false;
    return alice_ears.failure.has_value();
  });
  BOOST_TEST((std::signal(SIGPIPE, SIG_IGN) == SIG_IGN));
}

BOOST_AUTO_TEST_CASE(shutting_down_a_connection_that_is_gone_is_harmless) {
  bob->stop_reading();
  write_more_than_fits(*alice);
  alice->shutdown();
  bob.reset();
  run_until(loop, [&] { return alice_ears.failure.has_value(); });
}

BOOST_AUTO_TEST_CASE(a_stream_that_never_read_may_fail_unheard) {
  std::unique_ptr<TcpStream> quiet;
  auto listener = TcpListener::listen(loop, "127.0.0.1", 0, [&](auto stream) {
    quiet = std::move(stream);
    write_more_than_fits(*quiet);
  });
  std::unique_ptr<TcpStream> gone;
  auto connector = TcpConnector::connect(loop, "127.0.0.1", (*listener)->address().port,
                                         [&](auto stream) { gone = *std::move(stream); });
  run_until(loop, [&] { return quiet != nullptr && gone != nullptr; });
  gone.reset();
  run_until(loop, [&] { return quiet->queued_bytes() == 0; });
}

BOOST_AUTO_TEST_CASE(the_handler_may_destroy_the_stream_when_bytes_come) {
  bob_ears.reaction = [&] { bob.reset(); };
  alice->write("x");
  run_until(loop, [&] { return alice_ears.ends == 1; });
}

BOOST_AUTO_TEST_CASE(the_handler_may_destroy_the_stream_at_the_end) {
  bob_ears.reaction = [&] { bob.reset(); };
  alice->shutdown();
  run_until(loop, [&] { return alice_ears.ends == 1; });
}

BOOST_AUTO_TEST_CASE(the_handler_may_destroy_the_stream_when_it_fails) {
  alice_ears.reaction = [&] { alice.reset(); };
  bob->stop_reading();
  write_more_than_fits(*alice);
  bob.reset();
  run_until(loop, [&] { return alice == nullptr; });
}

BOOST_AUTO_TEST_CASE(the_handler_may_destroy_the_stream_when_it_has_drained) {
  alice_ears.reaction = [&] { alice.reset(); };
  bob->stop_reading();
  const std::string all = write_more_than_fits(*alice);
  bob->start_reading(bob_ears);
  run_until(loop, [&] { return bob_ears.ends == 1; });
  BOOST_TEST((bob_ears.heard == all));
}

BOOST_AUTO_TEST_CASE(the_handler_may_destroy_the_other_end_as_well) {
  bob_ears.reaction = [&] {
    alice.reset();
    bob.reset();
  };
  alice->write("x");
  run_until(loop, [&] { return bob == nullptr; });
}

BOOST_AUTO_TEST_CASE(the_handler_may_stop_reading_and_write_when_bytes_come) {
  bob_ears.reaction = [&] {
    bob->stop_reading();
    bob->write("enough");
  };
  alice->write("x");
  run_until(loop, [&] { return alice_ears.heard == "enough"; });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::loop
