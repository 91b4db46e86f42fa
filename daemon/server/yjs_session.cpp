#include "daemon/server/yjs_session.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "daemon/server/batch.h"
#include "daemon/server/limits.h"
#include "protocol/wire/message.h"

namespace plait::server {
namespace {

using net::CloseCode;

/// What a provider says to its room.
struct Said {
  Room::Say what;
  std::string_view payload;
};

/// Sorts a message; nothing if a provider has no business saying it.
struct Sort {
  using Answer = std::optional<Said>;
  Answer operator()(const wire::SyncStep1& m) const {
    return Said{Room::Say::Vector, m.state_vector};
  }
  Answer operator()(const wire::SyncStep2& m) const {
    return Said{Room::Say::Answer, m.update};
  }
  Answer operator()(const wire::SyncUpdate& m) const {
    return Said{Room::Say::Update, m.update};
  }
  Answer operator()(const wire::Awareness& m) const {
    return Said{Room::Say::Presence, m.states};
  }
  Answer operator()(const wire::QueryAwareness&) const {
    return Said{Room::Say::PresenceQuery, {}};
  }
  Answer operator()(const wire::PermissionDenied&) const { return std::nullopt; }
  Answer operator()(const wire::Durable&) const { return std::nullopt; }
  Answer operator()(const wire::TextHash&) const { return std::nullopt; }
  Answer operator()(const wire::BlobChunk&) const { return std::nullopt; }
};

}  // namespace

YjsSession::YjsSession(net::Peer& peer, YjsVisitor visitor)
    : peer_(peer), visitor_(std::move(visitor)) {
  peer_.set_max_message(net::kMaxMessageBytes);  // whoever had to log in has
}

void YjsSession::enter(Room& room) {
  room_ = &room;
  seat_ = &room.join(*this);
  for (const std::string& message : std::exchange(held_, {})) {
    on_message(net::MessageKind::Binary, message);
  }
}

void YjsSession::on_message(net::MessageKind kind, std::string_view payload) {
  if (closing_) return;
  if (kind == net::MessageKind::Text) {
    return close(CloseCode::UnsupportedData, "messages are binary here");
  }
  const auto decoded = wire::decode_message(payload);
  const auto said = decoded ? std::visit(Sort{}, *decoded) : std::nullopt;
  if (!said) return close(CloseCode::PolicyViolation, "this is no message of y-protocols");
  if (room_ == nullptr) return hold(payload);
  if (seat_ != nullptr) {
    room_->receive(*seat_, said->what, said->payload);  // may be the end of the session
  }
}

void YjsSession::hold(std::string_view message) {
  held_bytes_ += message.size() + kWaitingMessageBytes;
  if (held_bytes_ > kMaxHeldBytes) {
    return end(CloseCode::TryAgainLater, "the document is being looked up");
  }
  held_.emplace_back(message);
}

void YjsSession::on_backlog() {
  if (seat_ != nullptr) room_->fell_behind(*seat_);
}

void YjsSession::on_drained() {
  if (seat_ != nullptr) room_->drained(*seat_);
}

void YjsSession::leave() {
  if (seat_ != nullptr) room_->leave(*std::exchange(seat_, nullptr));
  gone();
}

void YjsSession::change(Identity identity, bool may_write) {
  visitor_.identity = std::move(identity);
  visitor_.may_write = may_write;
  told_to_read_ = false;
}

void YjsSession::end(CloseCode code, std::string_view reason) {
  leave();
  close(code, reason);
}

void YjsSession::gone() {
  if (const auto on_gone = std::exchange(visitor_.on_gone, nullptr)) on_gone(*this);
}

void YjsSession::refused(std::uint64_t /*update*/, const Error& error, bool resync) {
  if (resync) return;
  if (visitor_.may_write) return close(CloseCode::PolicyViolation, error.message);
  if (std::exchange(told_to_read_, true)) return;
  std::string frame;
  append_message(frame, std::nullopt, wire::PermissionDenied{error.message});
  peer_.send(frame);
}

void YjsSession::dismissed(CloseCode code, std::string_view reason) {
  seat_ = nullptr;
  close(code, reason);
  gone();
}

void YjsSession::close(CloseCode code, std::string_view reason) {
  if (std::exchange(closing_, true)) return;
  peer_.close(code, reason);
}

}  // namespace plait::server
