#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/server/club.h"
#include "tests/unit/sync/traveller.h"

namespace plait::sync {

/// The club's server, its guests, and travellers who come with a Session.
class Journey : public server::Club {
 public:
  using Club::Club;
  ~Journey() { travellers_.clear(); }

  /// Of `w`, who has not come yet. Wants two client ids.
  Traveller& traveller(std::string_view name, std::optional<Invite> invite = std::nullopt);
  /// The same, and is there.
  Traveller& visitor(std::string_view name);

  void turn(bool store_works = true);
  void settle(int turns = 12);
  /// Time passes; everybody is woken when he asked to be.
  void wait(std::chrono::microseconds time);
  /// The server dies with all connections, and another one starts.
  void crash();

  /// What an owner gives to somebody who is no member.
  Invite invite(const connect::InviteCreate& wish);
  /// What an owner says of the first who waits to be let in.
  void decide_on_who_waits(bool approved);

 private:
  std::vector<std::unique_ptr<Traveller>> travellers_;
};

}  // namespace plait::sync
