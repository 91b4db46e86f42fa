#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "daemon/loop/loop.h"
#include "daemon/loop/tcp_connector.h"
#include "daemon/loop/tcp_listener.h"
#include "tests/support/run_until.h"

namespace plait::loop {

using support::run_until;

/// Remembers what a stream told, and does something about it if asked to.
struct Ears final : StreamHandler {
  std::string heard;
  int ends = 0;
  int drains = 0;
  std::optional<Error> failure;
  std::function<void()> reaction = [] {};

  void on_bytes(std::span<char> bytes) override {
    heard.append(bytes.data(), bytes.size());
    reaction();
  }
  void on_end() override {
    ++ends;
    reaction();
  }
  void on_failed(const Error& error) override {
    BOOST_TEST(!failure.has_value(), "a failure is told once");
    failure = error;
    reaction();
  }
  void on_drained() override {
    ++drains;
    reaction();
  }
};

/// Two ends of one TCP connection on this machine, both of which read.
struct Connection {
  Loop loop;
  Ears alice_ears;
  Ears bob_ears;
  std::unique_ptr<TcpStream> alice;
  std::unique_ptr<TcpStream> bob;

  Connection() {
    auto listener = TcpListener::listen(
        loop, "127.0.0.1", 0,
        [this](std::unique_ptr<TcpStream> accepted) { bob = std::move(accepted); });
    BOOST_TEST_REQUIRE(listener.has_value());
    auto connector =
        TcpConnector::connect(loop, "127.0.0.1", (*listener)->address().port,
                              [this](auto connected) { alice = std::move(connected).value(); });
    BOOST_TEST_REQUIRE(connector.has_value());
    run_until(loop, [this] { return alice != nullptr && bob != nullptr; });
    alice->start_reading(alice_ears);
    bob->start_reading(bob_ears);
  }
};

}  // namespace plait::loop
