#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/server/server.h"
#include "daemon/support/clock.h"
#include "tests/support/memory_server_store.h"
#include "tests/unit/server/person.h"

namespace plait::server {

/// Time that passes when a test says so.
class StoryClock final : public Clock {
 public:
  [[nodiscard]] MonotonicTime now() const override { return now_; }
  [[nodiscard]] WallTime wall() const override {
    return {
        std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch()).count()};
  }
  void pass(std::chrono::microseconds time) { now_ += time; }

 private:
  MonotonicTime now_{std::chrono::hours{1}};
};

/// Lets in whoever says his name and role: `ann:editor`. Everybody is of the workspace `w`.
class Porter final : public Gatekeeper {
 public:
  [[nodiscard]] Result<Access> check(std::string_view token) override;
};

/// A server, its store, and people.
class World {
 public:
  explicit World(bool open = true) : World(Server::Options{.open = open}) {}
  explicit World(const Server::Options& options) : options_(options) { start(); }
  ~World();

  /// Everybody says what he has to say, the server has its turn, the store writes and answers,
  /// and everybody reads.
  void turn();
  /// The same without the store: nothing is durable meanwhile.
  void turn_without_store();
  /// Turns until nothing moves any more.
  void settle();
  /// Time passes, and the server is woken when it asked to be.
  void wait(std::chrono::microseconds time);

  /// The server dies, and with it what the store has not synced; another one starts.
  void crash();
  /// The server dies between two commits, with all of its connections.
  void restart();

  Person& person(std::string name);
  Person& person(std::string name, std::uint64_t client);
  /// Somebody who has come to a room.
  Person& guest(std::string name, std::string_view path = "/yjs/room");

  /// What the logs of all documents hold beside their snapshots.
  [[nodiscard]] std::uint64_t stored_entries();

  StoryClock clock;
  support::MemoryServerStore store;
  Porter porter;
  Metrics metrics;
  std::unique_ptr<Server> server;
  std::vector<std::unique_ptr<Person>> people;

 private:
  void start();
  void stop();
  const Server::Options options_;
};

}  // namespace plait::server
