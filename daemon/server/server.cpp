#include "daemon/server/server.h"

#include <algorithm>

#include "daemon/server/target.h"
#include "protocol/base/assert.h"

namespace plait::server {
namespace {

/// The text of a file's document.
constexpr std::string_view kFileRoot = "content";

constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kUnavailable = 503;

std::string subprotocol_for(const std::vector<std::string>& offered) {
  const bool known =
      std::find(offered.begin(), offered.end(), kYjsSubprotocol) != offered.end();
  return known ? std::string(kYjsSubprotocol) : std::string();
}

}  // namespace

Server::Server(Options options, store::ServerStore& store, Gatekeeper& gatekeeper,
               const Clock& clock, Metrics& metrics)
    : options_(options),
      store_(store),
      gatekeeper_(gatekeeper),
      clock_(clock),
      meters_(metrics) {}

Server::~Server() = default;

std::variant<net::Welcome, net::HttpResponse> Server::receive(const net::ConnectionInfo& info,
                                                              net::Peer& peer) {
  if (draining_) return net::HttpResponse{kUnavailable, "the server is going away\n"};
  auto visit = admit(info);
  if (!visit) {
    const int status = visit.error().code == ErrorCode::NotFound ? kNotFound : kForbidden;
    return net::HttpResponse{status, visit.error().message + "\n"};
  }
  Room& room = room_for(std::move(visit->room));
  return net::Welcome{std::make_unique<YjsSession>(room, peer, std::move(visit->visitor)),
                      subprotocol_for(info.subprotocols)};
}

Result<Server::Visit> Server::admit(const net::ConnectionInfo& info) {
  Visit visit;
  if (options_.open) {
    auto name = open_room(info.path);
    if (!name) return forward_error(name);
    visit.room.name = std::move(name->name);
    visit.room.rules = crdt::UpdateRules::for_open_document();
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
  visit.room.workspace = std::move(name->workspace);
  visit.room.name = std::move(name->name);
  visit.room.rules = crdt::UpdateRules::for_file();
  visit.room.claims_clients = true;
  visit.room.text_root = kFileRoot;
  visit.visitor.author.name = access->identity.member;
  visit.visitor.identity = std::move(access->identity);
  visit.visitor.may_write = access->may_write;
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
    if (!known->second.room->is_done()) return *known->second.room;
    settle(*known->second.room);  // it failed, or is about to be forgotten
  }
  config.channel = wire::Channel{next_channel_++};
  Entry& entry = rooms_[std::move(key)];
  PLAIT_ASSERT(entry.room == nullptr, "a room that is done to be gone");
  Room::Host& host = *this;
  entry.room = std::make_unique<Room>(host, std::move(config));
  return *entry.room;
}

void Server::end_of_turn() {
  // A room may be touched again meanwhile.
  for (std::size_t i = 0; i < touched_.size(); ++i) touched_[i]->end_of_turn();
  std::vector<Room*> rooms;
  rooms.swap(touched_);
  std::sort(rooms.begin(), rooms.end());
  rooms.erase(std::unique(rooms.begin(), rooms.end()), rooms.end());
  for (Room* room : rooms) settle(*room);
}

/// Forgets a room that is done, or notes when it wants to be called.
void Server::settle(Room& room) {
  const auto found = rooms_.find(key_of(room.config()));
  PLAIT_ASSERT(found != rooms_.end(), "a room to be known by its name");
  if (!room.is_done()) return schedule(room, found->second);
  if (found->second.due) due_.erase({*found->second.due, &room});
  std::erase(touched_, &room);
  rooms_.erase(found);
}

void Server::schedule(Room& room, Entry& entry) {
  const auto next = room.next_deadline();
  if (!next || (entry.due && *entry.due <= *next)) return;
  if (entry.due) due_.erase({*entry.due, &room});
  entry.due = next;
  due_.insert({*next, &room});
}

std::optional<MonotonicTime> Server::next_deadline() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

void Server::advance(MonotonicTime now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    Room& room = *due_.begin()->second;
    due_.erase(due_.begin());
    rooms_.at(key_of(room.config())).due.reset();
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
  for (auto& [key, entry] : rooms_) entry.room->drain();
}

bool Server::is_drained() const noexcept {
  return draining_ && std::all_of(rooms_.begin(), rooms_.end(), [](const auto& entry) {
           return entry.second.room->is_done();
         });
}

}  // namespace plait::server
