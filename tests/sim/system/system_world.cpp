#include "tests/sim/system/system_world.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include "daemon/crypto/invite_link.h"
#include "protocol/base/assert.h"
#include "protocol/base/base64.h"

namespace plait::sim::system {

using namespace std::chrono_literals;
using Kind = Step::Kind;

namespace {

/// Texts do not grow beyond this by typing, so that a run stays short, and differences are
/// found letter by letter: a replacement would be what nobody did.
constexpr std::size_t kEnough = 120;
/// How long everybody may take to come to rest once nothing goes wrong any more.
constexpr microseconds kRest = 120s;
/// Nothing has happened for so long: texts were compared, and what failed was tried again.
constexpr microseconds kQuiet = 6s;
/// The same, and what editors had open that died with their machine was given up.
constexpr microseconds kLongQuiet = 35s;
constexpr std::size_t kEnoughFiles = 8;
/// After so long a daemon has noticed what a program did, and others have heard of it.
constexpr microseconds kNoticed = 1s;
/// Which of a machine's actors is the one that is no editor.
constexpr std::size_t kProgram = 9;

std::size_t actor(const Machine& machine, std::size_t which) {
  return 10 * machine.number() + which;
}

/// Files whose names begin with a `t`; the others stay.
bool may_be_deleted(const std::string& path) { return path[path.rfind('/') + 1] == 't'; }

void set_full(Machine& machine, bool is_full) {
  machine.folder().set_full(is_full);
  machine.commits().set_full(is_full);
}

/// The place in bytes before a character.
std::size_t byte_at(const std::vector<char32_t>& text, std::size_t character) {
  std::string before;
  for (std::size_t i = 0; i < character; ++i) append_character(before, text[i]);
  return before.size();
}

}  // namespace

SystemWorld::SystemWorld(const Plan& plan, bool aloud)
    : plan_(plan),
      trace_(aloud),
      chance_(Chance(plan.seed).fork(1)),
      weather_(plan.weather),
      random_(chance_.fork(1)),
      server_({agenda_, clock_, trace_, weather_, chance_, random_},
              {.most_commit = plan.most_commit}) {
  weather_.loses_messages = plan.mistakes.network_loses;
  for (const std::size_t editors : plan.editors) add_machine(editors);
}

void SystemWorld::add_machine(std::size_t editors) {
  const std::size_t number = machines_.size();
  Machine::Around around{
      .agenda = agenda_,
      .clock = clock_,
      .trace = trace_,
      .server = server_,
      .on_wrong = [this](const std::string& problem) { fail(problem); },
      .on_written =
          [this, number](const std::string& bytes) {
            if (auto foreign = ledger_.foreign_in(bytes)) {
              fail("daemon " + std::to_string(number) + " writes a file: " + *foreign);
            }
          },
      .on_kept = [this](const std::string& bytes) { ledger_.kept_elsewhere(bytes); },
      .on_reverted =
          [this, number](const std::string& before, const std::string& after) {
            was_reverted(*machines_[number], before, after);
          },
  };
  DiskHabits disk = plan_.disk;
  disk.is_blind = plan_.mistakes.disk_is_blind;
  machines_.push_back(std::make_unique<Machine>(
      number, around, Machine::Habits{disk, plan_.most_commit, editors},
      Chance(plan_.seed).fork(100 + number)));
}

// The beginning -------------------------------------------------------------------------------

void SystemWorld::found_workspace() {
  std::vector<store::Record> records;
  records.emplace_back(store::WorkspaceRecord{std::string(kWorkspace), "Garden", {}});
  server_.found(std::move(records));
  server_.start();
  server_.office()->create_invite(
      server::Actor::the_operator(), kWorkspace, {}, [this](const auto& made) {
        PLAIT_ASSERT(made.has_value(), "an invite to be made");
        const auto& bytes = made->secret.data;
        auto secret = crypto::InviteSecret::parse(
            to_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
        auto link = crypto::InviteLink{"plait.example", 443, std::string(kWorkspace),
                                       *std::move(secret), std::nullopt}
                        .text();
        PLAIT_ASSERT(link, "an invite to be written as a link");
        invite_ = *std::move(link);
      });
  run_until(now() + 1s);
  PLAIT_ASSERT(!invite_.empty(), "an invite to be on disk");
}

void SystemWorld::join(Machine& machine) {
  machine.start();
  machine.join(invite_);
  for (int i = 0; i < 60 && !problem_ && !machine.is_joined(); ++i) run_until(now() + 500ms);
  if (!machine.is_joined())
    fail("machine " + std::to_string(machine.number()) + " cannot join");
}

// Steps ---------------------------------------------------------------------------------------

std::string SystemWorld::new_text(std::size_t who, const std::string& path, std::size_t count,
                                  Chance& chance) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    bool in_two_units = chance.one_in(8);
    if (plan_.mistakes.seed_leaks) {
      // Where things are in memory is another place each time.
      in_two_units ^= (reinterpret_cast<std::uintptr_t>(machines_.data()) >> 4U) % 7 == 0;
    }
    const char32_t character = in_two_units ? next_long_++ : next_short_++;
    append_character(text, character);
    ledger_.typed(who, character);
    if (may_be_deleted(path)) mortal_.push_back(character);
    if (chance.one_in(10)) text += '\n';
  }
  return text;
}

