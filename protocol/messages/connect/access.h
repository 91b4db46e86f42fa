#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "protocol/messages/connect/types.h"

namespace plait::messages::connect {

/// How a message to the server travels.
enum class Form : std::uint8_t { Request, Notification, Binary };

/// How far a connection is.
enum class Phase : std::uint8_t {
  Connected,    ///< anybody
  Greeted,      ///< `hello` was answered
  LoggedIn,     ///< we know who it is
  InWorkspace,  ///< a member
};

/// Some of the roles.
class RoleSet {
 public:
  constexpr RoleSet() noexcept = default;
  constexpr RoleSet(std::initializer_list<Role> roles) noexcept {
    for (const Role role : roles) bits_ |= bit(role);
  }
  [[nodiscard]] constexpr bool contains(Role role) const noexcept {
    return (bits_ & bit(role)) != 0;
  }
  constexpr bool operator==(const RoleSet&) const noexcept = default;

 private:
  static constexpr unsigned bit(Role role) noexcept {
    return 1U << static_cast<unsigned>(role);
  }
  unsigned bits_ = 0;
};

/// Who may send one kind of message to the server, and when. This is the one place where that
/// is written; docs/protocol.md has the same table, and a test compares them.
struct Access {
  std::string_view message;  ///< a method, or a binary message's name
  Form form;
  Phase phase;    ///< the earliest; a phase before InWorkspace knows no roles
  RoleSet roles;  ///< in the workspace
};

[[nodiscard]] std::span<const Access> access_table() noexcept;

/// Null if there is no such message.
[[nodiscard]] const Access* find_access(std::string_view message) noexcept;

}  // namespace plait::messages::connect
