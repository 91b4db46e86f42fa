#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/crdt/update_validator.h"
#include "daemon/document/served_document.h"
#include "daemon/server/batch.h"
#include "daemon/server/change_relay.h"
#include "daemon/server/document_log.h"
#include "daemon/server/member.h"
#include "daemon/server/meters.h"
#include "daemon/server/pace.h"
#include "daemon/server/presence.h"
#include "daemon/server/scan_budget.h"
#include "daemon/server/state_size.h"
#include "daemon/server/workspace_quota.h"
#include "daemon/store/server_store.h"
#include "daemon/support/clock.h"
#include "protocol/base/result.h"
#include "protocol/wire/channel_frame.h"

namespace plait::server {

/// A document that somebody uses, and everybody who does.
///
/// What members say is applied at once, and delivered and handed to the store at the end of the
/// turn, in this order; nothing waits for the disk but the word that something is durable.
/// Until the store has brought the document, messages wait here, up to kMaxWaitingBytes.
///
/// When the store fails, nobody can say what it has: the room dismisses everybody and is done,
/// and the next one starts with what there is on disk. Those who come back bring the rest.
///
/// Does no I/O and is told what time it is. Members do not leave inside of a call of theirs.
class Room : private DocumentLog::Owner {
 public:
  /// What a room needs of the server it is in.
  class Host {
   public:
    Host() = default;
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;
    virtual ~Host() = default;
    [[nodiscard]] virtual store::ServerStore& store() = 0;
    [[nodiscard]] virtual const Clock& clock() const = 0;
    [[nodiscard]] virtual Meters& meters() = 0;
    /// Of a workspace; outlives its rooms.
    [[nodiscard]] virtual WorkspaceQuota& quota(const std::string& workspace) = 0;
    /// The same.
    [[nodiscard]] virtual ChangeRelay& changes(const std::string& workspace) = 0;
    /// The room has something for the end of this turn.
    virtual void touched(Room& room) = 0;
  };

  struct Config {
    std::string workspace;
    std::string name;
    crdt::UpdateRules rules;
    /// Whether whoever first writes under a client id keeps it for himself.
    bool claims_clients = false;
    /// The root that is compared after quiet; nothing: the document has no such text.
    std::optional<std::string> text_root;
    /// Of the document's state, encoded; zero: any.
    std::size_t max_state_bytes = 0;
    /// What members that speak Plait's dialect know the room as, on every connection.
    wire::Channel channel{};
  };

  /// Asks the store for the document. The host outlives the room.
  Room(Host& host, Config config);
  ~Room() override;
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  /// A member's place; the room's until he leaves or is dismissed.
  class Seat;
  [[nodiscard]] Seat& join(Member& member);
  void leave(Seat& seat);

  /// What a member can say.
  enum class Say : std::uint8_t {
    Vector,  ///< what he has: answered with what he lacks (sync step 1)
    Answer,  ///< what the server lacks, as he was asked (sync step 2)
    Update,
    Presence,       ///< an awareness update
    PresenceQuery,  ///< who is here?
  };
  void receive(Seat& seat, Say what, std::string_view payload);
  /// Too much is queued for him: he gets nothing more until he was told everything at once.
  void fell_behind(Seat& seat);
  /// What was queued for him has left.
  void drained(Seat& seat);

  /// Calls back with the files that there are, if this is the document of a tree: now, or when
  /// it has been loaded, or with an error if it cannot be. Not once the room drains.
  using TreeReader = std::function<void(const Result<const document::Tree*>&)>;
  void read_tree(TreeReader reader);

  /// Calls back with the newest entry on disk: now, or when the document has been loaded, and
  /// before anything is said to whoever is here; zero if there is nothing to be had.
  using VersionReader = std::function<void(std::uint64_t)>;
  void read_version(VersionReader reader);
  /// The newest entry on disk, if he was sent that and all before it.
  [[nodiscard]] std::optional<std::uint64_t> version_sent(const Seat& seat) const;

  void end_of_turn();
  [[nodiscard]] std::optional<MonotonicTime> next_deadline() const;
  void advance(MonotonicTime now);
  /// When the server means to call it: for the server, which looks at this in each turn.
  std::optional<MonotonicTime> scheduled;

  /// From now on nothing new is taken; who is here is dismissed when everything is durable.
  void drain();
  /// Nobody needs it any more.
  [[nodiscard]] bool is_done() const noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return seats_.size(); }
  [[nodiscard]] const Config& config() const noexcept { return config_; }
  [[nodiscard]] const document::ServedDocument& document() const noexcept { return document_; }
  [[nodiscard]] const DocumentLog& log() const noexcept { return log_; }

 private:
  enum class State : std::uint8_t { Loading, Open, Draining, Failed };
  struct Waiting {
    Seat* seat;
    Say what;
    std::string payload;
  };
  class Owners;

