#include "daemon/loop/tcp_listener.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/loop/connection.h"

namespace plait::loop {
namespace {

/// A listener, who came to it, and people who come.
struct Door {
  Loop loop;
  std::vector<std::unique_ptr<TcpStream>> guests;
  std::vector<std::unique_ptr<TcpStream>> outside;
  std::vector<std::unique_ptr<TcpConnector>> coming;
  std::unique_ptr<TcpListener> listener;

  void open(const std::string& host = "127.0.0.1") {
    auto made = TcpListener::listen(loop, host, 0,
                                    [this](auto guest) { guests.push_back(std::move(guest)); });
    BOOST_TEST_REQUIRE(made.has_value());
    listener = *std::move(made);
  }
  void come(const std::string& host = "127.0.0.1") {
    auto made = TcpConnector::connect(loop, host, listener->address().port, [this](auto done) {
      BOOST_TEST_REQUIRE(done.has_value());
      outside.push_back(*std::move(done));
    });
    BOOST_TEST_REQUIRE(made.has_value());
    coming.push_back(*std::move(made));
  }
};

/// Takes every descriptor that this process may have, and gives them back.
class NoDescriptors {
 public:
  NoDescriptors() {
    BOOST_TEST_REQUIRE(getrlimit(RLIMIT_NOFILE, &before_) == 0);
    rlimit few = before_;
    few.rlim_cur = std::min<rlim_t>(before_.rlim_cur, 256);
    BOOST_TEST_REQUIRE(setrlimit(RLIMIT_NOFILE, &few) == 0);
    for (int copy = dup(0); copy >= 0; copy = dup(0)) taken_.push_back(copy);
  }
  ~NoDescriptors() {
    for (const int taken : taken_) close(taken);
    setrlimit(RLIMIT_NOFILE, &before_);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  void give_back_one() {
    close(taken_.back());
    taken_.pop_back();
  }

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tcp_listener, Door)

BOOST_AUTO_TEST_CASE(it_says_which_free_port_it_was_given) {
  open();
  BOOST_TEST(listener->address().ip == "127.0.0.1");
  BOOST_TEST(listener->address().port != 0);
}

BOOST_AUTO_TEST_CASE(each_connection_is_handed_over_with_the_address_of_its_peer) {
  open();
  come();
  come();
  run_until(loop, [&] { return guests.size() == 2 && outside.size() == 2; });
  for (const auto& guest : guests) BOOST_TEST(guest->remote_address().ip == "127.0.0.1");
  BOOST_TEST(guests[0]->remote_address().port != guests[1]->remote_address().port);
  BOOST_TEST((outside[0]->remote_address() == listener->address()));
}

BOOST_AUTO_TEST_CASE(every_address_is_ipv4_as_well_and_an_ipv4_peer_is_written_as_such) {
  open("::");
  BOOST_TEST(listener->address().ip == "::");
  come("127.0.0.1");
  come("::1");
  run_until(loop, [&] { return guests.size() == 2; });
  std::vector<std::string> ips{guests[0]->remote_address().ip, guests[1]->remote_address().ip};
  std::sort(ips.begin(), ips.end());
  BOOST_TEST((ips == std::vector<std::string>{"127.0.0.1", "::1"}));
}

BOOST_AUTO_TEST_CASE(a_name_is_looked_up) {
  open("localhost");
  come("localhost");
  run_until(loop, [&] { return guests.size() == 1; });
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_an_error) {
  open();
  const std::uint16_t port = listener->address().port;
  const auto second = TcpListener::listen(loop, "127.0.0.1", port, [](auto) {});
  BOOST_TEST_REQUIRE(!second.has_value());
  BOOST_TEST((second.error().code == ErrorCode::System));
  BOOST_TEST(second.error().message ==
             "listening on 127.0.0.1:" + std::to_string(port) + ": address already in use");
}

BOOST_AUTO_TEST_CASE(an_address_of_another_machine_is_an_error) {
  const auto made = TcpListener::listen(loop, "192.0.2.7", 0, [](auto) {});
  BOOST_TEST_REQUIRE(!made.has_value());
  BOOST_TEST(made.error().message == "listening on 192.0.2.7:0: address not available");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_a_host_is_an_error) {
  for (const std::string& host : {std::string(), std::string(300, 'x')}) {
    BOOST_TEST(!TcpListener::listen(loop, host, 0, [](auto) {}).has_value());
  }
}

BOOST_AUTO_TEST_CASE(paused_it_lets_connections_wait) {
  open();
  listener->pause();
  come();
  come();
  run_until(loop, [&] { return outside.size() == 2; });
  outside[0]->write("x");
  BOOST_TEST(guests.empty());

  listener->resume();
  run_until(loop, [&] { return guests.size() == 2; });
  come();
  run_until(loop, [&] { return guests.size() == 3; });
}

BOOST_AUTO_TEST_CASE(resuming_without_a_pause_is_harmless) {
  open();
  listener->resume();
  come();
  run_until(loop, [&] { return guests.size() == 1; });
}

BOOST_AUTO_TEST_CASE(paused_it_can_be_destroyed_while_connections_wait) {
  open();
  listener->pause();
  come();
  run_until(loop, [&] { return outside.size() == 1; });
  Ears ears;
  outside[0]->start_reading(ears);
  listener.reset();
  run_until(loop, [&] { return ears.ends == 1 || ears.failure.has_value(); });
}

BOOST_AUTO_TEST_CASE(without_a_descriptor_whoever_comes_is_dropped_and_the_next_is_served) {
  open();
  Ears ears;
  {
    NoDescriptors none;
    none.give_back_one();  // for who comes; there is none for us
    come();
    run_until(loop, [&] { return outside.size() == 1; });
    outside[0]->start_reading(ears);
    run_until(loop, [&] { return ears.ends == 1 || ears.failure.has_value(); });
    BOOST_TEST(guests.empty());
  }
  come();
  run_until(loop, [&] { return guests.size() == 1; });
}

BOOST_AUTO_TEST_CASE(a_callback_may_destroy_the_listener) {
  auto made = TcpListener::listen(loop, "127.0.0.1", 0, [this](auto guest) {
    listener.reset();
    guests.push_back(std::move(guest));
  });
  listener = *std::move(made);
  come();
  run_until(loop, [&] { return outside.size() == 1 && guests.size() == 1; });
  BOOST_TEST((listener == nullptr));
}

BOOST_AUTO_TEST_CASE(a_connection_may_be_dropped_as_it_comes) {
  auto made = TcpListener::listen(loop, "127.0.0.1", 0, [](auto) {});
  listener = *std::move(made);
  come();
  run_until(loop, [&] { return outside.size() == 1; });
  Ears ears;
  outside[0]->start_reading(ears);
  run_until(loop, [&] { return ears.ends == 1; });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::loop
