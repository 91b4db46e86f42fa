#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/people/directory.h"
#include "tests/support/counting_random.h"

namespace plait::people {

/// A directory, the records that it has asked to be stored, and people with one device each.
class Village {
 public:
  explicit Village(std::size_t members = 100);

  /// Everybody goes home, and a new directory reads what was stored.
  void restarts();
  void passes(std::int64_t seconds) { now.ms += seconds * 1000; }

  /// The device of somebody, who is named by it.
  [[nodiscard]] static PublicKey device(std::string_view person);
  /// The id that somebody has in the workspace, or would have.
  [[nodiscard]] std::string id(std::string_view person) const;

  struct Link {
    std::string invite;
    messages::connect::InviteSecret secret;
  };
  Link invite(Role role, Directory::NewInvite wish = {});
  /// Comes with a link: "member", "waiting", or why not.
  std::string redeems(std::string_view person, const Link& link);
  /// Somebody who is a member already.
  std::string joins(std::string_view person, Role role = Role::Editor);

  /// What a member is in the workspace: "Ann editor"; empty if he is none.
  [[nodiscard]] std::string shows(std::string_view person) const;
  /// Everybody, in the order of their names, as "Ann owner, Ben editor".
  [[nodiscard]] std::string everybody() const;

  /// Has the records stored, and says what came of it: "done", "nothing", or why not.
  template <class T>
  std::string keep(Outcome<T> outcome) {
    if (!outcome) return outcome.refusal().message;
    store(outcome->records);
    return outcome->changed ? "done" : "nothing";
  }
  void store(const Records& records);

  WallTime now{1'700'000'000'000};
  support::CountingRandom random;
  Directory::Limits limits;
  std::optional<Directory> directory;
  std::string workspace;

 private:
  using Key = std::pair<std::string, std::string>;

  std::map<std::string, store::SettingRecord> settings_;
  std::map<std::string, store::WorkspaceRecord> workspaces_;
  std::map<Key, store::MemberRecord> members_;
  std::map<Key, store::InviteRecord> invites_;
  std::map<Key, store::JoinRequestRecord> waiting_;
  std::map<std::string, store::TokenRevocation> tokens_;
};

}  // namespace plait::people
