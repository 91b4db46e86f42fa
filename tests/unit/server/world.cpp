#include "tests/unit/server/world.h"

#include <algorithm>
#include <utility>

namespace plait::server {

Result<Access> Porter::check(std::string_view token) {
  const std::size_t colon = token.find(':');
  if (colon == std::string_view::npos) return fail(ErrorCode::Refused, "no token of ours");
  const std::string name(token.substr(0, colon));
  const std::string role(token.substr(colon + 1));
  Access access;
  access.workspace = "w";
  access.identity = {.member = name, .name = name, .color = "#123456", .role = role};
  access.may_write = role == "editor";
  return access;
}

World::~World() { stop(); }

void World::start() {
  server = std::make_unique<Server>(options_, store, porter, clock, metrics);
}

void World::stop() {
  for (const auto& person : people) person->goes();
  server.reset();
}

void World::turn_without_store() {
  for (const auto& person : people) person->sends();
  server->end_of_turn();
  for (const auto& person : people) person->reads();
}

void World::turn() {
  for (const auto& person : people) person->sends();
  server->end_of_turn();
  store.sync();
  store.answer();
  server->end_of_turn();
  for (const auto& person : people) person->reads();
}

void World::settle() {
  // Loading, two steps of sync each way, and an echo of each.
  constexpr int kEnough = 8;
  for (int i = 0; i < kEnough; ++i) turn();
}

void World::wait(std::chrono::microseconds time) {
  const MonotonicTime end = clock.now() + time;
  for (;;) {
    const auto next = server->next_deadline();
    if (!next || *next > end) break;
    clock.pass(std::max(*next - clock.now(), std::chrono::microseconds{0}));
    server->advance(clock.now());
    turn();
  }
  clock.pass(end - clock.now());
}

std::uint64_t World::stored_entries() {
  std::uint64_t entries = 0;
  store.stats([&](const Result<store::Stats>& stats) { entries = stats.value().entries; });
  store.sync();
  store.answer();
  return entries;
}

void World::crash() {
  stop();
  store.lose_unsynced();
  start();
}

void World::restart() {
  stop();
  store.sync();
  store.answer();
  start();
}

Person& World::person(std::string name) { return person(std::move(name), 100 + people.size()); }

Person& World::person(std::string name, std::uint64_t client) {
  return *people.emplace_back(std::make_unique<Person>(std::move(name), client));
}

Person& World::guest(std::string name, std::string_view path) {
  Person& guest = person(std::move(name));
  guest.comes(*server, path);
  settle();
  return guest;
}

}  // namespace plait::server
