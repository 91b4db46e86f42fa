#include "daemon/server/live_workspace.h"

#include <algorithm>

#include "daemon/server/client_line.h"
#include "daemon/server/feed_words.h"
#include "daemon/server/limits.h"
#include "protocol/messages/connect/feed.h"

namespace plait::server {

namespace connect = messages::connect;

LiveWorkspace::LiveWorkspace(Host& host, std::string id)
    : host_(host),
      id_(std::move(id)),
      self_(std::make_shared<LiveWorkspace*>(this)),
      feed_(*this),
      changes_(host.agenda(), host.clock()),
      alarm_(host.agenda(), [this] { touch(); }) {}

LiveWorkspace::~LiveWorkspace() = default;

// Who is here ---------------------------------------------------------------------------------

LiveWorkspace::Place& LiveWorkspace::join(Attendee& attendee, Introduction introduction) {
  Place& place = *places_.emplace_back(std::make_unique<Place>(attendee, introduction));
  const WallTime now = host_.clock().wall();
  place.self_.id = "p-" + std::to_string(next_participant_++);
  place.self_.user = host_.directory().user(id_, introduction.member);
  place.self_.role = introduction.role;
  place.self_.client = std::move(introduction.client);
  place.self_.joined_at = now.ms;
  place.self_.last_active_at = now.ms;
  place.participant_changed_ = true;
  touch();
  return place;
}

void LiveWorkspace::leave(Place& place) {
  for (const auto& other : places_) {
    if (other->missed_presence_) other->missed_leavers_.push_back(place.self_.id);
  }
  left_.push_back(place.self_.id);
  feed_.unfollow(place.feed_);
  changes_.unfollow(place.changes_);
  const DeviceKey device{place.introduction_.member, place.introduction_.device};
  std::erase_if(places_, [&](const auto& other) { return other.get() == &place; });
  const bool is_used = std::any_of(places_.begin(), places_.end(), [&](const auto& other) {
    return other->introduction_.member == device.first &&
           other->introduction_.device == device.second;
  });
  if (!is_used) devices_.erase(device);
  if (!is_online(device.first)) host_.went_offline(id_, device.first);
  touch();
}

bool LiveWorkspace::is_online(std::string_view member) const {
  return std::any_of(places_.begin(), places_.end(),
                     [&](const auto& place) { return place->member() == member; });
}

std::vector<connect::Participant> LiveWorkspace::participants() const {
  std::vector<connect::Participant> all;
  all.reserve(places_.size());
  for (const auto& place : places_) all.push_back(place->self_);
  return all;
}

std::vector<connect::Cursor> LiveWorkspace::cursors() const {
  std::vector<connect::Cursor> all;
  for (const auto& place : places_) {
    if (place->self_.document && !place->selections_.empty()) {
      all.push_back({place->self_.id, *place->self_.document, place->selections_});
    }
  }
  return all;
}

// Opening -------------------------------------------------------------------------------------

void LiveWorkspace::open(Place& place, std::function<void(const Result<Opened>&)> opened) {
  place.opened_ = std::move(opened);
  const std::weak_ptr<LiveWorkspace*> self = self_;
  if (!generation_ && !head_asked_) {
    head_asked_ = true;
    host_.store().feed_head(id_, [self](const Result<store::FeedHead>& head) {
      const auto workspace = self.lock();
      if (!workspace) return;
      (*workspace)->head_asked_ = false;
      if (head) {
        (*workspace)->generation_ = head->generation;
        (*workspace)->feed_.start(head->sequence);
      }
      (*workspace)->admit_those_who_wait(head ? nullptr : &head.error());
    });
  }
  const auto [device, is_new] =
      devices_.try_emplace({place.introduction_.member, place.introduction_.device});
  if (!is_new) return admit_those_who_wait(nullptr);
  host_.store().leases_of(
      id_, place.introduction_.member, place.introduction_.device,
      [self, key = device->first](const Result<std::vector<store::ClientLease>>& leases) {
        const auto workspace = self.lock();
        if (!workspace) return;
        const auto known = (*workspace)->devices_.find(key);
        if (known == (*workspace)->devices_.end()) return;  // he has left
        if (leases) {
          for (const store::ClientLease& lease : *leases) known->second.leased.add(lease);
          known->second.is_known = true;
        }
        (*workspace)->admit_those_who_wait(leases ? nullptr : &leases.error());
      });
}

/// Everybody for whom everything is there; or nobody, if the store has failed.
void LiveWorkspace::admit_those_who_wait(const Error* failure) {
  std::vector<Place*> waiting;
  for (const auto& place : places_) {
    if (place->opened_) waiting.push_back(place.get());
  }
  for (Place* place : waiting) {
    Device& device = devices_.at({place->introduction_.member, place->introduction_.device});
    if (failure != nullptr) {
      std::exchange(place->opened_, {})(Failure{*failure});
    } else if (generation_ && device.is_known) {
      place->is_open_ = true;
      if (place->introduction_.hears_feed) feed_.follow(place->feed_, place->attendee_);
      if (place->introduction_.hears_changes) {
        changes_.follow(place->changes_, place->attendee_);
      }
      std::exchange(place->opened_, {})(Opened{*generation_, feed_.told(), &device.leased});
    }
  }
}

// What somebody does --------------------------------------------------------------------------

void LiveWorkspace::changed(Place& place) {
  place.participant_changed_ = true;
  touch();
}

void LiveWorkspace::update(Place& place, connect::PresenceUpdate update) {
  connect::Participant& self = place.self_;
  self.last_active_at = host_.clock().wall().ms;
  self.activity = update.activity;
  self.typing = update.typing;
  if (self.document != update.document || place.selections_ != update.selections) {
    place.selections_ = std::move(update.selections);
    place.cursor_changed_ = true;
  }
  self.document = std::move(update.document);
  self.client_id = update.client_id;
  changed(place);
}

void LiveWorkspace::types_in_chat(Place& place) {
  place.chat_until_ = host_.clock().now() + kChatTyping;
  place.self_.last_active_at = host_.clock().wall().ms;
  place.self_.typing_in_chat = true;
  changed(place);
}

void LiveWorkspace::stopped_typing(Place& place) {
  if (!place.chat_until_) return;
  place.chat_until_.reset();
  place.self_.typing_in_chat = false;
  changed(place);
}

void LiveWorkspace::caught_up(Place& place) {
  if (place.attendee_.is_behind()) return;
  if (std::exchange(place.missed_presence_, false)) {
    place.attendee_.hear(notification_frame(
        connect::PresenceChanged{participants(), std::exchange(place.missed_leavers_, {})}));
    place.attendee_.hear(notification_frame(connect::CursorChanged{every_cursor()}));
  }
  feed_.caught_up(place.feed_);
  changes_.caught_up(place.changes_);
}

void LiveWorkspace::closed(Place& place, wire::Channel document) {
  changes_.closed(place.changes_, document);
}

/// Of everybody: also of those who have none, for who has missed that it went.
std::vector<connect::Cursor> LiveWorkspace::every_cursor() const {
  std::vector<connect::Cursor> all = cursors();
  for (const auto& place : places_) {
    if (place->cursor_told_ && place->selections_.empty()) {
      all.push_back({place->self_.id, *place->cursor_told_, {}});
    }
  }
  return all;
}

// What has changed about members --------------------------------------------------------------

void LiveWorkspace::member_changed(std::string_view member) {
  for (const auto& place : places_) {
    if (place->member() != member) continue;
    place->self_.user = host_.directory().user(id_, member);
    place->attendee_.member_changed();
    changed(*place);
  }
}

void LiveWorkspace::set_role(Place& place, connect::Role role) {
  place.self_.role = role;
  changed(place);
}

void LiveWorkspace::send_away(std::string_view member, net::CloseCode code,
                              std::string_view reason) {
  std::vector<Place*> theirs;
  for (const auto& place : places_) {
    if (place->member() == member) theirs.push_back(place.get());
  }
  for (Place* place : theirs) place->attendee_.sent_away(code, reason);
}

void LiveWorkspace::token_revoked(std::string_view token, net::CloseCode code,
                                  std::string_view reason) {
  std::vector<Place*> theirs;
  for (const auto& place : places_) {
    if (place->attendee_.token() == token) theirs.push_back(place.get());
  }
  for (Place* place : theirs) place->attendee_.sent_away(code, reason);
}

void LiveWorkspace::tell_who_waits() {
  connect::MemberWaiting waiting;
  for (connect::Member& member : host_.directory().roster(id_, /*and_waiting=*/true)) {
    if (member.standing == connect::Standing::Waiting) {
      waiting.members.push_back(std::move(member));
    }
  }
  const std::string frame = notification_frame(waiting);
  for (const auto& place : places_) {
    if (place->is_open_ && place->role() == connect::Role::Owner) place->attendee_.hear(frame);
  }
}

// What everybody hears ------------------------------------------------------------------------

void LiveWorkspace::touch() {
  if (std::exchange(touched_, true)) return;
  host_.touched(*this);
}

void LiveWorkspace::end_of_turn() {
  touched_ = false;
  const MonotonicTime now = host_.clock().now();
  for (const auto& place : places_) {
    if (place->chat_until_ && *place->chat_until_ <= now) stopped_typing(*place);
  }
  touched_ = false;  // it is about to be told
  tell_changes(now);
  set_alarm();
}

/// Who came or did something and may be told of, and who has gone.
void LiveWorkspace::tell_changes(MonotonicTime now) {
  connect::PresenceChanged presence;
  connect::CursorChanged cursor;
  presence.left = std::exchange(left_, {});
  for (const auto& place : places_) {
    if (!place->participant_changed_ || now < place->not_before_) continue;
    place->participant_changed_ = false;
    place->not_before_ = now + kPresencePause;
    presence.participants.push_back(place->self_);
    if (std::exchange(place->cursor_changed_, false)) add_cursor(*place, cursor.cursors);
  }
  if (!presence.participants.empty() || !presence.left.empty()) {
    tell(notification_frame(presence), presence.left);
  }
  if (!cursor.cursors.empty()) tell(notification_frame(cursor), {});
}

/// Where he is, and that he is no longer where he was.
void LiveWorkspace::add_cursor(Place& place, std::vector<connect::Cursor>& cursors) {
  const auto& document = place.selections_.empty() ? std::nullopt : place.self_.document;
  if (place.cursor_told_ && place.cursor_told_ != document) {
    cursors.push_back({place.self_.id, *place.cursor_told_, {}});
  }
  if (document) cursors.push_back({place.self_.id, *document, place.selections_});
  place.cursor_told_ = document;
}

void LiveWorkspace::tell(std::string_view frame, const std::vector<std::string>& left) {
  for (const auto& place : places_) {
    if (!place->is_open_ || !place->introduction_.hears_presence) continue;
    if (place->missed_presence_ || place->attendee_.is_behind()) {
      if (!std::exchange(place->missed_presence_, true)) place->missed_leavers_ = left;
      host_.meters().presence_dropped.add();
    } else {
      place->attendee_.hear(frame);
    }
  }
}

void LiveWorkspace::set_alarm() {
  std::optional<MonotonicTime> next;
  const auto sooner = [&](MonotonicTime at) { next = next ? std::min(*next, at) : at; };
  for (const auto& place : places_) {
    if (place->participant_changed_) sooner(place->not_before_);
    if (place->chat_until_) sooner(*place->chat_until_);
  }
  if (next) {
    alarm_.set(*next);
  } else {
    alarm_.stop();
  }
}

void LiveWorkspace::read_feed(std::uint64_t after, std::size_t limit,
                              store::Answer<std::vector<store::FeedEntry>> answer) {
  host_.store().feed_since(
      id_, after, limit,
      [self = std::weak_ptr<LiveWorkspace*>(self_),
       answer = std::move(answer)](Result<std::vector<store::FeedEntry>> entries) {
        if (!self.expired()) answer(std::move(entries));
      });
}

std::string LiveWorkspace::feed_frame(std::span<const store::FeedEntry> entries) {
  const FeedWords words(host_.directory(), id_);
  connect::FeedEntries news;
  for (const store::FeedEntry& entry : entries) news.entries.push_back(words.entry(entry));
  return notification_frame(news);
}

}  // namespace plait::server
