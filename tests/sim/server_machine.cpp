#include "tests/sim/server_machine.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "daemon/crypto/login_proof.h"
#include "daemon/crypto/token.h"
#include "daemon/net/websocket_handshake.h"
#include "protocol/base/assert.h"

namespace plait::sim {

using namespace std::chrono_literals;

Result<server::Access> ServerMachine::Porter::check(std::string_view token) {
  const store::MemberRecord* member = directory_->member(kWorkspace, token);
  if (member == nullptr) return plait::fail(ErrorCode::Refused, "no member");
  server::Access access;
  access.workspace = kWorkspace;
  access.identity = {
      .member = member->id, .name = member->name, .color = "#123456", .role = member->role};
  access.role = people::Directory::role_of(*member);
  access.token_role = people::Role::Editor;
  access.may_write = people::may_write(access.role) || viewers_write_;
  access.expires = WallTime{2'500'000'000'000};  // long after everything here
  return access;
}

ServerMachine::ServerMachine(Around around, const Options& options)
    : around_(around),
      options_(options),
      commits_(store_, {around.agenda, around.clock, around.trace, around.chance}, /*who=*/0,
               options.most_commit),
      porter_(options.viewers_write) {
  if (!options_.disk_skips) return;
  commits_.on_synced = [this] {
    if (around_.chance.one_in(4)) store_.lose_newest_entry();
  };
}

void ServerMachine::found(std::vector<store::Record> records) {
  store_.put(std::move(records), {});
  store_.sync();
  store_.answer();
}

// Its life ------------------------------------------------------------------------------------

void ServerMachine::start() {
  if (server_ != nullptr) return;
  around_.trace.note(now(), "server starts", 0);
  std::optional<server::Server::Workspaces> workspaces;
  if (!options_.open) {
    auto directory = store_.load_directory();
    auto key = crypto::SigningKey::generate(around_.random);
    PLAIT_ASSERT(directory && key, "a directory and a key to begin with");
    directory_.emplace(*directory, people::Directory::Limits{}, around_.random);
    porter_.look_into(&*directory_);
    office_ = std::make_unique<server::Office>(
        *directory_, store_, crypto::TokenIssuer(*std::move(key), {"plait", "sim"}),
        no_passwords_, around_.clock, around_.random);
    workspaces.emplace(server::Server::Workspaces{*office_, around_.random, "s-sim"});
  }
  server_ =
      std::make_unique<server::Server>(server::Server::Options{.open = options_.open}, store_,
                                       porter_, around_.clock, metrics_, workspaces);
}

void ServerMachine::stop() {
  for (const auto& line : lines_) {
    const bool all_arrives = around_.chance.one_in(2);
    line->server_died(all_arrives, around_.chance.between(0us, 500ms));
  }
  server_.reset();
  office_.reset();
  commits_.stop();
  ++life_;
  is_draining_ = false;
}

void ServerMachine::crash(Chance& chance) {
  commits_.crash(chance);
  stop();
}

void ServerMachine::drain(Chance& chance) {
  if (server_ == nullptr || is_draining_) return;
  is_draining_ = true;
  server_->drain();
  around_.agenda.at(now() + 10s, [this, life = life_] {  // then it goes, whatever waits
    if (life == life_) stop();
  });
  around_.agenda.at(now() + 12s + chance.between(0us, 2s), [this] { start(); });
}

// Its connections -----------------------------------------------------------------------------

std::shared_ptr<Line> ServerMachine::connect(const net::ConnectionInfo& info, std::size_t actor,
                                             Program& program, std::function<void()> on_over) {
  if (server_ == nullptr) return nullptr;
  auto line = std::make_shared<Line>(
      Line::Around{around_.agenda, around_.clock, around_.trace, around_.weather}, actor,
      program, Chance(around_.chance.bits()));
  auto answer = server_->receive(info, *line);
  auto* welcome = std::get_if<net::Welcome>(&answer);
  if (welcome == nullptr) return nullptr;
  around_.trace.note(now(), "comes", actor);
  line->on_over = std::move(on_over);
  lines_.push_back(line);
  line->begin(std::move(welcome->session), {info.channel_binding, net::host_name(info.host)});
  return line;
}

// The loop ------------------------------------------------------------------------------------

std::optional<MonotonicTime> ServerMachine::next_deadline() const {
  return server_ != nullptr ? server_->next_deadline() : std::nullopt;
}

void ServerMachine::advance() {
  const auto deadline = next_deadline();
  if (deadline && *deadline <= now()) server_->advance(now());
}

void ServerMachine::end_of_turn() {
  store_.set_time(around_.clock.wall());
  if (server_ != nullptr) {
    server_->end_of_turn();
    for (std::size_t i = 0; i < lines_.size(); ++i) lines_[i]->end_of_turn();
    commits_.begin();
  }
  std::erase_if(lines_, [](const auto& line) { return line->is_over(); });
  if (is_draining_ && server_->is_drained() && lines_.empty()) {
    around_.trace.note(now(), "server drained", 0);
    stop();
  }
}

void ServerMachine::heal() {
  commits_.heal();
  for (const auto& line : lines_) line->cut(0us, 0us);
}

bool ServerMachine::is_quiet() const {
  return server_ != nullptr && !is_draining_ && store_.asked() == 0;
}

}  // namespace plait::sim
