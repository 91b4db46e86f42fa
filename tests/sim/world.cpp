#include "tests/sim/world.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "daemon/crypto/login_proof.h"
#include "daemon/crypto/token.h"
#include "daemon/net/websocket_handshake.h"
#include "protocol/base/assert.h"
#include "tests/sim/attack.h"

namespace plait::sim {
namespace {

using namespace std::chrono_literals;
using Kind = Step::Kind;

/// Texts do not grow beyond this by typing, so that a run stays short.
constexpr std::size_t kEnough = 600;
/// How long everybody may take to come to rest once nothing goes wrong any more.
constexpr microseconds kRest = 120s;
/// Nothing has happened for so long: the server has compared texts, and tried everything again.
constexpr microseconds kQuiet = 5s;
constexpr std::uint64_t kFirstClient = 1000;
constexpr std::string_view kWorkspace = "w";
/// Who comes in the end to see what there is: two for each document, and there are two.
constexpr std::size_t kNewcomers = 4;

}  // namespace

Result<server::Access> World::Porter::check(std::string_view token) {
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

World::World(const Plan& plan, bool aloud)
    : plan_(plan),
      trace_(aloud),
      chance_(Chance(plan.seed).fork(1)),
      weather_(plan.weather),
      porter_(plan.mistakes.viewers_write),
      random_(chance_.fork(1)),
      ledgers_(plan.documents) {
  weather_.loses_messages = plan.mistakes.network_loses;
  for (std::size_t i = 0; i < plan.documents; ++i) {
    disks_.emplace_back(store_, std::string(plan.open ? "" : kWorkspace), store_name(i));
  }
  for (const Role& role : plan.cast) add_actor(role);
  if (!plan.open) found_workspace();
}

/// Everybody is a member already.
void World::found_workspace() {
  std::vector<store::Record> records;
  records.emplace_back(store::WorkspaceRecord{std::string(kWorkspace), "Workspace", {}});
  for (std::size_t i = 0; i < actors_.size() + kNewcomers; ++i) {
    store::MemberRecord member;
    member.workspace = kWorkspace;
    member.id = member.name = "a" + std::to_string(i);
    member.role =
        i < actors_.size() && actors_[i]->role.part == Part::Viewer ? "viewer" : "editor";
    if (i < actors_.size() && actors_[i]->device) {
      member.devices.push_back(actors_[i]->device->public_key().bytes);
    }
    records.emplace_back(std::move(member));
  }
  store_.put(std::move(records), {});
  store_.sync();
  store_.answer();
}

World::~World() { stop_server(); }

std::string World::store_name(std::size_t document) const {
  return "d" + std::to_string(document);
}

void World::add_actor(const Role& role) {
  auto actor = std::make_unique<Actor>();
  actor->number = actors_.size();
  actor->role = role;
  if (role.speaks_plait) {
    auto key = crypto::DeviceKey::generate(random_);
    PLAIT_ASSERT(key, "a device key to be made");
    actor->device = *std::move(key);
    support::ConnectClient::Config config;
    config.name = actor->id();
    config.device = &*actor->device;
    config.workspace = kWorkspace;
    config.replica = "r-" + actor->id();
    actor->typist = std::make_unique<ConnectTypist>(config, store_name(role.document));
  } else {
    actor->typist = std::make_unique<YjsTypist>(kFirstClient + 100 * actor->number);
  }
  actors_.push_back(std::move(actor));
}

// The server's life ---------------------------------------------------------------------------

void World::start_server() {
  if (server_ != nullptr) return;
  trace_.note(now(), "server starts", 0);
  std::optional<server::Server::Workspaces> workspaces;
  if (!plan_.open) {
    auto directory = store_.load_directory();
    auto key = crypto::SigningKey::generate(random_);
    PLAIT_ASSERT(directory && key, "a directory and a key to begin with");
    directory_.emplace(*directory, people::Directory::Limits{}, random_);
    porter_.look_into(&*directory_);
    office_ = std::make_unique<server::Office>(
        *directory_, store_, crypto::TokenIssuer(*std::move(key), {"plait", "sim"}),
        no_passwords_, clock_, random_);
    workspaces.emplace(server::Server::Workspaces{*office_, random_, "s-sim"});
  }
  server_ = std::make_unique<server::Server>(server::Server::Options{.open = plan_.open},
                                             store_, porter_, clock_, metrics_, workspaces);
}

/// At once, and whatever the store has not written is lost.
void World::stop_server() {
  for (const auto& line : lines_) {
    const bool all_arrives = chance_.one_in(2);
    line->server_died(all_arrives, chance_.between(0us, 500ms));
  }
  server_.reset();
  office_.reset();
  store_.lose_unsynced();
  ++epoch_;
  is_committing_ = false;
  is_draining_ = false;
}

void World::crash(Chance& chance) {
  if (server_ == nullptr) return;
  // A commit that was under way has happened, or it has not.
  if (is_committing_ && chance.one_in(2)) store_.sync(committing_);
  stop_server();
  if (plan_.mistakes.disk_forgets) store_.lose_newest_entry();
  for (DiskReplica& disk : disks_) {
    if (auto problem = disk.follow_after_crash()) fail(*std::move(problem));
  }
  agenda_.at(now() + chance.between(0us, 2s), [this] { start_server(); });
}

void World::drain(Chance& chance) {
  if (server_ == nullptr || is_draining_) return;
  is_draining_ = true;
  server_->drain();
  const std::uint64_t epoch = epoch_;
  agenda_.at(now() + 10s, [this, epoch] {  // then it goes, whatever waits
    if (epoch == epoch_) stop_server();
  });
  agenda_.at(now() + 12s + chance.between(0us, 2s), [this] { start_server(); });
}

// Steps ---------------------------------------------------------------------------------------

char32_t World::new_character(bool in_two_units) {
  if (plan_.mistakes.seed_leaks) {
    // Where things are in memory is another place each time.
    in_two_units ^= (reinterpret_cast<std::uintptr_t>(actors_.data()) >> 4U) % 7 == 0;
  }
  char32_t& next = in_two_units ? next_long_ : next_short_;
  return next++;
}

void World::type(Actor& actor, std::size_t count, Chance& chance) {
  Typist& typist = *actor.typist;
  if (!typist.can_type() || actor.role.part == Part::Enemy) return;
  const crdt::Document& document = typist.document();
  const crdt::TypeRef root = document.replica().find_root("content");
  std::size_t at = 0;
  if (root != crdt::TypeRef::None) {
    const auto all = document.end_of(root).offset.code_points.value();
    if (all > kEnough) return erase(actor, chance);
    const CodePointOffset place{static_cast<std::uint32_t>(chance.below(all + 1))};
    at = document.locate(root, place).offset.utf16.value();
  }
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    const char32_t character = new_character(chance.one_in(4));
    append_character(text, character);
    TextLedger& ledger = ledgers_[actor.role.document];
    if (actor.is_out || (actor.role.part == Part::Viewer && !actor.is_falling)) {
      ledger.forbidden(character);
    } else {
      ledger.typed(actor.number, character);
    }
  }
  if (actor.is_falling) ledgers_[actor.role.document].lost(actor.number);
  trace_.note(now(), "types", actor.number, text);
  typist.types(at, text);
}

void World::erase(Actor& actor, Chance& chance) {
  Typist& typist = *actor.typist;
  if (!typist.can_type() || actor.role.part == Part::Enemy) return;
  const std::vector<char32_t> all = characters(typist.text());
  if (all.empty()) return;
  const std::size_t from = chance.below(all.size());
  const std::size_t count =
      std::min(all.size() - from, 1 + chance.below(chance.one_in(10) ? all.size() : 6));
  const auto units = [&](std::size_t begin, std::size_t end) {
    std::size_t sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += all[i] < 0x10000 ? 1U : 2U;
    return sum;
  };
  if (actor.role.part == Part::Editor && !actor.is_out) {
    for (std::size_t i = from; i < from + count; ++i) {
      ledgers_[actor.role.document].erased(actor.number, all[i]);
    }
  }
  if (actor.is_falling) ledgers_[actor.role.document].lost(actor.number);
  trace_.note(now(), "erases", actor.number, std::to_string(count));
  typist.erases(units(0, from), units(from, from + count));
}

void World::burst(Actor& actor, Chance chance) {
  constexpr int kCharacters = 300;
  for (int i = 0; i < kCharacters; ++i) {
    agenda_.at(now() + i * (plan_.turn + 1us), [this, &actor, chance]() mutable {
      // Every second one takes another away: the log grows and the text does not.
      chance = chance.fork(static_cast<std::uint64_t>(next_short_) + next_long_);
      if (actor.typist->text().size() > kEnough) {
        erase(actor, chance);
      } else {
        type(actor, 1, chance);
      }
    });
  }
}

void World::make_attack(Actor& actor, Chance& chance) {
  if (actor.role.part != Part::Enemy || actor.is_out || !actor.typist->can_type()) return;
  if (chance.one_in(10)) return actor.typist->says_noise(noise(chance));
  std::string text;
  for (int i = 0; i < 2; ++i) {
    const char32_t character = new_character(/*in_two_units=*/false);
    ledgers_[actor.role.document].forbidden(character);
    append_character(text, character);
  }
  const auto update = attack(actor.typist->document(), plan_.open, text, chance);
  if (!update) return;
  trace_.note(now(), "attacks", actor.number, *update);
  actor.typist->says_update(*update);
}

void World::lose_replica(Actor& actor) {
  // In a workspace nobody else may bring what somebody wrote. If others have seen it, and the
  // server loses it, and its author never comes back, it stays with those who have seen it.
  DiskReplica& disk = disks_[actor.role.document];
  if (auto problem = disk.follow()) return fail(*std::move(problem));
  if (!plan_.open && !disk.has_all_of(actor.typist->document())) return;
  if (actor.line != nullptr) actor.line->cut(0us, 0us);
  ledgers_[actor.role.document].lost(actor.number);
  actor.typist->loses_replica(kFirstClient + 100 * actor.number + ++actor.clients);
}

/// Once that is on disk, nothing more of him may come in.
void World::put_down(Actor& actor, bool out) {
  if (office_ == nullptr || server_ == nullptr || is_draining_ || !actor.counts()) return;
  DiskReplica& disk = disks_[actor.role.document];
  if (auto problem = disk.follow()) return fail(*std::move(problem));
  if (!disk.has_all_of(actor.typist->document())) return;  // as in lose_replica()
  trace_.note(now(), out ? "revoked" : "demoted", actor.number);
  actor.is_falling = true;
  ledgers_[actor.role.document].lost(actor.number);
  const auto done = [&actor, out](const auto& outcome) {
    if (!outcome.has_value()) return;
    actor.is_falling = false;
    actor.is_out = out;
    if (!out) actor.role.part = Part::Viewer;
  };
  const auto himself = server::Actor::the_operator();
  if (out) {
    office_->revoke(himself, kWorkspace, actor.id(), done);
  } else {
    office_->set_role(himself, kWorkspace, actor.id(), people::Role::Viewer, done);
  }
}

void World::perform(const Step& step) {
  Actor& actor = *actors_[step.actor];
  Chance chance(step.value);
  Line* line = actor.line.get();
  trace_.remark(name_of(step.kind));
  switch (step.kind) {
    case Kind::Type: return type(actor, 1 + chance.below(6), chance);
    case Kind::Paste: return type(actor, 100 + chance.below(200), chance);
    case Kind::Erase: return erase(actor, chance);
    case Kind::Burst: return burst(actor, chance);
    case Kind::Cut: {
      const auto until_program_hears = chance.between(0us, 2s);
      if (line != nullptr) line->cut(until_program_hears, chance.between(0us, 2s));
      return;
    }
    case Kind::HalfOpen: {
      const auto until_program_hears = chance.between(0us, 1s);
      if (line != nullptr) line->cut(until_program_hears, chance.between(1s, 30s));
      return;
    }
    case Kind::Stall:
      if (line != nullptr) line->stall(now() + chance.between(0us, 8s));
      return;
    case Kind::Jam:
      if (line != nullptr) line->jam(now() + chance.between(0us, 5s));
      return;
    case Kind::AskAgain: return actor.typist->asks_again();
    case Kind::Attack: return make_attack(actor, chance);
    case Kind::LoseReplica: return lose_replica(actor);
    case Kind::Crash: return crash(chance);
    case Kind::Drain: return drain(chance);
    case Kind::SlowDisk:
      disk_stands_until_ = std::max(disk_stands_until_, now() + chance.between(0us, 6s));
      return;
    case Kind::FailCommit: next_commit_fails_ = true; return;
    case Kind::TryAgain: return actor.typist->tries_again();
    case Kind::Demote: return put_down(actor, /*out=*/false);
    case Kind::Revoke: return put_down(actor, /*out=*/true);
  }
}

// Connections ---------------------------------------------------------------------------------

void World::dial(Actor& actor) {
  if (actor.line != nullptr) return;
  if (is_over_ && actor.number < plan_.cast.size()) return;
  net::ConnectionInfo info;
  info.address = actor.id();
  info.host = "plait.example";
  if (actor.role.speaks_plait) {
    info.path = "/v1/connect";
    info.subprotocols = {std::string(support::connect::kSubprotocol)};
    info.channel_binding = std::string(crypto::kChannelBindingBytes, 'b');
  } else if (plan_.open) {
    info.path = "/yjs/" + store_name(actor.role.document);
  } else {
    info.path = "/yjs/w/" + store_name(actor.role.document);
    info.query = "token=" + actor.id();
  }
  if (server_ == nullptr) return dial_again(actor);
  auto line = std::make_shared<Line>(Line::Around{agenda_, clock_, trace_, weather_},
                                     actor.number, *actor.typist, Chance(chance_.bits()));
  auto answer = server_->receive(info, *line);
  auto* welcome = std::get_if<net::Welcome>(&answer);
  if (welcome == nullptr) return dial_again(actor);
  trace_.note(now(), "comes", actor.number);
  line->on_over = [this, &actor] {
    actor.line.reset();
    dial_again(actor);
  };
  lines_.push_back(line);
  actor.line = line;
  line->begin(std::move(welcome->session), {info.channel_binding, net::host_name(info.host)});
}

void World::dial_again(Actor& actor) {
  const microseconds pause =
      is_healed_ ? chance_.between(50ms, 300ms) : chance_.between(1ms, 2s);
  agenda_.at(now() + pause, [this, &actor] { dial(actor); });
}

// The loop ------------------------------------------------------------------------------------

void World::commit_soon() {
  if (is_committing_ || store_.asked() == 0) return;
  is_committing_ = true;
  committing_ = store_.asked();
  const MonotonicTime at =
      std::max(now(), disk_stands_until_) +
      chance_.between(plan_.least_commit, is_healed_ ? 1ms : plan_.most_commit);
  agenda_.at(at, [this, epoch = epoch_] { commit(committing_, epoch); });
}

void World::commit(std::size_t count, std::uint64_t epoch) {
  if (epoch != epoch_) return;
  is_committing_ = false;
  trace_.note(now(), next_commit_fails_ ? "commit fails" : "commit", count);
  if (std::exchange(next_commit_fails_, false)) {
    store_.fail_sync(count);
  } else {
    store_.sync(count);
    if (plan_.mistakes.disk_skips && chance_.one_in(4)) store_.lose_newest_entry();
  }
  agenda_.at(now() + chance_.between(0us, 200us), [this, epoch] {
    if (epoch == epoch_) store_.answer();
  });
}

void World::turn() {
  store_.set_time(clock_.wall());
  if (server_ != nullptr) {
    server_->end_of_turn();
    for (std::size_t i = 0; i < lines_.size(); ++i) lines_[i]->end_of_turn();
    commit_soon();
  }
  std::erase_if(lines_, [](const auto& line) { return line->is_over(); });
  if (is_draining_ && server_->is_drained() && lines_.empty()) {
    trace_.note(now(), "server drained", 0);
    stop_server();
  }
  check_acknowledged();
}

void World::run_until(MonotonicTime end) {
  while (!problem_) {
    std::optional<MonotonicTime> next = agenda_.next();
    const auto deadline = server_ != nullptr ? server_->next_deadline() : std::nullopt;
    if (deadline) next = next ? std::min(*next, *deadline) : *deadline;
    if (!next || *next > end) break;
    clock_.set(std::max(now(), *next) + plan_.turn);  // the loop woke up a little late
    while (agenda_.next() && *agenda_.next() <= now()) agenda_.step();
    if (server_ != nullptr && server_->next_deadline() && *server_->next_deadline() <= now()) {
      server_->advance(now());
    }
    turn();
  }
  clock_.set(std::max(now(), end));
}

// What has to hold ----------------------------------------------------------------------------

void World::check_acknowledged() {
  for (const auto& actor : actors_) {
    const auto acknowledged = actor->typist->take_acknowledged();
    if (acknowledged.empty()) continue;
    DiskReplica& disk = disks_[actor->role.document];
    if (auto problem = disk.follow()) return fail(*std::move(problem));
    for (const std::string& update : acknowledged) {
      if (!disk.has(update)) return fail("something was acknowledged that is not on disk");
    }
  }
}

void World::check_everybody() {
  for (const auto& actor : actors_) {
    if (auto complaint = actor->typist->complaint()) {
      fail(std::to_string(actor->number) + " got " + *complaint);
    }
  }
}

void World::heal() {
  trace_.remark("nothing goes wrong any more");
  is_healed_ = true;
  weather_.least = weather_.most = 1ms;
  weather_.pressure = 1;
  disk_stands_until_ = now();
  next_commit_fails_ = false;
  // Connections that one end no longer believes in are gone.
  for (const auto& line : lines_) line->cut(0us, 0us);
  agenda_.at(now() + 1s, [this] { start_server(); });
}

bool World::is_quiet() const {
  if (server_ == nullptr || is_draining_ || store_.asked() > 0) return false;
  return std::all_of(actors_.begin(), actors_.end(), [](const auto& actor) {
    if (!actor->counts()) return true;
    return actor->line != nullptr && !actor->line->is_busy() && actor->typist->is_settled();
  });
}

void World::come_to_rest() {
  const MonotonicTime end = now() + kRest;
  MonotonicTime busy_at = now();
  while (!problem_ && now() < end) {
    run_until(now() + 500ms);
    for (const auto& actor : actors_) actor->typist->tries_again();
    if (!is_quiet()) busy_at = now();
    if (now() - busy_at >= kQuiet) return;
  }
  std::string who;
  for (const auto& actor : actors_) {
    if (actor->counts() && (actor->line == nullptr || !actor->typist->is_settled())) {
      who += " " + std::to_string(actor->number);
    }
  }
  fail("somebody does not come to rest:" + who);
}

void World::check_newcomer(std::size_t document, const std::string& text,
                           std::string_view when) {
  const Role role{Part::Editor, false, document};
  add_actor(role);
  Actor& newcomer = *actors_.back();
  dial(newcomer);
  run_until(now() + 3s);
  if (newcomer.typist->text() != text) {
    fail("somebody who comes " + std::string(when) + " finds another text");
  }
}

void World::check_end() {
  std::vector<std::string> texts(plan_.documents);
  std::vector<std::optional<std::string>> states(plan_.documents);
  for (const auto& actor : actors_) {
    if (!actor->counts()) continue;  // sees what he typed in vain
    const std::size_t document = actor->role.document;
    const std::string state = actor->typist->document().encode_state();
    if (!states[document]) {
      states[document] = state;
      texts[document] = actor->typist->text();
    } else if (actor->typist->text() != texts[document]) {
      return fail("texts differ in the end: " + std::to_string(actor->number));
    } else if (state != *states[document]) {
      return fail("states differ in the end: " + std::to_string(actor->number));
    }
  }
  for (std::size_t i = 0; i < plan_.documents; ++i) {
    if (auto problem = disks_[i].follow()) return fail(*std::move(problem));
    if (!states[i]) texts[i] = disks_[i].text();  // all of its editors were put down
    if (auto problem = ledgers_[i].problem(texts[i])) return fail(*std::move(problem));
    if (disks_[i].text() != texts[i]) return fail("the disk has another text");
    check_newcomer(i, texts[i], "in the end");
  }
  if (problem_) return;
  is_over_ = true;  // what somebody was refused, and says again, is of no interest
  stop_server();
  start_server();
  for (std::size_t i = 0; i < plan_.documents; ++i) {
    check_newcomer(i, texts[i], "after the last restart");
  }
}

Outcome World::run() {
  start_server();
  const MonotonicTime start = now();
  for (const auto& actor : actors_) {
    agenda_.at(start + chance_.between(0us, 50ms), [this, &actor = *actor] { dial(actor); });
  }
  for (const Step& step : plan_.steps) {
    agenda_.at(start + step.at, [this, &step] { perform(step); });
  }
  run_until(start + (plan_.steps.empty() ? 0us : plan_.steps.back().at) + plan_.turn);
  if (!problem_) heal();
  if (!problem_) come_to_rest();
  if (!problem_) check_everybody();
  if (!problem_) check_end();
  if (problem_) trace_.remark(*problem_);
  return {trace_.hash(), problem_};
}

}  // namespace plait::sim
