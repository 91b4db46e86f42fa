#include <algorithm>
#include <utility>

#include "daemon/editor/session.h"
#include "protocol/base/file_uri.h"
#include "protocol/messages/editor/errors.h"

// Who is there and where: the part of Session that is about people.

namespace plait::editor {

using messages::EditorError;
using messages::rpc_error;

std::string Session::uri_of(const workspace::Workspace& workspace,
                            const std::string& file) const {
  const auto path = workspace.path_of(file);
  return path ? file_uri(workspace.record().folder + "/" + *path) : std::string();
}

// The others ----------------------------------------------------------------------------------

void Session::participants_changed(const workspace::Workspace& workspace) {
  if (!attends(workspace)) return;
  messages::PresenceChanged news;
  news.workspace_id = workspace.id();
  const workspace::Roster& roster = workspace.roster();
  for (const auto& [id, participant] : roster.participants()) {
    // The server tells of it as well, and what it says is what others see.
    const bool is_online = !roster.you().empty();
    if (is_online && id == here_.id) continue;
    messages::Participant shown;
    shown.id = id;
    shown.user_id = participant.user.id;
    shown.name = participant.user.name;
    shown.color = participant.user.color;
    shown.role = participant.role;
    shown.you = id == (is_online ? roster.you() : here_.id);
    shown.status = participant.activity;
    shown.client = participant.client;
    if (participant.document) {
      std::string uri = uri_of(workspace, *participant.document);
      if (!uri.empty()) shown.uri = std::move(uri);
    }
    shown.typing = participant.typing || participant.typing_in_chat;
    shown.last_active_at = participant.last_active_at;
    news.participants.push_back(std::move(shown));
  }
  tell(news);
  if (follow_ && follow_->workspace == workspace.id()) keep_following(workspace);
}

std::vector<messages::Selection> Session::shown(const workspace::Workspace& workspace,
                                                const connect::Cursor& cursor) const {
  std::vector<messages::Selection> selections;
  for (const auto& [uri, file] : files_) {
    if (&file->workspace() != &workspace || file->id() != cursor.document) continue;
    for (const connect::Selection& selection : cursor.selections) {
      const auto anchor = file->local().from_relative(selection.anchor.data);
      const auto head = file->local().from_relative(selection.head.data);
      if (!anchor || !head || !*anchor || !*head) continue;
      selections.push_back(file->buffer().shown({**anchor, **head}));
    }
    break;
  }
  return selections;
}

void Session::cursor_changed(const workspace::Workspace& workspace,
                             const std::string& participant) {
  if (!attends(workspace) || participant == workspace.roster().you()) return;
  if (participant == here_.id) return;
  messages::CursorChanged news;
  news.workspace_id = workspace.id();
  news.participant_id = participant;
  if (const connect::Cursor* const cursor = workspace.roster().cursor(participant)) {
    std::string uri = uri_of(workspace, cursor->document);
    if (!uri.empty()) news.uri = std::move(uri);
    news.selections = shown(workspace, *cursor);
  }
  tell(news);
  if (follow_ && follow_->participant == participant) show_followed(workspace);
}

/// Everybody who is in a file that was just opened.
void Session::show_cursors(const OpenFile& file) {
  const workspace::Workspace& workspace = file.workspace();
  for (const auto& [id, participant] : workspace.roster().participants()) {
    const connect::Cursor* const cursor = workspace.roster().cursor(id);
    if (cursor != nullptr && cursor->document == file.id()) cursor_changed(workspace, id);
  }
}

// Following -----------------------------------------------------------------------------------

void Session::handle(const messages::FollowStart& message,
                     const Responder<messages::FollowStart>& respond) {
  const workspace::Workspace* const workspace = attended(message.workspace_id);
  const bool is_there = workspace != nullptr &&
                        workspace->roster().participants().contains(message.participant_id);
  // Before the server has said who is there it may be anybody.
  if (workspace == nullptr || (!is_there && workspace->link() == workspace::Link::Online)) {
    respond.refuse({jsonrpc::StandardError::InvalidParams, "there is nobody to follow"});
    return;
  }
  follow_ = Follow{message.workspace_id, message.participant_id, {}};
  respond.answer({});
  keep_following(*workspace);
}

/// Looks for who is followed among those who are there now.
void Session::keep_following(const workspace::Workspace& workspace) {
  const auto& participants = workspace.roster().participants();
  auto followed = participants.find(follow_->participant);
  const bool is_known = !follow_->user.empty() && follow_->user != workspace.chat().person().id;
  if (followed == participants.end() && is_known) {
    // They may have come back, as another participant.
    followed = std::ranges::find_if(
        participants, [&](const auto& at) { return at.second.user.id == follow_->user; });
  }
  if (followed != participants.end()) {
    const bool is_news =
        std::exchange(follow_->user, followed->second.user.id).empty() ||
        std::exchange(follow_->participant, followed->first) != followed->first;
    if (is_news) show_followed(workspace);
  } else if (workspace.link() == workspace::Link::Online) {
    stop_following("they have gone");
  }
}

void Session::handle(const messages::FollowStop& /*message*/,
                     const Responder<messages::FollowStop>& respond) {
  follow_.reset();
  respond.answer({});
}

void Session::show_followed(const workspace::Workspace& workspace) {
  const connect::Cursor* const cursor = workspace.roster().cursor(follow_->participant);
  if (cursor == nullptr) return;
  messages::FollowShow show;
  show.uri = uri_of(workspace, cursor->document);
  if (show.uri.empty()) return;
  const auto selections = shown(workspace, *cursor);
  if (!selections.empty()) {
    const auto& [anchor, head] = selections.front();
    const bool is_forward =
        std::pair(anchor.line, anchor.character) <= std::pair(head.line, head.character);
    show.range = is_forward ? messages::Span{anchor, head} : messages::Span{head, anchor};
  }
  tell(show);
}

void Session::stop_following(const std::string& reason) {
  if (!follow_) return;
  follow_.reset();
  tell(messages::FollowStopped{reason});
}

// Oneself -------------------------------------------------------------------------------------

void Session::handle(const messages::PresenceUpdate& message) {
  presence_ = message;
  be_active();
}

void Session::be_active() {
  activity_ = connect::Activity::Active;
  idle_.set(shelf_.clock().now() + kIdleAfter);
  show_presence();
}

void Session::be_less_active() {
  const bool was_active = activity_ == connect::Activity::Active;
  activity_ = was_active ? connect::Activity::Idle : connect::Activity::Away;
  if (was_active) idle_.set(shelf_.clock().now() + (kAwayAfter - kIdleAfter));
  presence_.typing = false;
  show_presence();
}

void Session::show_presence() {
  for (workspace::Workspace* const workspace : shelf_.all()) {
    if (attends(*workspace)) workspace->show(here_, presence_in(*workspace));
  }
}

connect::PresenceUpdate Session::presence_in(const workspace::Workspace& workspace) {
  connect::PresenceUpdate update;
  update.activity = activity_;
  update.typing = presence_.typing.value_or(false);
  OpenFile* const file = presence_.uri ? find(*presence_.uri) : nullptr;
  if (file == nullptr || &file->workspace() != &workspace) return update;
  update.document = file->id();
  for (const Buffer::Selection& selection :
       file->buffer().selections(presence_.selections, presence_.applied)) {
    if (update.selections.size() == connect::kMaxSelections) break;
    update.selections.push_back({{file->local().to_relative(selection.anchor)},
                                 {file->local().to_relative(selection.head)}});
  }
  return update;
}

}  // namespace plait::editor
