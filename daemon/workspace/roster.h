#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/messages/connect/all.h"

namespace plait::workspace {

namespace connect = messages::connect;

/// Who is in a workspace now, and where their cursors are, as the server says.
class Roster {
 public:
  void came_online(const connect::WorkspaceOpen::Reply& workspace);
  /// Nobody can be seen any more.
  void went_offline();
  void apply(const connect::PresenceChanged& change);
  void apply(const connect::CursorChanged& change);

  /// In the order of their ids.
  [[nodiscard]] const std::map<std::string, connect::Participant, std::less<>>& participants()
      const noexcept {
    return participants_;
  }
  /// Null if he is nowhere.
  [[nodiscard]] const connect::Cursor* cursor(std::string_view participant) const noexcept;
  /// This connection; empty without one.
  [[nodiscard]] const std::string& you() const noexcept { return you_; }

 private:
  std::map<std::string, connect::Participant, std::less<>> participants_;
  std::map<std::string, connect::Cursor, std::less<>> cursors_;
  std::string you_;
};

}  // namespace plait::workspace