std::optional<SystemWorld::Open> SystemWorld::some_buffer(Machine& machine, Chance& chance) {
  EditorSeat& seat = *machine.seats()[chance.below(machine.seats().size())];
  if (seat.uris().empty()) return std::nullopt;
  const std::string& uri = *std::next(
      seat.uris().begin(), static_cast<std::ptrdiff_t>(chance.below(seat.uris().size())));
  const auto& buffer = seat.editor().buffer(uri);
  if (buffer.is_refused || buffer.is_read_only) return std::nullopt;
  return Open{seat, uri};
}

void SystemWorld::open(Machine& machine, Chance& chance) {
  const std::string* const path = some_file(machine, chance);
  EditorSeat& seat = *machine.seats()[chance.below(machine.seats().size())];
  if (path == nullptr || seat.uris().contains(uri_of(*path))) return;
  trace_.note(now(), "opens", seat.number(), *path);
  seat.opens(uri_of(*path), machine.folder().find(*path)->bytes, /*is_modified=*/false);
}

/// What could not be opened, since the daemon did not know of it yet or went, is opened again.
void SystemWorld::try_again(Machine& machine) {
  for (const auto& seat : machine.seats()) {
    for (const std::string& uri : std::set(seat->uris())) {
      if (!seat->editor().buffer(uri).is_refused) continue;
      if (machine.folder().find(path_of(uri)) != nullptr) {
        seat->opens(uri, std::string(seat->editor().text(uri)), /*is_modified=*/true);
      } else {
        ledger_.kept_elsewhere(seat->editor().text(uri));
        seat->closes(uri);
      }
    }
  }
}

void SystemWorld::type(Machine& machine, std::size_t count, Chance& chance) {
  const auto at = some_buffer(machine, chance);
  if (!at) return open(machine, chance);
  const std::vector<char32_t> all = characters(at->seat.editor().text(at->uri));
  if (all.size() > kEnough) return erase(machine, chance);
  const std::size_t place = byte_at(all, chance.below(all.size() + 1));
  const std::string text = new_text(at->seat.number(), path_of(at->uri), count, chance);
  trace_.note(now(), "types", at->seat.number(), text);
  at->seat.editor().edits(at->uri, place, 0, text);
}

void SystemWorld::erase(Machine& machine, Chance& chance) {
  const auto at = some_buffer(machine, chance);
  if (!at) return open(machine, chance);
  const std::vector<char32_t> all = characters(at->seat.editor().text(at->uri));
  if (all.empty()) return;
  const std::size_t from = chance.below(all.size());
  const std::size_t count =
      std::min(all.size() - from, 1 + chance.below(chance.one_in(10) ? all.size() : 6));
  for (std::size_t i = from; i < from + count; ++i) ledger_.erased(at->seat.number(), all[i]);
  trace_.note(now(), "erases", at->seat.number(), std::to_string(count));
  const std::size_t begin = byte_at(all, from);
  at->seat.editor().edits(at->uri, begin, byte_at(all, from + count) - begin, {});
}

void SystemWorld::revert(Machine& machine, Chance& chance, bool again) {
  const auto at = some_buffer(machine, chance);
  if (!at) return;
  if (again) {
    at->seat.editor().redoes(at->uri);
  } else {
    at->seat.editor().undoes(at->uri);
  }
}

