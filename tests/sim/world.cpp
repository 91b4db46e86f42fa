#include "tests/sim/world.h"

#include <algorithm>
#include <utility>

#include "daemon/crypto/login_proof.h"
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
/// Who comes in the end to see what there is: two for each document, and there are two.
constexpr std::size_t kNewcomers = 4;

}  // namespace

World::World(const Plan& plan, bool aloud)
    : plan_(plan),
      trace_(aloud),
      chance_(Chance(plan.seed).fork(1)),
      weather_(plan.weather),
      random_(chance_.fork(1)),
      server_({agenda_, clock_, trace_, weather_, chance_, random_},
              {.open = plan.open,
               .viewers_write = plan.mistakes.viewers_write,
               .disk_skips = plan.mistakes.disk_skips,
               .most_commit = plan.most_commit}),
      ledgers_(plan.documents) {
  weather_.loses_messages = plan.mistakes.network_loses;
  for (std::size_t i = 0; i < plan.documents; ++i) {
    disks_.emplace_back(server_.store(), std::string(plan.open ? "" : kWorkspace),
                        store_name(i));
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
  server_.found(std::move(records));
}

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

// Steps ---------------------------------------------------------------------------------------

void World::crash(Chance& chance) {
  if (!server_.is_running()) return;
  server_.crash(chance);
  if (plan_.mistakes.disk_forgets) server_.store().lose_newest_entry();
  for (DiskReplica& disk : disks_) {
    if (auto problem = disk.follow_after_crash()) fail(*std::move(problem));
  }
  agenda_.at(now() + chance.between(0us, 2s), [this] { server_.start(); });
}

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
  server::Office* const office = server_.office();
  if (office == nullptr || server_.is_draining() || !actor.counts()) return;
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
    office->revoke(himself, kWorkspace, actor.id(), done);
  } else {
    office->set_role(himself, kWorkspace, actor.id(), people::Role::Viewer, done);
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
    case Kind::Drain: return server_.drain(chance);
    case Kind::SlowDisk: server_.commits().stand_until(now() + chance.between(0us, 6s)); return;
    case Kind::FailCommit: return server_.commits().fail_next();
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
  actor.line = server_.connect(info, actor.number, *actor.typist, [this, &actor] {
    actor.line.reset();
    dial_again(actor);
  });
  if (actor.line == nullptr) dial_again(actor);
}

void World::dial_again(Actor& actor) {
  const microseconds pause =
      is_healed_ ? chance_.between(50ms, 300ms) : chance_.between(1ms, 2s);
  agenda_.at(now() + pause, [this, &actor] { dial(actor); });
}

// The loop ------------------------------------------------------------------------------------

void World::turn() {
  server_.end_of_turn();
  check_acknowledged();
}

void World::run_until(MonotonicTime end) {
  while (!problem_) {
    std::optional<MonotonicTime> next = agenda_.next();
    const auto deadline = server_.next_deadline();
    if (deadline) next = next ? std::min(*next, *deadline) : *deadline;
    if (!next || *next > end) break;
    clock_.set(std::max(now(), *next) + plan_.turn);  // the loop woke up a little late
    while (agenda_.next() && *agenda_.next() <= now()) agenda_.step();
    server_.advance();
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
  server_.heal();
  agenda_.at(now() + 1s, [this] { server_.start(); });
}

bool World::is_quiet() const {
  if (!server_.is_quiet()) return false;
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
  server_.stop();
  server_.start();
  for (std::size_t i = 0; i < plan_.documents; ++i) {
    check_newcomer(i, texts[i], "after the last restart");
  }
}

Outcome World::run() {
  server_.start();
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
