#include "daemon/workspace/roster.h"

#include <algorithm>

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
  std::erase_if(participants_, [this](const auto& at) { return !here_.contains(at.first); });
  std::erase_if(cursors_, [this](const auto& at) { return !here_.contains(at.first); });
  you_.clear();
}

Roster::Shown Roster::show_here(const connect::Participant& editor,
                                const connect::Cursor& cursor) {
  const auto before = participants_.find(editor.id);
  Shown shown{true, true};
  if (before != participants_.end()) {
    const connect::Participant& known = before->second;
    shown.is_another = known.activity != editor.activity || known.typing != editor.typing ||
                       known.document != editor.document || known.user != editor.user ||
                       known.role != editor.role;
    const connect::Cursor* const was = this->cursor(editor.id);
    shown.has_moved = was == nullptr ? !cursor.selections.empty()
                                     : was->document != cursor.document ||
                                           was->selections != cursor.selections;
  }
  here_.insert(editor.id);
  participants_.insert_or_assign(editor.id, editor);
  apply(connect::CursorChanged{{cursor}});
  return shown;
}

bool Roster::is_active_here() const {
  return std::ranges::any_of(here_, [this](const std::string& editor) {
    return participants_.at(editor).activity == connect::Activity::Active;
  });
}

void Roster::leave_here(const std::string& editor) {
  here_.erase(editor);
  apply(connect::PresenceChanged{{}, {editor}});
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

std::optional<std::string> Roster::author(std::uint64_t client) const {
  for (const auto& [id, participant] : participants_) {
    if (participant.client_id == static_cast<std::int64_t>(client)) return id;
  }
  return std::nullopt;
}

const connect::Cursor* Roster::cursor(std::string_view participant) const noexcept {
  const auto found = cursors_.find(participant);
  return found == cursors_.end() ? nullptr : &found->second;
}

}  // namespace plait::workspace