/// One text takes the place of another that it does not know.
void SystemWorld::doubt_difference(const std::string& one, const std::string& other) {
  const auto look_at = [&](const std::string& text, const std::string& without) {
    const std::vector<char32_t> others = characters(without);
    const std::set<char32_t> there(others.begin(), others.end());
    for (const char32_t character : characters(text)) {
      if (character != U'\n' && !there.contains(character)) ledger_.doubtful(character);
    }
  };
  look_at(one, other);
  look_at(other, one);
}

/// What was typed here by editors comes and goes, and nothing else.
void SystemWorld::was_reverted(const Machine& machine, const std::string& before,
                               const std::string& after) {
  const auto only_in = [](const std::string& text, const std::string& other) {
    const std::vector<char32_t> others = characters(other);
    const std::set<char32_t> there(others.begin(), others.end());
    std::vector<char32_t> all = characters(text);
    std::erase_if(all, [&](char32_t each) { return each == U'\n' || there.contains(each); });
    return all;
  };
  for (const char32_t character : only_in(before, after)) {
    const auto author = ledger_.author_of(character);
    const bool is_own = author && *author / 10 == machine.number() && *author % 10 != kProgram;
    // Redoing takes away again what had been taken away here, and came back.
    if (!is_own && !returned_.contains({machine.number(), character})) {
      fail("an undo removes what somebody else typed");
    }
    ledger_.doubtful(character);
  }
  for (const char32_t character : only_in(after, before)) {
    returned_.insert({machine.number(), character});
    ledger_.doubtful(character);
  }
}

/// The editor writes its file, and says so. What another program has written there that has not
/// reached the buffer goes: the user was asked, and did not mind.
void SystemWorld::save(Machine& machine, Chance& chance) {
  const auto at = some_buffer(machine, chance);
  if (!at || at->seat.editor().buffer(at->uri).is_waiting || !is_noticed(machine)) return;
  // Text whose edit was not understood is on disk before it can be told from a program's.
  at->seat.speaks();
  if (faulty_.contains(at->seat.number()) && !at->seat.is_settled()) return;
  const std::string path = path_of(at->uri);
  const SimFolder::File* const file = machine.folder().find(path);
  if (file == nullptr) return close(machine, chance);
  if (machine.folder().is_full()) return;
  const std::string text = at->seat.editor().text(at->uri);
  doubt_difference(file->bytes, text);
  written_at_[machine.number()] = now();
  trace_.note(now(), "saves", at->seat.number(), path);
  if (chance.one_in(2)) {
    machine.folder().write(path, text);
  } else {
    machine.folder().replace(path, text);
  }
  at->seat.editor().saves(at->uri);
}

void SystemWorld::close(Machine& machine, Chance& chance) {
  const auto at = some_buffer(machine, chance);
  // Who closes what the daemon has not heard of yet has been asked whether it may be lost.
  if (!at || !machine.is_running()) return;
  at->seat.speaks();
  if (!at->seat.is_settled()) return;
  trace_.note(now(), "closes", at->seat.number(), at->uri);
  at->seat.closes(at->uri);
}

void SystemWorld::make_mistake(Machine& machine, Chance& chance) {
  using Bug = support::ScriptedEditor::Bug;
  // Each shows at once; of an edit that it does not tell of nobody knows before the next quiet.
  static constexpr std::array<Bug, 2> kBugs = {Bug::Miscounts, Bug::SaysNoPlace};
  EditorSeat& seat = *machine.seats()[chance.below(machine.seats().size())];
  seat.editor().has(kBugs[chance.below(kBugs.size())]);
  faulty_.insert(seat.number());
}

// Another program -----------------------------------------------------------------------------

const std::string* SystemWorld::some_file(const Machine& machine, Chance& chance) const {
  const auto& files = machine.folder().files();
  if (files.empty()) return nullptr;
  return &std::next(files.begin(), static_cast<std::ptrdiff_t>(chance.below(files.size())))
              ->first;
}

