#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/net/peer.h"
#include "daemon/server/blob_desk.h"
#include "daemon/server/caller.h"
#include "daemon/server/entrance.h"
#include "daemon/server/live_workspace.h"
#include "daemon/server/login.h"
#include "daemon/server/open_documents.h"
#include "daemon/server/pace.h"
#include "daemon/server/people_desk.h"
#include "daemon/server/talk.h"
#include "protocol/jsonrpc/message.h"
#include "protocol/messages/connect/access.h"

namespace plait::server {

/// One connection to `/v1/connect`: docs/protocol.md says what it speaks.
///
/// The session itself takes messages apart, looks each up in the one table of who may send what
/// and when, and hands it to the part that it is for. What comes while a workspace is being
/// opened waits, so that everything takes effect in the order in which it was said.
class ConnectSession final : public net::Session, private LiveWorkspace::Attendee {
 public:
  /// The host outlives the session.
  ConnectSession(ConnectHost& host, const net::ConnectionInfo& info, net::Peer& peer);
  ~ConnectSession() override;

  void on_message(net::MessageKind kind, std::string_view payload) override;
  void on_backlog() override;
  void on_drained() override;
  void on_closed(const net::Ending& ending) override;

  // What the server has to say.

  /// It stops soon.
  void announce_end();
  /// Closes the connection if everything that came over it is on disk, and was answered.
  void end_if_drained();
  /// The connection is being closed.
  [[nodiscard]] bool is_over() const { return !caller_.line->is_open(); }
  /// Somebody's wish to join was decided.
  void hear_decision(const std::string& workspace, const people::PublicKey& device,
                     bool approved);

  [[nodiscard]] messages::connect::Phase phase() const noexcept { return caller_.phase; }

 private:
  struct Routes;
  struct Held {
    net::MessageKind kind;
    std::string payload;
  };

  void take(net::MessageKind kind, std::string_view payload);
  void hold(net::MessageKind kind, std::string_view payload);
  void take_held();
  void take_text(std::string_view text);
  void take_frame(std::string_view bytes);
  void take_request(const jsonrpc::Request& request);
  void take_notification(const jsonrpc::Notification& notification);
  /// Whether the client may say this now; otherwise what he is told.
  [[nodiscard]] std::optional<jsonrpc::RpcError> refusal_of(
      const messages::connect::Access& access) const;
  /// Zero, or how long the client has to wait.
  [[nodiscard]] std::chrono::milliseconds too_fast(std::string_view method);

  // What is for no other part.
  void handle(const messages::connect::PresenceUpdate& update);
  void handle(const messages::connect::ChatTyping& news);

  // LiveWorkspace::Attendee
  void hear(std::string_view frames) override { caller_.line->send(frames); }
  [[nodiscard]] bool is_behind() const override;
  [[nodiscard]] bool has_open(wire::Channel document) const override {
    return documents_.has_open(document);
  }
  [[nodiscard]] std::string_view token() const override;
  void member_changed() override;
  void sent_away(net::CloseCode code, std::string_view reason) override;

  void leave();

  Caller caller_;
  Login login_;
  Entrance entrance_;
  OpenDocuments documents_;
  Talk talk_;
  BlobDesk blobs_;
  PeopleDesk people_;

  const std::uint64_t number_;  ///< to the host
  std::deque<Held> held_;
  std::size_t held_bytes_ = 0;
  Pace pace_;
  Pace documents_pace_;
  bool is_behind_ = false;
};

}  // namespace plait::server
