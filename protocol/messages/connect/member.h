#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "protocol/messages/connect/types.h"

namespace plait::messages::connect {

enum class Standing : std::uint8_t { Member, Waiting };

inline constexpr std::array<jsonrpc::EnumName<Standing>, 2> kStandings{{
    {Standing::Member, "member"},
    {Standing::Waiting, "waiting"},
}};
constexpr const auto& names_of(Standing /*any*/) noexcept { return kStandings; }

struct Member {
  User user;
  Role role = Role::Viewer;
  Standing standing = Standing::Member;  ///< waiting: for an owner's approval
  bool online = false;
  std::int64_t joined_at = 0;
  std::optional<std::int64_t> last_seen_at;

  static void describe(auto& self, auto& field) {
    field("user", self.user);
    field("role", self.role);
    field("standing", self.standing);
    field("online", self.online);
    field("joinedAt", self.joined_at);
    field("lastSeenAt", self.last_seen_at);
  }
};

struct MemberList {
  static constexpr std::string_view kMethod = "member/list";

  static void describe(auto& /*self*/, auto& /*field*/) {}

  struct Reply {
    std::vector<Member> members;

    static void describe(auto& self, auto& field) {
      field("members", self.members, List{kMaxMembers});
    }
  };
};

/// What is done to one user.
struct ToUser {
  std::string user_id;

  static void describe(auto& self, auto& field) { field("userId", self.user_id, kId); }
};

struct MemberSetRole {
  static constexpr std::string_view kMethod = "member/setRole";
  std::string user_id;
  Role role = Role::Viewer;

  static void describe(auto& self, auto& field) {
    field("userId", self.user_id, kId);
    field("role", self.role);
  }
  using Reply = Done;
};

/// Lets somebody in who is waiting, or does not.
struct MemberApprove {
  static constexpr std::string_view kMethod = "member/approve";
  std::string user_id;
  bool approve = false;

  static void describe(auto& self, auto& field) {
    field("userId", self.user_id, kId);
    field("approve", self.approve);
  }
  using Reply = Done;
};

/// Ends a membership.
struct MemberRevoke : ToUser {
  static constexpr std::string_view kMethod = "member/revoke";
  using Reply = Done;
};

/// Closes somebody's connections. They may come back.
struct MemberKick : ToUser {
  static constexpr std::string_view kMethod = "member/kick";
  using Reply = Done;
};

/// Makes a member an owner and the caller an editor, both or neither.
struct MemberTransfer : ToUser {
  static constexpr std::string_view kMethod = "member/transfer";
  using Reply = Done;
};

/// Ends the caller's own membership. The last owner cannot.
struct MemberLeave {
  static constexpr std::string_view kMethod = "member/leave";

  static void describe(auto& /*self*/, auto& /*field*/) {}
  using Reply = Done;
};

/// Server to owners: somebody waits for approval, or no longer does.
struct MemberWaiting {
  static constexpr std::string_view kMethod = "member/waiting";
  std::vector<Member> members;  ///< all who wait

  static void describe(auto& self, auto& field) {
    field("members", self.members, List{kMaxMembers});
  }
};

}  // namespace plait::messages::connect