void SystemWorld::change_file(Machine& machine, Chance& chance) {
  const std::string* const path = some_file(machine, chance);
  if (path == nullptr || machine.folder().is_full() || !is_noticed(machine)) return;
  std::string bytes = machine.folder().find(*path)->bytes;
  const std::vector<char32_t> all = characters(bytes);
  const std::size_t from = chance.below(all.size() + 1);
  const std::size_t begin = byte_at(all, from);
  const std::size_t who = actor(machine, kProgram);
  if (all.size() > kEnough || chance.one_in(3)) {
    const std::size_t count = std::min(all.size() - from, chance.below(20));
    for (std::size_t i = from; i < from + count; ++i) ledger_.erased(who, all[i]);
    bytes.erase(begin, byte_at(all, from + count) - begin);
  } else {
    bytes.insert(begin, new_text(who, *path, 1 + chance.below(20), chance));
  }
  written_at_[machine.number()] = now();
  trace_.note(now(), "changes", machine.number(), *path);
  if (chance.one_in(2)) {
    machine.folder().write(*path, bytes);
  } else {
    machine.folder().replace(std::string(*path), bytes);
  }
}

void SystemWorld::create_file(Machine& machine, Chance& chance) {
  if (machine.folder().is_full() || machine.folder().files().size() > kEnoughFiles) return;
  std::string path = (chance.one_in(2) ? "t" : "s") + std::to_string(chance.below(4)) + "-" +
                     std::to_string(chance.below(3)) + ".txt";
  if (chance.one_in(4)) path = "in" + std::to_string(chance.below(2)) + "/" + path;
  if (machine.folder().stat(path)) return;
  is_reordered_ = true;  // others may bring a file to that path too
  written_at_[machine.number()] = now();
  trace_.note(now(), "creates", machine.number(), path);
  machine.folder().write(path,
                         new_text(actor(machine, kProgram), path, chance.below(30), chance));
}

void SystemWorld::rename_file(Machine& machine, Chance& chance) {
  const std::string* const path = some_file(machine, chance);
  if (path == nullptr) return;
  // What a name says of the file goes with it.
  const std::size_t name = path->rfind('/') + 1;  // npos + 1: the beginning
  const std::string to = path->substr(0, path->find_first_of("-.", name)) + "-" +
                         std::to_string(3 + chance.below(3)) + ".txt";
  const std::string from = *path;
  trace_.note(now(), "renames", machine.number(), from + " " + to);
  is_reordered_ = true;
  machine.folder().rename(from, to);
}

void SystemWorld::delete_file(Machine& machine, Chance& chance) {
  const std::string* const path = some_file(machine, chance);
  if (path == nullptr || !may_be_deleted(*path)) return;
  trace_.note(now(), "deletes", machine.number(), *path);
  is_deleted_ = is_reordered_ = true;
  machine.folder().remove(std::string(*path));
}

// What goes wrong -----------------------------------------------------------------------------

void SystemWorld::disturb_line(Machine& machine, Kind kind, Chance& chance) {
  for (const ServerLink* link : machine.links()) {
    if (link->line() == nullptr) continue;
    const auto until_program_hears = chance.between(0us, 2s);
    const auto until_server_hears =
        kind == Kind::HalfOpen ? chance.between(1s, 30s) : chance.between(0us, 2s);
    if (kind == Kind::Jam) {
      link->line()->jam(now() + chance.between(0us, 5s));
    } else {
      link->line()->cut(until_program_hears, until_server_hears);
    }
  }
}

/// Whether the daemon has noticed what programs did to the folder, as far as that matters.
bool SystemWorld::is_noticed(const Machine& machine) const {
  const auto written = written_at_.find(machine.number());
  return plan_.is_rough || written == written_at_.end() || now() - written->second > kNoticed;
}

/// What had not reached the store, and is in no buffer, may be lost.
void SystemWorld::crash(Machine& machine, Chance& chance, bool power_cut) {
  // What a program wrote becomes part of the document, and is noted as known, in two writes: a
  // daemon that dies between them takes it for new once more.
  if (!is_noticed(machine) || !machine.is_running()) return;
  if (!plan_.is_rough && !machine.knows_its_folder()) return;
  machine.crash(chance);
  if (power_cut) {
    machine.forget_buffers();
    for (const auto& seat : machine.seats()) seat->ends();
  }
  std::string kept = machine.stored_text();
  for (const auto& [path, file] : machine.folder().files()) kept += file.bytes;
  for (const auto& seat : machine.seats()) {
    for (const std::string& uri : seat->uris()) kept += seat->editor().text(uri);
  }
  for (std::size_t who = 0; who < 10; ++who) ledger_.lost(actor(machine, who), kept);
  agenda_.at(now() + chance.between(0us, 3s), [&machine] {
    set_full(machine, /*is_full=*/false);  // a daemon reads what it remembers when it starts
    machine.start();
  });
}

