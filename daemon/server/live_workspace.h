#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/net/close_code.h"
#include "daemon/server/change_relay.h"
#include "daemon/server/feed_relay.h"
#include "daemon/server/leased_clients.h"
#include "daemon/server/meters.h"
#include "daemon/server/office.h"
#include "daemon/store/server_store.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "protocol/messages/connect/member.h"
#include "protocol/messages/connect/presence.h"

namespace plait::server {

/// Everybody who is connected to a workspace, whatever he speaks, and what all of them are to
/// hear: who is there and where, and the feed.
///
/// What participants do is collected and told once a turn, each at most every kPresencePause:
/// one message for all who hear it. Who reads slowly hears nothing until he has caught up, and
/// then who is there as a whole. Changes to members arrive here at once and reach every open
/// connection in the same turn.
class LiveWorkspace final : private FeedRelay::Host {
 public:
  /// What a workspace needs of the server it is in.
  class Host {
   public:
    Host() = default;
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;
    virtual ~Host() = default;
    [[nodiscard]] virtual store::ServerStore& store() = 0;
    [[nodiscard]] virtual const Clock& clock() const = 0;
    [[nodiscard]] virtual Meters& meters() = 0;
    [[nodiscard]] virtual Agenda& agenda() = 0;
    [[nodiscard]] virtual const people::Directory& directory() const = 0;
    /// A member's last connection has ended.
    virtual void went_offline(const std::string& workspace, const std::string& member) = 0;
    /// It has something to say at the end of this turn.
    virtual void touched(LiveWorkspace& workspace) = 0;
  };

  /// A connection about this workspace.
  class Attendee : public ChangeRelay::Listener {
   public:
    /// The id of the token that he came with; empty: none.
    [[nodiscard]] virtual std::string_view token() const = 0;
    /// Role or name.
    virtual void member_changed() = 0;
    /// His membership, or his visit, is over. He may leave at once.
    virtual void sent_away(net::CloseCode code, std::string_view reason) = 0;
  };

  /// How somebody comes.
  struct Introduction {
    std::string member;
    std::string client;  ///< what software
    messages::connect::Role role = messages::connect::Role::Viewer;
    std::string device;  ///< its public key; empty: none
    bool hears_presence = false;
    bool hears_feed = false;
    bool hears_changes = false;
  };

  class Place;

  /// The host outlives the workspace.
  LiveWorkspace(Host& host, std::string id);
  ~LiveWorkspace();

  /// His place, until he leaves it. Everybody is told.
  Place& join(Attendee& attendee, Introduction introduction);
  void leave(Place& place);

  /// Calls back when the workspace is known as far as he needs it, and from then on he hears
  /// what happens. Not called if he has left.
  struct Opened {
    std::uint64_t generation = 0;
    std::uint64_t feed_sequence = 0;
    /// Of his device. Good while he is here.
    LeasedClients* leased = nullptr;
  };
  void open(Place& place, std::function<void(const Result<Opened>&)> opened);

  // What somebody does.
  void update(Place& place, messages::connect::PresenceUpdate update);
  void types_in_chat(Place& place);
  /// His message is there.
  void stopped_typing(Place& place);
  /// What waited for him has left: he hears again.
  void caught_up(Place& place);

  [[nodiscard]] std::vector<messages::connect::Participant> participants() const;
  [[nodiscard]] std::vector<messages::connect::Cursor> cursors() const;
  [[nodiscard]] bool is_online(std::string_view member) const;
  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }
  [[nodiscard]] const std::string& id() const noexcept { return id_; }

  /// There is a new entry in the feed.
  void feed_grew(std::uint64_t sequence) { feed_.grew(sequence); }
  /// What says so, even when this or whoever did it has gone.
  [[nodiscard]] std::function<void(std::uint64_t)> feed_growth() const {
    return [self = std::weak_ptr<LiveWorkspace*>(self_)](std::uint64_t sequence) {
      if (const auto workspace = self.lock()) (*workspace)->feed_grew(sequence);
    };
  }

  /// What its rooms tell of.
  [[nodiscard]] ChangeRelay& changes() noexcept { return changes_; }
  /// He closes a document that he has all of.
  void closed(Place& place, wire::Channel document);

  /// By which he is seen. Roles are the session's to know: a token may allow less.
  void set_role(Place& place, messages::connect::Role role);

  // What the office has changed.
  void member_changed(std::string_view member);
  void send_away(std::string_view member, net::CloseCode code, std::string_view reason);
  void token_revoked(std::string_view token, net::CloseCode code, std::string_view reason);
  /// To every owner, who waits to be let in.
  void tell_who_waits();

  void end_of_turn();

 private:
  /// What a device was leased, while somebody comes from it.
  struct Device {
    LeasedClients leased;
    bool is_known = false;  ///< what the store has is in there
  };
  using DeviceKey = std::pair<std::string, std::string>;  ///< member, public key

  // FeedRelay::Host
  void read_feed(std::uint64_t after, std::size_t limit,
                 store::Answer<std::vector<store::FeedEntry>> answer) override;
  [[nodiscard]] std::string feed_frame(std::span<const store::FeedEntry> entries) override;

  void changed(Place& place);
  void touch();
  void tell_changes(MonotonicTime now);
  static void add_cursor(Place& place, std::vector<messages::connect::Cursor>& cursors);
  void tell(std::string_view frame, const std::vector<std::string>& left);
  void set_alarm();
  void admit_those_who_wait(const Error* failure);
  [[nodiscard]] std::vector<messages::connect::Cursor> every_cursor() const;

  Host& host_;
  const std::string id_;
  bool touched_ = false;
  /// Shared with the answers that the store owes: null once this is gone.
  std::shared_ptr<LiveWorkspace*> self_;

  std::vector<std::unique_ptr<Place>> places_;
  std::uint64_t next_participant_ = 1;
  std::vector<std::string> left_;  ///< since the last time that changes were told
  std::map<DeviceKey, Device> devices_;

  std::optional<std::uint64_t> generation_;  ///< known since the feed's head is
  bool head_asked_ = false;
  FeedRelay feed_;
  ChangeRelay changes_;
  Alarm alarm_;
};

/// A participant, and what he has heard.
class LiveWorkspace::Place {
 public:
  explicit Place(Attendee& attendee, Introduction introduction)
      : attendee_(attendee), introduction_(std::move(introduction)) {}

  [[nodiscard]] const std::string& participant_id() const noexcept { return self_.id; }
  [[nodiscard]] const std::string& member() const noexcept { return introduction_.member; }
  /// At this moment.
  [[nodiscard]] messages::connect::Role role() const noexcept { return self_.role; }

 private:
  friend class LiveWorkspace;
  Attendee& attendee_;
  const Introduction introduction_;
  messages::connect::Participant self_;
  std::vector<messages::connect::Selection> selections_;
  std::optional<std::string> cursor_told_;  ///< the document that others see his cursor in
  bool participant_changed_ = false;
  bool cursor_changed_ = false;
  MonotonicTime not_before_;  ///< when what he does next may be told
  std::optional<MonotonicTime> chat_until_;

  std::function<void(const Result<Opened>&)> opened_;  ///< while he waits
  bool is_open_ = false;
  bool missed_presence_ = false;
  std::vector<std::string> missed_leavers_;
  FeedRelay::Follower feed_;
  ChangeRelay::Follower changes_;
};

}  // namespace plait::server
