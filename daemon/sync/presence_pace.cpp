#include "daemon/sync/presence_pace.h"

#include <utility>

#include "protocol/jsonrpc/fields.h"
#include "protocol/messages/connect/limits.h"

namespace plait::sync {

void PresencePace::show(messages::connect::PresenceUpdate presence) {
  const auto is_too_large = [&] {
    return presence.selections.size() > messages::connect::kMaxSelections ||
           jsonrpc::write_json(jsonrpc::write_fields(presence)).size() >
               messages::connect::kMaxPresenceBytes;
  };
  while (!presence.selections.empty() && is_too_large()) presence.selections.pop_back();
  presence_ = std::move(presence);
  is_said_ = false;
  say();
}

void PresencePace::begin() {
  is_begun_ = true;
  is_said_ = !presence_.has_value();
  say();
}

void PresencePace::end() noexcept {
  is_begun_ = false;
  next_.stop();
}

void PresencePace::say() {
  if (!is_begun_ || is_said_) return;
  const MonotonicTime now = clock_.now();
  if (said_at_ && now < *said_at_ + kPresencePause)
    return next_.set(*said_at_ + kPresencePause);
  is_said_ = true;
  said_at_ = now;
  conversation_.notify(*presence_);
}

}  // namespace plait::sync
