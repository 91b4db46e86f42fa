#include "daemon/server/server.h"

#include <algorithm>
#include <utility>

#include "daemon/crypto/random.h"
#include "daemon/server/client_line.h"
#include "daemon/server/document_rules.h"
#include "daemon/support/log.h"
#include "protocol/base/assert.h"
#include "protocol/base/hex.h"

namespace plait::server {
namespace {

constexpr std::string_view kClientPath = "/v1/connect";

constexpr int kBadRequest = 400;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kUnavailable = 503;

bool offers(const net::ConnectionInfo& info, std::string_view subprotocol) {
  return std::find(info.subprotocols.begin(), info.subprotocols.end(), subprotocol) !=
         info.subprotocols.end();
}

std::string subprotocol_for(const net::ConnectionInfo& info) {
  return offers(info, kYjsSubprotocol) ? std::string(kYjsSubprotocol) : std::string();
}

}  // namespace

Server::Server(Options options, store::ServerStore& store, Gatekeeper& gatekeeper,
               const Clock& clock, Metrics& metrics, std::optional<Workspaces> workspaces)
    : options_(options),
      store_(store),
      gatekeeper_(gatekeeper),
      clock_(clock),
      meters_(metrics),
      workspaces_(std::move(workspaces)) {
  if (workspaces_) workspaces_->office.set_listener(this);
}

Server::~Server() {
  if (workspaces_) workspaces_->office.set_listener(nullptr);
}

std::variant<net::Welcome, net::HttpResponse> Server::receive(const net::ConnectionInfo& info,
                                                              net::Peer& peer) {
  if (draining_) return net::HttpResponse{kUnavailable, "the server is going away\n"};
  if (info.path == kClientPath && workspaces_) return receive_client(info, peer);
  auto visit = admit(info);
  if (!visit) {
    const int status = visit.error().code == ErrorCode::NotFound ? kNotFound : kForbidden;
    return net::HttpResponse{status, visit.error().message + "\n"};
  }
  auto session = std::make_unique<YjsSession>(peer, std::move(visit->visitor));
  if (options_.open) {
    session->enter(room_for(open_document(std::move(visit->room.name))));
  } else {
    usher_.receive(*session, std::move(visit->room));
    if (workspaces_) introduce(*session);
  }
  return net::Welcome{std::move(session), subprotocol_for(info)};
}

std::variant<net::Welcome, net::HttpResponse> Server::receive_client(
    const net::ConnectionInfo& info, net::Peer& peer) {
  if (!offers(info, messages::connect::kSubprotocol)) {
    return net::HttpResponse{kBadRequest, "this is for the subprotocol plait.1\n"};
  }
  ConnectHost& host = *this;
  return net::Welcome{std::make_unique<ConnectSession>(host, info, peer),
                      std::string(messages::connect::kSubprotocol)};
}

/// To everybody else in the workspace, and to the office.
void Server::introduce(YjsSession& session) {
  providers_[&session] = std::make_unique<YjsAttendee>(live(session.visitor().workspace),
                                                       directory(), agenda_, clock_, session);
}

Result<Server::Visit> Server::admit(const net::ConnectionInfo& info) {
  Visit visit;
  if (options_.open) {
    auto name = open_room(info.path);
    if (!name) return forward_error(name);
    visit.room = *std::move(name);
    visit.visitor.author.name = info.address;
    return visit;
  }
  auto name = workspace_room(info.path);
  if (!name) return forward_error(name);
  auto access = gatekeeper_.check(token_of(info.query, info.subprotocols));
  if (!access) return forward_error(access);
  if (access->workspace != name->workspace) {
    return fail(ErrorCode::Refused, "the token is for another workspace");
  }
  visit.room = *std::move(name);
  visit.visitor.author.name = access->identity.member;
  visit.visitor.identity = std::move(access->identity);
  visit.visitor.may_write = access->may_write;
  visit.visitor.workspace = std::move(access->workspace);
  visit.visitor.token = std::move(access->token);
  visit.visitor.token_role = access->token_role;
  visit.visitor.expires = access->expires;
  visit.visitor.on_gone = [this](YjsSession& session) {
    usher_.forget(session);
    providers_.erase(&session);
  };
  return visit;
}

std::string Server::key_of(const Room::Config& config) {
  std::string key = config.workspace;
  key += '\0';  // not in any name
  return key += config.name;
}

Room& Server::room_for(Room::Config config) {
  std::string key = key_of(config);
  const auto known = rooms_.find(key);
  if (known != rooms_.end()) {
    if (!known->second->is_done()) return *known->second;
    settle(*known->second);  // it failed, or is about to be forgotten
  }
  config.channel = wire::Channel{next_channel_++};
  auto& room = rooms_[std::move(key)];
  PLAIT_ASSERT(room == nullptr, "a room that is done to be gone");
  Room::Host& host = *this;
  room = std::make_unique<Room>(host, std::move(config));
  return *room;
}

void Server::end_of_turn() {
  usher_.end_of_turn();
  // A room may be touched again meanwhile.
  for (std::size_t i = 0; i < touched_.size(); ++i) touched_[i]->end_of_turn();
  std::vector<Room*> rooms;
  rooms.swap(touched_);
  std::ranges::sort(rooms, {}, [](const Room* room) { return room->config().channel; });
  rooms.erase(std::unique(rooms.begin(), rooms.end()), rooms.end());
  for (Room* room : rooms) settle(*room);
  for (LiveWorkspace* live : std::exchange(touched_live_, {})) live->end_of_turn();
  if (!draining_) return;
  for (const auto& [number, client] : clients_) client->end_if_drained();
}

/// Forgets a room that is done, or notes when it wants to be called.
void Server::settle(Room& room) {
  if (!room.is_done()) return schedule(room);
  if (room.scheduled) due_.erase({*room.scheduled, room.config().channel, &room});
  std::erase(touched_, &room);
  rooms_.erase(key_of(room.config()));
}

void Server::schedule(Room& room) {
  const auto next = room.next_deadline();
  if (!next || (room.scheduled && *room.scheduled <= *next)) return;
  if (room.scheduled) due_.erase({*room.scheduled, room.config().channel, &room});
  room.scheduled = next;
  due_.insert({*next, room.config().channel, &room});
}

std::optional<MonotonicTime> Server::next_deadline() const {
  std::optional<MonotonicTime> next = agenda_.next();
  if (due_.empty()) return next;
  const MonotonicTime rooms = std::get<MonotonicTime>(*due_.begin());
  return next ? std::min(*next, rooms) : rooms;
}

void Server::advance(MonotonicTime now) {
  agenda_.advance(now);
  while (!due_.empty() && std::get<MonotonicTime>(*due_.begin()) <= now) {
    Room& room = *std::get<Room*>(*due_.begin());
    due_.erase(due_.begin());
    room.scheduled.reset();
    const auto due = room.next_deadline();
    if (due && *due <= now) {
      room.advance(now);
    } else {
      settle(room);
    }
  }
}

void Server::drain() {
  draining_ = true;
  for (const auto& [number, client] : clients_) client->announce_end();
  usher_.drain();
  for (auto& [key, room] : rooms_) room->drain();
}

bool Server::is_drained() const noexcept {
  return draining_ &&
         std::all_of(rooms_.begin(), rooms_.end(),
                     [](const auto& entry) { return entry.second->is_done(); }) &&
         std::all_of(clients_.begin(), clients_.end(),
                     [](const auto& entry) { return entry.second->is_over(); });
}

std::size_t Server::encoded_bytes() const noexcept {
  std::size_t bytes = 0;
  for (const auto& [key, room] : rooms_) bytes += room->document().encoded_bytes();
  return bytes;
}

std::string server_id(Office& office, Random& random) {
  constexpr std::string_view kSetting = "server id";
  if (auto known = office.directory().setting(kSetting)) return *std::move(known);
  const auto bytes = crypto::random_bytes<16>(random);
  std::string id = "s-" + hex_of(std::string(bytes.begin(), bytes.end()));
  office.set(kSetting, id, [](const auto& stored) {
    if (!stored) log::error("the server's id was not stored: clients will not know it again");
  });
  return id;
}

// Workspaces ----------------------------------------------------------------------------------

std::uint64_t Server::came(ConnectSession& session) {
  clients_.emplace(++last_client_, &session);
  return last_client_;
}

LiveWorkspace& Server::live(const std::string& workspace) {
  auto& live = live_[workspace];
  LiveWorkspace::Host& host = *this;
  if (live != nullptr) return *live;
  static_cast<void>(quota(workspace));  // known before anybody is in who sends files
  return *(live = std::make_unique<LiveWorkspace>(host, workspace));
}

/// The rooms that are open to everybody are in a workspace without a name.
WorkspaceQuota& Server::quota(const std::string& workspace) {
  auto& quota = quotas_[workspace];
  if (quota == nullptr) {
    quota = std::make_unique<WorkspaceQuota>(
        store_, workspace, workspace.empty() ? options_.open_quota : options_.workspace_quota);
  }
  return *quota;
}

LiveWorkspace* Server::find_live(const std::string& workspace) {
  const auto found = live_.find(workspace);
  return found == live_.end() ? nullptr : found->second.get();
}

Room& Server::document(const std::string& workspace, const std::string& name) {
  return room_for(workspace_document(workspace, name));
}

void Server::member_changed(const std::string& workspace, const std::string& member) {
  if (LiveWorkspace* live = find_live(workspace)) live->member_changed(member);
}

void Server::member_removed(const std::string& workspace, const std::string& member,
                            messages::connect::CloseReason why, const std::string& reason) {
  if (LiveWorkspace* live = find_live(workspace)) {
    live->send_away(member, close_code(why), reason);
  }
}

void Server::kicked(const std::string& workspace, const std::string& member,
                    const std::string& reason) {
  member_removed(workspace, member, messages::connect::CloseReason::Kicked, reason);
}

void Server::waiting_changed(const std::string& workspace) {
  if (LiveWorkspace* live = find_live(workspace)) live->tell_who_waits();
}

void Server::decided(const std::string& workspace, const people::PublicKey& device,
                     bool approved) {
  for (const auto& [number, client] : clients_) {
    client->hear_decision(workspace, device, approved);
  }
}

void Server::token_revoked(const std::string& token) {
  for (const auto& [id, live] : live_) {
    live->token_revoked(token, close_code(messages::connect::CloseReason::Removed),
                        "the token was revoked");
  }
}

void Server::activity(const std::string& workspace, std::uint64_t sequence) {
  if (LiveWorkspace* live = find_live(workspace)) live->feed_grew(sequence);
}

}  // namespace plait::server