void SystemWorld::fill_disk(Machine& machine, Chance& chance) {
  if (!machine.is_running()) return;
  set_full(machine, /*is_full=*/true);
  agenda_.at(now() + chance.between(0us, 5s),
             [&machine] { set_full(machine, /*is_full=*/false); });
}

void SystemWorld::perform(const Step& step) {
  Machine& machine = *machines_[step.machine];
  Chance chance(step.value);
  try_again(machine);
  trace_.remark(std::to_string(step.number) + ": " + std::string(name_of(step.kind)));
  switch (step.kind) {
    case Kind::Type: return type(machine, 1 + chance.below(6), chance);
    case Kind::Paste: return type(machine, 20 + chance.below(20), chance);
    case Kind::Erase: return erase(machine, chance);
    case Kind::Open: return open(machine, chance);
    case Kind::Undo: return revert(machine, chance, /*again=*/false);
    case Kind::Redo: return revert(machine, chance, /*again=*/true);
    case Kind::Save: return save(machine, chance);
    case Kind::Close: return close(machine, chance);
    case Kind::Bug: return make_mistake(machine, chance);
    case Kind::Change: return change_file(machine, chance);
    case Kind::Create: return create_file(machine, chance);
    case Kind::Rename: return rename_file(machine, chance);
    case Kind::Delete: return delete_file(machine, chance);
    case Kind::Cut:
    case Kind::HalfOpen:
    case Kind::Jam: return disturb_line(machine, step.kind, chance);
    case Kind::Crash: return crash(machine, chance, /*power_cut=*/false);
    case Kind::PowerCut: return crash(machine, chance, /*power_cut=*/true);
    case Kind::FullDisk: return fill_disk(machine, chance);
    case Kind::SlowDisk: return machine.commits().stand_until(now() + chance.between(0us, 6s));
    case Kind::StepClock:
      return machine.step_clock(std::chrono::seconds{chance.below(7200)} - 3600s);
    case Kind::CrashServer: {
      server_.crash(chance);
      agenda_.at(now() + chance.between(0us, 2s), [this] { server_.start(); });
      return;
    }
    case Kind::Drain: return server_.drain(chance);
    case Kind::SlowServer:
      return server_.commits().stand_until(now() + chance.between(0us, 6s));
    case Kind::FailCommit: return server_.commits().fail_next();
  }
}

// The loop ------------------------------------------------------------------------------------

void SystemWorld::run_until(MonotonicTime end) {
  turn();  // for what was done from outside
  while (!problem_) {
    std::optional<MonotonicTime> next = agenda_.next();
    const auto consider = [&](const std::optional<MonotonicTime>& due) {
      if (due) next = next ? std::min(*next, *due) : *due;
    };
    consider(server_.next_deadline());
    for (const auto& machine : machines_) consider(machine->next_deadline());
    if (!next || *next > end) break;
    clock_.set(std::max(now(), *next) + plan_.turn);  // the loop woke up a little late
    while (agenda_.next() && *agenda_.next() <= now()) agenda_.step();
    server_.advance();
    for (const auto& machine : machines_) machine->advance();
    turn();
  }
  clock_.set(std::max(now(), end));
}

void SystemWorld::turn() {
  for (const auto& machine : machines_) machine->end_of_turn();
  server_.end_of_turn();
  for (const auto& machine : machines_) {
    for (const auto& seat : machine->seats()) {
      if (seat->problem()) fail(*seat->problem());
      if (seat->editor().problem()) fail("an editor was told " + *seat->editor().problem());
    }
  }
}

// What has to hold ----------------------------------------------------------------------------

void SystemWorld::heal() {
  trace_.remark("nothing goes wrong any more");
  weather_.least = weather_.most = 1ms;
  server_.heal();
  for (const auto& machine : machines_) machine->heal();
  agenda_.at(now() + 1s, [this] {
    server_.start();
    for (const auto& machine : machines_) machine->start();
  });
  // An editor that did something wrong is found out when it, or somebody else, does more.
  for (const auto pause : {3s, 5s}) {
    agenda_.at(now() + pause, [this] { everybody_types(); });
  }
}

