#include "daemon/server/usher.h"

#include <string>
#include <utility>

#include "daemon/server/client_line.h"
#include "daemon/server/room.h"

namespace plait::server {

using document::kTreeDocument;
using document::Tree;
using document::TreeEntry;
using net::CloseCode;

void Usher::receive(YjsSession& session, RoomName wish) {
  if (wish.name == kTreeDocument) {
    return session.enter(host_.document(wish.workspace, wish.name));
  }
  guests_.emplace(++last_guest_, Guest{&session, std::move(wish)});
  arrived_.push_back(last_guest_);
}

void Usher::forget(const YjsSession& session) {
  std::erase_if(guests_, [&](const auto& guest) { return guest.second.session == &session; });
}

/// Not sooner: a connection that is being made cannot be closed.
void Usher::end_of_turn() {
  for (const std::uint64_t number : std::exchange(arrived_, {})) {
    const auto guest = guests_.find(number);
    if (guest == guests_.end()) continue;
    const std::string workspace = guest->second.wish.workspace;
    host_.document(workspace, std::string(kTreeDocument))
        .read_tree([this, number](const auto& tree) { look_up(number, tree); });
  }
}

void Usher::look_up(std::uint64_t number, const Result<const Tree*>& tree) {
  const auto waiting = guests_.extract(number);
  if (waiting.empty()) return;  // he has left
  const auto& [session, wish] = waiting.mapped();
  if (!tree) return session->end(CloseCode::InternalError, tree.error().message);
  const TreeEntry* file = (*tree)->find(wish.name);
  if (file == nullptr) file = (*tree)->at(wish.name);
  if (file == nullptr) return session->enter(host_.document(wish.workspace, wish.name));
  if (file->kind != document::FileKind::Text) {
    return session->end(close_code(messages::connect::CloseReason::NoSuchRoom),
                        "there is no text at this path");
  }
  session->enter(host_.document(wish.workspace, std::string(file->id)));
}

void Usher::drain() {
  for (const auto& [number, guest] : std::exchange(guests_, {})) {
    guest.session->end(CloseCode::GoingAway, "the server is going away");
  }
}

}  // namespace plait::server
