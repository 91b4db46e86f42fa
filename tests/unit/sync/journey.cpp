#include "tests/unit/sync/journey.h"

#include <algorithm>
#include <utility>

namespace plait::sync {

Traveller& Journey::traveller(std::string_view name, std::optional<Invite> invite) {
  Session::Config config{.device = device_of(name),
                         .person = std::string(name),
                         .software = {"traveller", "1"},
                         .workspace = "w",
                         .replica = "r-" + std::to_string(travellers_.size()),
                         .invite = std::move(invite),
                         .is_pinned = true,
                         .generation = {}};
  auto& made = *travellers_.emplace_back(std::make_unique<Traveller>(config, clock));
  made.session.want_clients(2);
  return made;
}

Traveller& Journey::visitor(std::string_view name) {
  Traveller& made = traveller(name);
  made.comes(*server);
  settle();
  BOOST_TEST_REQUIRE(made.session.is_online());
  return made;
}

void Journey::turn(bool store_works) {
  for (const auto& traveller : travellers_) traveller->sends();
  Club::turn(store_works);
  for (const auto& traveller : travellers_) traveller->reads();
}

void Journey::settle(int turns) {
  for (int i = 0; i < turns; ++i) turn();
}

void Journey::wait(std::chrono::microseconds time) {
  const MonotonicTime end = clock.now() + time;
  for (;;) {
    std::optional<MonotonicTime> next = server->next_deadline();
    for (const auto& traveller : travellers_) {
      const auto due = traveller->session.next_deadline();
      if (due && (!next || *due < *next)) next = due;
    }
    if (!next || *next > end) break;
    clock.pass(std::max(*next - clock.now(), std::chrono::microseconds{0}));
    server->advance(clock.now());
    for (const auto& traveller : travellers_) traveller->session.advance(clock.now());
    turn();
  }
  clock.pass(end - clock.now());
  turn();
}

void Journey::crash() {
  for (const auto& traveller : travellers_) traveller->goes();
  Club::crash();
}

Invite Journey::invite(const connect::InviteCreate& wish) {
  std::optional<Invite> made;
  office->create_invite(olga(), "w", wish, [&](const auto& outcome) {
    BOOST_TEST_REQUIRE(outcome.has_value());
    made = Invite{outcome->secret, wish.password};
  });
  store.sync();
  store.answer();
  BOOST_TEST_REQUIRE(made.has_value());
  return *made;
}

void Journey::decide_on_who_waits(bool approved) {
  const std::string id = directory->waiting("w").front()->id;  // the request is gone afterwards
  office->approve(olga(), "w", id, approved, [](const auto&) {});
}

}  // namespace plait::sync
