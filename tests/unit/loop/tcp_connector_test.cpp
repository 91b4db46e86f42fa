#include "daemon/loop/tcp_connector.h"

#include <cstdint>
#include <optional>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/unit/loop/connection.h"

namespace plait::loop {
namespace {

struct Caller {
  Loop loop;
  std::unique_ptr<TcpListener> listener;
  std::unique_ptr<TcpStream> accepted;
  std::unique_ptr<TcpConnector> connector;
  std::optional<Result<std::unique_ptr<TcpStream>>> answer;

  Caller() {
    auto made = TcpListener::listen(loop, "127.0.0.1", 0,
                                    [this](auto stream) { accepted = std::move(stream); });
    BOOST_TEST_REQUIRE(made.has_value());
    listener = *std::move(made);
  }
  void call(const std::string& host) {
    auto made = TcpConnector::connect(loop, host, listener->address().port,
                                      [this](auto result) { answer = std::move(result); });
    BOOST_TEST_REQUIRE(made.has_value());
    connector = *std::move(made);
  }
  /// Returns when everything that was under way has come to its end.
  void settle() {
    listener.reset();
    accepted.reset();
    loop.run();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tcp_connector, Caller)

BOOST_AUTO_TEST_CASE(it_connects) {
  call("127.0.0.1");
  run_until(loop, [&] { return answer.has_value(); });
  BOOST_TEST_REQUIRE(answer->has_value());
  BOOST_TEST((answer->value()->remote_address() == listener->address()));
}

// localhost is often ::1 first, where nobody listens here.
BOOST_AUTO_TEST_CASE(it_tries_the_addresses_of_a_name_one_after_the_other) {
  call("localhost");
  run_until(loop, [&] { return answer.has_value(); });
  BOOST_TEST(answer->has_value());
}

BOOST_AUTO_TEST_CASE(a_port_where_nobody_listens_is_an_error) {
  const std::string port = std::to_string(listener->address().port);
  call("127.0.0.1");
  listener.reset();
  run_until(loop, [&] { return answer.has_value(); });
  BOOST_TEST_REQUIRE(!answer->has_value());
  BOOST_TEST((answer->error().code == ErrorCode::System));
  BOOST_TEST(answer->error().message ==
             "connecting to 127.0.0.1:" + port + ": connection refused");
}

// A part of a name has at most 63 characters, so nobody is asked about this one.
BOOST_AUTO_TEST_CASE(a_host_that_is_not_found_is_an_error) {
  call(std::string(64, 'x'));
  run_until(loop, [&] { return answer.has_value(); });
  BOOST_TEST(!answer->has_value());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_a_host_fails_at_once) {
  for (const std::string& host : {std::string(), std::string(300, 'x')}) {
    const auto made =
        TcpConnector::connect(loop, host, 1, [](auto) { BOOST_ERROR("told twice"); });
    BOOST_TEST(!made.has_value());
  }
}

BOOST_AUTO_TEST_CASE(destroying_it_gives_up_the_lookup) {
  call("127.0.0.1");
  connector.reset();
  settle();
  BOOST_TEST(!answer.has_value());
}

BOOST_AUTO_TEST_CASE(destroying_it_gives_up_the_connection) {
  call("127.0.0.1");
  // Looked at first before the loop waits for the lookup, then when it has come: the connection
  // is under way, and told of in the next turn at the earliest.
  int looks = 0;
  run_until(loop, [&] { return ++looks == 2; });
  BOOST_TEST(!answer.has_value());
  connector.reset();
  settle();
  BOOST_TEST(!answer.has_value());
}

BOOST_AUTO_TEST_CASE(it_may_be_destroyed_by_its_callback) {
  auto made =
      TcpConnector::connect(loop, "127.0.0.1", listener->address().port, [this](auto result) {
        connector.reset();
        answer = std::move(result);
      });
  connector = *std::move(made);
  run_until(loop, [&] { return answer.has_value(); });
  BOOST_TEST(answer->has_value());
}

BOOST_AUTO_TEST_CASE(it_may_outlive_its_answer) {
  call("127.0.0.1");
  run_until(loop, [&] { return answer.has_value(); });
  answer.reset();
  connector.reset();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::loop
