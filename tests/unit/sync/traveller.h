#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/crdt/document.h"
#include "daemon/net/peer.h"
#include "daemon/server/server.h"
#include "daemon/support/clock.h"
#include "daemon/sync/session.h"

namespace plait::sync {

/// A person with a Session, the replicas that it keeps in step, and a line that ends in a
/// server's core, in memory and without delays.
class Traveller final : private Host, private net::Peer {
 public:
  Traveller(Session::Config config, const Clock& clock);
  ~Traveller();

  Session session;

  // The line ---------------------------------------------------------------------------------

  void comes(server::Server& server);
  /// The connection is cut: what was on its way is lost, both ways.
  void goes();
  /// It is cut as soon as so many messages, either way, have arrived.
  void goes_after(std::size_t messages) { left_ = messages; }
  [[nodiscard]] bool is_here() const noexcept { return server_session_ != nullptr; }
  /// How the session itself closed the latest line, if it did.
  [[nodiscard]] std::optional<net::CloseCode> hung_up() const noexcept { return closed_by_us_; }
  void sends();
  void reads();
  /// More waits on the line than should.
  void is_slow(bool slow);
  /// Messages that arrived, either way, on all lines.
  [[nodiscard]] std::size_t arrived() const noexcept { return arrived_; }
  /// All that was sent.
  [[nodiscard]] std::size_t said_bytes() const noexcept { return said_bytes_; }
  /// Messages of this method that were sent.
  [[nodiscard]] std::size_t said(std::string_view method) const;

  // Documents --------------------------------------------------------------------------------

  void opens(const std::string& document, Urgency urgency = Urgency::Soon);
  void types(const std::string& document, std::string_view text);
  [[nodiscard]] std::string text(const std::string& document);
  /// As the protocol wants it after a refusal: a new replica, under a new client id.
  void starts_anew(const std::string& document);
  /// What is typed in it from now on is told to nobody.
  void forgets_to_send(const std::string& document);
  [[nodiscard]] bool is_in_step(const std::string& document) {
    return session.documents().is_in_step(document);
  }
  [[nodiscard]] std::size_t unsaved() const { return session.documents().unsaved(); }

  // What he heard ----------------------------------------------------------------------------

  bool keeps_all = false;  ///< closes nothing for others
  std::optional<std::int64_t> feed_from = 0;
  std::vector<Offline> offline;
  std::vector<connect::WorkspaceOpen::Reply> online;
  std::vector<std::string> generations;
  std::vector<std::int64_t> client_ids;
  std::vector<std::int64_t> feed;
  std::vector<connect::Workspace> workspaces;
  std::set<std::string> participants;
  std::vector<std::string> refused;    ///< rules
  std::vector<std::string> postponed;  ///< the same
  std::vector<std::string> diverged;
  std::vector<std::string> touched;
  bool touched_all = false;
  std::map<std::string, std::int64_t> listed;
  std::map<std::string, std::int64_t> synced;
  std::map<std::string, std::int64_t> closed;
  std::map<std::string, int> saved;
  std::optional<std::chrono::milliseconds> draining;
  std::vector<bool> backlog;
  std::size_t waiting_members = 0;

  [[nodiscard]] std::optional<Absence> absence() const {
    return offline.empty() ? std::nullopt : std::optional(offline.back().why);
  }

 private:
  class Replica;

  /// The session's end of the line; Traveller itself is the server's.
  class OwnEnd final : public Line {
   public:
    explicit OwnEnd(Traveller& owner) : owner_(owner) {}
    void send(net::MessageKind kind, std::string_view payload) override;
    void close(net::CloseCode code, std::string_view reason) override;
    [[nodiscard]] std::size_t queued_bytes() const override;

   private:
    Traveller& owner_;
  };

  // net::Peer
  void send(std::string_view frames) override { inbox_ += frames; }
  void close(net::CloseCode code, std::string_view reason) override {
    closed_by_server_ = net::Ending{code, std::string(reason)};
  }
  [[nodiscard]] std::size_t queued_bytes() const override { return inbox_.size(); }
  void set_max_message(std::size_t bytes) override { max_message_ = bytes; }

  // Host
  void on_generation_changed(const std::string& generation) override;
  void on_online(const connect::WorkspaceOpen::Reply& workspace) override;
  void on_offline(const Offline& why) override { offline.push_back(why); }
  void on_workspace_changed(const connect::Workspace& workspace) override;
  void on_draining(std::chrono::milliseconds returns_after) override;
  void on_backlog(bool behind) override { backlog.push_back(behind); }
  void on_client_ids(std::span<const std::int64_t> ids) override;
  void on_participants(const connect::PresenceChanged& change) override;
  void on_cursors(const connect::CursorChanged& /*change*/) override {}
  void on_waiting(const connect::MemberWaiting& waiting) override;
  std::optional<std::int64_t> feed_seen() override;
  void on_feed(std::span<const connect::FeedEntry> entries) override;
  std::string state_vector(const std::string& document) override;
  Result<void> take(const std::string& document, std::string_view update) override;
  Result<Answer> answer(const std::string& document, std::string_view state_vector) override;
  std::optional<crypto::Sha256Digest> text_hash(const std::string& document) override;
  bool may_close(const std::string& document) override;
  void on_synced(const std::string& document, std::optional<std::int64_t> version) override;
  void on_saved(const std::string& document) override { ++saved[document]; }
  void on_closed(const std::string& document, std::optional<std::int64_t> version) override;
  void on_refused(const std::string& document, const std::string& rule,
                  const std::string& reason) override;
  void on_postponed(const std::string& document, const std::string& rule,
                    const std::string& reason) override;
  void on_diverged(const std::string& document) override { diverged.push_back(document); }
  void on_listed(std::span<const ListedDocument> page, bool more) override;
  void on_touched(std::span<const std::string> documents, bool all) override;

  Replica& replica(const std::string& document);
  /// One more message has arrived: false if the line is cut now.
  bool arrives();
  void hang_up(const net::Ending& ending);

  std::map<std::string, std::unique_ptr<Replica>> replicas_;
  std::unique_ptr<net::Session> server_session_;
  std::vector<std::pair<net::MessageKind, std::string>> outbox_;
  std::string inbox_;
  std::vector<std::string> said_;
  std::size_t said_bytes_ = 0;
  std::size_t arrived_ = 0;
  std::optional<std::size_t> left_;
  std::size_t max_message_ = net::kMaxMessageBytesBeforeLogin;
  std::optional<net::Ending> closed_by_server_;
  std::optional<net::CloseCode> closed_by_us_;
  OwnEnd own_end_{*this};
  bool is_slow_ = false;
};

}  // namespace plait::sync