  void loaded(const Result<store::LoadedDocument>& result);
  void tell_version();
  void postpone(Seat& seat, Say what, std::string_view payload);
  void handle(Seat& seat, Say what, std::string_view payload);
  void answer(Seat& seat, std::string_view vector);
  void share_budget(Seat& seat);
  void welcome(Seat& seat);
  void take_update(Seat& seat, std::string_view update, bool is_answer);
  [[nodiscard]] Result<bool> apply(Seat& seat, std::string_view update);
  void refuse(Seat& seat, const Error& error, bool is_answer);
  [[nodiscard]] bool may_wait_for_others(const Seat& seat, const Error& error) const;
  [[nodiscard]] Result<bool> apply_part(Seat& seat, std::string& answer);
  [[nodiscard]] Error reason(const Seat& seat, std::string_view update, const Error& error,
                             bool is_answer) const;
  void note_lack(Seat& seat, bool lacks);
  void ask_those_who_wait();
  void give_up_waiting(MonotonicTime now);
  void ask(Seat& seat);
  void take_presence(Seat& seat, std::string_view update);

  void deliver();
  void deliver_to(Seat& seat, const Batch::Frames& frames);
  void owe(Seat& seat, std::string vector);
  void catch_up(Seat& seat);
  void send_presence(Seat& seat);
  void save();
  void saved() override;
  void not_saved() override;
  void put_snapshot();
  void claimed(const Result<void>& result);
  void take_waiting();

  [[nodiscard]] bool wants_comparison() const noexcept;
  void compare_texts();

  [[nodiscard]] MonotonicTime unload_time() const;
  void remove(Seat& seat);
  void dismiss(Seat& seat, net::CloseCode code, std::string_view reason);
  void dismiss_everybody(net::CloseCode code, std::string_view reason);
  void go_if_drained();
  void fail(std::string_view reason);
  void touch();
  [[nodiscard]] MonotonicTime now() const { return host_.clock().now(); }
  [[nodiscard]] std::optional<wire::Channel> channel_for(const Seat& seat) const noexcept;
  /// The answer to a request to the store, which may come when this room is gone.
  template <class T>
  [[nodiscard]] store::Answer<T> answered(void (Room::*then)(const Result<T>&));

  Host& host_;
  const Config config_;
  State state_ = State::Loading;
  bool touched_ = false;
  /// Shared with the answers that the store owes: null once this is gone.
  std::shared_ptr<Room*> self_;

  std::vector<std::unique_ptr<Seat>> seats_;
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::vector<TreeReader> tree_readers_;        ///< who wait for it to be loaded
  std::vector<VersionReader> version_readers_;  ///< the same
  std::size_t behind_count_ = 0;                ///< of the seats
  std::size_t lack_count_ = 0;                  ///< the same

  document::ServedDocument document_;
  Presence presence_;
  Batch batch_;
  std::unordered_map<crdt::ClientId, store::Author> owners_;

  ChangeRelay& changes_;
  ChangeRelay::Mark mark_;

  DocumentLog log_;
  /// Nobody sees what somebody wrote under a new id before the id is his on disk: else whoever
  /// brings it back after a crash would get the id.
  std::size_t claims_open_ = 0;
  StateSize state_size_;

  MonotonicTime last_used_;
  MonotonicTime empty_since_;
  bool compared_ = true;  ///< since the last change
};

template <class T>
store::Answer<T> Room::answered(void (Room::*then)(const Result<T>&)) {
  return [self = std::weak_ptr<Room*>(self_), then](const Result<T>& result) {
    if (const auto room = self.lock()) ((*room)->*then)(result);
  };
}

/// Everything the room knows of a member.
class Room::Seat {
 public:
  explicit Seat(Member& member) noexcept : member_(member) {}

 private:
  friend class Room;
  Member& member_;
  bool follows_ = false;      ///< has said what he has, so updates make sense to him
  bool contributed_ = false;  ///< in this turn
  bool asked_ = false;        ///< for what the server lacks, and has not answered
  int resyncs_ = 0;           ///< answers in a row that did not help
  /// Since when something he sent, and the server could not take, has not come again.
  std::optional<MonotonicTime> lacks_since_;
  bool ask_again_ = false;  ///< others have brought something since he was asked
  /// What he had when too much was waiting for him; since then he gets nothing but what he
  /// lacks, in parts.
  std::optional<std::string> behind_;
  Pace questions_;
  std::shared_ptr<ScanBudget> scans_;  ///< shared by all seats of one person
  std::uint64_t received_ = 0;         ///< updates
  std::uint64_t promised_ = 0;         ///< of those, how many a promise was made for
  std::string unsaved_;                ///< this turn's, each behind its length
};

}  // namespace plait::server
