#include "daemon/server/change_relay.h"

#include <algorithm>
#include <utility>

#include "daemon/server/client_line.h"
#include "daemon/server/limits.h"
#include "protocol/messages/connect/document.h"

namespace plait::server {
namespace {

using messages::connect::DocumentTouched;
using messages::connect::kMaxTouched;

std::vector<std::string> frames_of(std::span<const std::string* const> names) {
  std::vector<std::string> frames;
  while (!names.empty()) {
    const auto part = names.first(std::min(names.size(), kMaxTouched));
    DocumentTouched touched;
    for (const std::string* name : part) touched.documents.push_back(*name);
    frames.push_back(notification_frame(touched));
    names = names.subspan(part.size());
  }
  return frames;
}

}  // namespace

ChangeRelay::ChangeRelay(Agenda& agenda, const Clock& clock)
    : clock_(clock), alarm_(agenda, [this] { tell(); }) {}

void ChangeRelay::follow(Follower& follower, Listener& listener) {
  follower.listener_ = &listener;
  followers_.push_back(&follower);
}

void ChangeRelay::unfollow(Follower& follower) { std::erase(followers_, &follower); }

void ChangeRelay::caught_up(Follower& follower) {
  if (!follower.missed_ || follower.listener_->is_behind()) return;
  follower.missed_ = false;
  follower.listener_->hear(notification_frame(DocumentTouched{{}, true}));
}

void ChangeRelay::note(const std::string& name, wire::Channel document, Mark& mark) {
  if (!messages::connect::kId.allows(name)) return;
  mark.window_ = window_;
  if (changes_.empty()) alarm_.set(clock_.now() + kChangeWindow);
  changes_[document] = {name, ++noted_};
}

void ChangeRelay::closed(Follower& follower, wire::Channel document) {
  if (changes_.contains(document)) follower.closed_[document] = noted_;
}

void ChangeRelay::tell() {
  const Changes changes = std::exchange(changes_, {});
  ++window_;
  std::vector<std::string> for_most;  // encoded once
  for (Follower* follower : followers_) {
    const auto closed = std::exchange(follower->closed_, {});
    std::vector<const std::string*> news;
    for (const auto& [document, change] : changes) {
      const auto known = closed.find(document);
      if (known != closed.end() && known->second >= change.number) continue;
      if (!follower->listener_->has_open(document)) news.push_back(&change.name);
    }
    if (news.size() < changes.size()) {
      bring(*follower, frames_of(news));
    } else {
      if (for_most.empty()) for_most = frames_of(news);
      bring(*follower, for_most);
    }
  }
}

void ChangeRelay::bring(Follower& follower, std::span<const std::string> frames) {
  for (const std::string& frame : frames) {
    if (follower.missed_ || follower.listener_->is_behind()) {
      follower.missed_ = true;
      return;
    }
    follower.listener_->hear(frame);
  }
}

}  // namespace plait::server
