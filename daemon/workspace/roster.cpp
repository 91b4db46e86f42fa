#include "daemon/workspace/roster.h"

namespace plait::workspace {

void Roster::came_online(const connect::WorkspaceOpen::Reply& workspace) {
  went_offline();
  you_ = workspace.participant_id;
  for (const connect::Participant& participant : workspace.participants) {
    participants_.insert_or_assign(participant.id, participant);
  }
  for (const connect::Cursor& cursor : workspace.cursors) {
    cursors_.insert_or_assign(cursor.participant_id, cursor);
  }
}

void Roster::went_offline() {
  participants_.clear();
  cursors_.clear();
  you_.clear();
}

void Roster::apply(const connect::PresenceChanged& change) {
  for (const connect::Participant& participant : change.participants) {
    participants_.insert_or_assign(participant.id, participant);
  }
  for (const std::string& left : change.left) {
    participants_.erase(left);
    cursors_.erase(left);
  }
}

void Roster::apply(const connect::CursorChanged& change) {
  for (const connect::Cursor& cursor : change.cursors) {
    if (cursor.selections.empty()) {
      cursors_.erase(cursor.participant_id);
    } else {
      cursors_.insert_or_assign(cursor.participant_id, cursor);
    }
  }
}

const connect::Cursor* Roster::cursor(std::string_view participant) const noexcept {
  const auto found = cursors_.find(participant);
  return found == cursors_.end() ? nullptr : &found->second;
}

}  // namespace plait::workspace