void SystemWorld::everybody_types() {
  for (const auto& machine : machines_) {
    for (const auto& seat : machine->seats()) {
      for (const std::string& uri : seat->uris()) {
        const auto& buffer = seat->editor().buffer(uri);
        if (buffer.is_refused || buffer.is_read_only) continue;
        Chance chance(chance_.bits());
        seat->editor().edits(uri, 0, 0, new_text(seat->number(), path_of(uri), 1, chance));
      }
    }
  }
}

void SystemWorld::come_to_rest(std::string_view what, microseconds quiet) {
  trace_.remark(what);
  const MonotonicTime end = now() + kRest;
  MonotonicTime busy_at = now();
  const auto is_quiet = [&] {
    return server_.is_quiet() && std::ranges::all_of(machines_, [](const auto& machine) {
             return machine->is_quiet();
           });
  };
  while (!problem_ && now() < end) {
    for (const auto& machine : machines_) try_again(*machine);
    run_until(now() + 500ms);
    if (!is_quiet()) busy_at = now();
    if (now() - busy_at >= quiet) return;
  }
  std::string who;
  for (const auto& machine : machines_) {
    if (!machine->is_quiet()) {
      who += " " + std::to_string(machine->number()) + " waits for " + machine->waits_for();
    }
  }
  fail("no rest after " + std::string(what) + ":" + who);
}

/// Every buffer has its document's text.
void SystemWorld::check_buffers() {
  for (const auto& machine : machines_) {
    for (const auto& seat : machine->seats()) {
      for (const std::string& uri : seat->uris()) {
        const workspace::Hold document = machine->document_at(path_of(uri));
        if (!document || is_reordered_) continue;  // it may be another file's by now
        if (document->local().text() != seat->editor().text(uri)) {
          return fail("editor " + std::to_string(seat->number()) + " has another text of " +
                      path_of(uri));
        }
      }
    }
  }
}

void SystemWorld::close_all() {
  for (const auto& machine : machines_) {
    for (const auto& seat : machine->seats()) {
      for (const std::string& uri : std::set(seat->uris())) seat->closes(uri);
    }
  }
}

/// Every folder has the same files, and they hold what was typed.
void SystemWorld::check_files() {
  if (is_deleted_) {
    for (const char32_t character : mortal_) ledger_.doubtful(character);
  }
  std::string all;
  const auto& first = machines_.front()->folder().files();
  for (const auto& [path, file] : first) all += file.bytes;
  if (auto problem = ledger_.problem(all)) return fail(*std::move(problem));
  for (const auto& machine : machines_) {
    const auto& files = machine->folder().files();
    for (const auto& [path, file] : files) {
      const auto* const other = machines_.front()->folder().find(path);
      if (other == nullptr || other->bytes != file.bytes) {
        return fail("machine " + std::to_string(machine->number()) + " has another " + path);
      }
    }
    if (files.size() != first.size()) {
      return fail("machine " + std::to_string(machine->number()) + " has fewer files");
    }
  }
}

void SystemWorld::check_newcomer() {
  trace_.remark("somebody new joins");
  add_machine(/*editors=*/0);
  join(*machines_.back());
  if (!problem_) come_to_rest("a newcomer", kQuiet);
  if (!problem_) check_files();
}

Outcome SystemWorld::run() {
  found_workspace();
  for (std::size_t i = 0; i < plan_.files; ++i) {
    SimFolder& folder = machines_.front()->folder();
    Chance chance = chance_.fork(10 + i);
    const std::string path = (i == 1 ? "t" : "s") + std::to_string(i) + "-0.txt";
    folder.write(path,
                 new_text(actor(*machines_.front(), kProgram), path, chance.below(40), chance));
  }
  for (std::size_t i = 0; i < plan_.editors.size() && !problem_; ++i) join(*machines_[i]);
  const MonotonicTime start = now();
  for (const Step& step : plan_.steps) {
    agenda_.at(start + step.at, [this, &step] { perform(step); });
  }
  run_until(start + (plan_.steps.empty() ? 0us : plan_.steps.back().at) + plan_.turn);
  if (!problem_) heal();
  if (!problem_) come_to_rest("healing", kQuiet);
  if (!problem_) check_buffers();
  if (!problem_) close_all();
  if (!problem_) come_to_rest("closing everything", kLongQuiet);
  if (!problem_) check_files();
  if (!problem_) check_newcomer();
  if (problem_) trace_.remark(*problem_);
  return {trace_.hash(), problem_};
}

}  // namespace plait::sim::system
