#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/crypto/device_key.h"
#include "daemon/crypto/login_proof.h"
#include "daemon/net/close_code.h"
#include "daemon/net/websocket_codec.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "daemon/sync/blob_transfers.h"
#include "daemon/sync/conversation.h"
#include "daemon/sync/documents.h"
#include "daemon/sync/feed_reader.h"
#include "daemon/sync/host.h"
#include "daemon/sync/line.h"
#include "daemon/sync/presence_pace.h"
#include "protocol/jsonrpc/message.h"
#include "protocol/messages/connect/all.h"

namespace plait::sync {

/// From the connection to the workspace.
inline constexpr std::chrono::seconds kGreetingTime{30};

/// How to become a member, once.
struct Invite {
  connect::InviteSecret secret;
  std::optional<std::string> password;
};

/// A client of /v1/connect for one workspace, as docs/protocol.md has it: a state machine, into
/// which whole messages go, and out of which whole messages come.
///
/// On each connection it says hello, logs in, redeems its invite, opens the workspace, leases
/// the client ids that are wanted, catches up with the feed, lists the documents and opens
/// those that are wanted, without waiting for answers in between. It knows no CRDT and no
/// files: documents are names and bytes, and a Host has them.
///
/// What is wanted outlasts a cut: documents, client ids, requests that may be repeated,
/// presence, blobs. What was sent of a document and not acknowledged is not kept; the host's
/// answer to the server's question has it.
class Session {
 public:
  struct Config {
    const crypto::DeviceKey& device;  ///< outlives the session
    std::string person;               ///< what the person wants to be called
    connect::Software software;
    std::string workspace;
    /// Of 128 random bits, made when the program started: client ids are leased with it.
    std::string replica;
    std::optional<Invite> invite;  ///< to be redeemed first; not once that has worked
    /// The server's certificate is known, so the login has to be bound to its TLS channel.
    bool is_pinned = false;
    std::string generation;  ///< the last one that was heard of; empty: none
  };

  /// The host and the clock outlive it.
  Session(Config config, Host& host, const Clock& clock);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // The line ---------------------------------------------------------------------------------

  /// The line is good until disconnected(), or until the session closes it.
  void connected(Line& line, crypto::LoginChannel channel);
  void received(net::MessageKind kind, std::string_view payload);
  /// More waits on the line than net::kBacklogBytes; what waited has left.
  void fell_behind();
  void drained();
  void disconnected(const net::Ending& ending);
  /// An attempt to connect has failed.
  void unreachable(const Offline& why) { host_.on_offline(why); }

  [[nodiscard]] std::optional<MonotonicTime> next_deadline() const { return agenda_.next(); }
  void advance(MonotonicTime now) { agenda_.advance(now); }

  // How it stands ----------------------------------------------------------------------------

  /// In the workspace.
  [[nodiscard]] bool is_online() const noexcept { return phase_ == Phase::Online; }
  /// Why connecting is of no use before a person has acted; nothing: it is.
  [[nodiscard]] const std::optional<Absence>& stopped() const noexcept { return stopped_; }
  /// A person has acted.
  void may_try_again() noexcept { stopped_.reset(); }
  /// The same, with another invite or password.
  void use_invite(Invite invite);
  /// After so long the server expects us back; it said so before it stopped.
  [[nodiscard]] const std::optional<std::chrono::milliseconds>& returns_after() const noexcept {
    return returns_after_;
  }
  /// The server chose it, of what it and we know: "durable", "blobs", …
  [[nodiscard]] bool uses(std::string_view capability) const;

  // The workspace ----------------------------------------------------------------------------

  /// So many more client ids than were wanted before. They come with Host::on_client_ids().
  void want_clients(std::int64_t count);
  /// What the person does; the newest counts.
  void show(connect::PresenceUpdate presence) { presence_.show(std::move(presence)); }

  /// `then` is called once, unless the session goes first. `Fail`: with an error if the
  /// connection ends, or there is none; then it may or may not have happened. `Repeat`: it is
  /// said again, for what may happen twice.
  template <class M>
  void call(const M& message, std::function<void(Outcome<M>)> then,
            AfterCut after_cut = AfterCut::Fail) {
    conversation_.call<M>(message, std::move(then), after_cut);
  }
  template <class M>
  void notify(const M& message) {
    if (is_online()) conversation_.notify(message);
  }

  /// open(), close(), send(), unsaved(), …
  [[nodiscard]] Documents& documents() noexcept { return documents_; }
  [[nodiscard]] const Documents& documents() const noexcept { return documents_; }
  /// put(), get(). Nothing moves unless the server uses "blobs".
  [[nodiscard]] BlobTransfers& blobs() noexcept { return blobs_; }

 private:
  enum class Phase : std::uint8_t { Apart, Greeting, Entering, Waiting, Online };

  void greet();
  void enter();
  void log_in();
  void redeem();
  void open_workspace();
  void lease();

  void was_greeted(const Outcome<connect::Hello>& outcome);
  void was_redeemed(const Outcome<connect::InviteRedeem>& outcome);
  void was_opened(const Outcome<connect::WorkspaceOpen>& outcome);

  void take_text(std::string_view payload);
  void take_frame(std::string_view payload);
  void take_notification(const jsonrpc::Notification& notification);
  // What the server says by itself.
  void hear(const connect::ServerDraining& news);
  void hear(const connect::WorkspaceChanged& news);
  void hear(const connect::DocumentRefused& news) { documents_.refused(news); }
  void hear(const connect::DocumentTouched& news);
  void hear(const connect::PresenceChanged& news) { host_.on_participants(news); }
  void hear(const connect::CursorChanged& news) { host_.on_cursors(news); }
  void hear(const connect::FeedEntries& news) { feed_.hear(news.entries); }
  void hear(const connect::MemberWaiting& news) { host_.on_waiting(news); }
  void hear(const connect::InviteDecided& news);

  [[nodiscard]] Absence absence_of(const net::Ending& ending) const;
  /// The server said what it may not say.
  void fault(const std::string& what);
  /// Closes the line.
  void give_up(Absence why, std::string reason);
  void be_apart(const Offline& why);

  Config config_;
  Host& host_;
  const Clock& clock_;
  Agenda agenda_;
  Phase phase_ = Phase::Apart;
  Line* line_ = nullptr;
  crypto::LoginChannel channel_;
  std::optional<connect::Hello::Reply> greeting_;
  std::optional<Absence> stopped_;
  connect::Role role_ = connect::Role::Viewer;
  bool was_login_refused_ = false;
  std::optional<std::chrono::milliseconds> returns_after_;

  std::int64_t wanted_clients_ = 0;
  std::int64_t leases_ = 1;  ///< that were begun: each is made under a name of its own
  bool is_leasing_ = false;

  Alarm late_;
  Conversation conversation_;
  FeedReader feed_;
  PresencePace presence_;
  Documents documents_;
  BlobTransfers blobs_;
};

}  // namespace plait::sync
