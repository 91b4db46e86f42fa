#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/messages/connect/all.h"

namespace plait::workspace {

namespace connect = messages::connect;

/// Who is in a workspace now, and where their cursors are, as the server says; and the editors
/// of this machine, which see each other without it.
class Roster {
 public:
  void came_online(const connect::WorkspaceOpen::Reply& workspace);
  /// Nobody on another machine can be seen any more.
  void went_offline();
  void apply(const connect::PresenceChanged& change);
  void apply(const connect::CursorChanged& change);

  /// An editor of this machine. To the server all of them are one participant.
  struct Shown {
    bool is_another = false;  ///< for whom a list of people is shown
    bool has_moved = false;
  };
  Shown show_here(const connect::Participant& editor, const connect::Cursor& cursor);
  void leave_here(const std::string& editor);
  [[nodiscard]] std::size_t count_here() const noexcept { return here_.size(); }
  /// Somebody is at one of them.
  [[nodiscard]] bool is_active_here() const;

  /// In the order of their ids.
  [[nodiscard]] const std::map<std::string, connect::Participant, std::less<>>& participants()
      const noexcept {
    return participants_;
  }
  /// Null if he is nowhere.
  [[nodiscard]] const connect::Cursor* cursor(std::string_view participant) const noexcept;
  /// Who inserts under a client id; nothing if nobody is known to.
  [[nodiscard]] std::optional<std::string> author(std::uint64_t client) const;
  /// This connection; empty without one.
  [[nodiscard]] const std::string& you() const noexcept { return you_; }

 private:
  std::map<std::string, connect::Participant, std::less<>> participants_;
  std::map<std::string, connect::Cursor, std::less<>> cursors_;
  std::set<std::string, std::less<>> here_;  ///< of this machine
  std::string you_;
};

}  // namespace plait::workspace
