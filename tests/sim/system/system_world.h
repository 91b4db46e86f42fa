#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/sim/chance.h"
#include "tests/sim/network.h"
#include "tests/sim/server_machine.h"
#include "tests/sim/system/machine.h"
#include "tests/sim/system/plan.h"
#include "tests/sim/text_ledger.h"
#include "tests/sim/trace.h"

namespace plait::sim::system {

/// A whole system: one server, and the machines of several people, each with its folder, its
/// daemon and its editors.
///
/// A run has four parts. First everybody joins. While the plan lasts, everything goes wrong
/// that the plan says. Then nothing goes wrong any more, and everything has to come to rest,
/// with the same text in every buffer and every file. Then somebody new joins, and has to find
/// the same.
class SystemWorld {
 public:
  SystemWorld(const Plan& plan, bool aloud);
  SystemWorld(const SystemWorld&) = delete;
  SystemWorld& operator=(const SystemWorld&) = delete;

  Outcome run();

 private:
  using Kind = Step::Kind;

  /// Text that nobody knows by heart: of every character it can be told who typed it.
  std::string new_text(std::size_t actor, const std::string& path, std::size_t count,
                       Chance& chance);
  void add_machine(std::size_t editors);
  void found_workspace();
  void join(Machine& machine);

  // The plan's steps.
  void perform(const Step& step);
  struct Open {
    EditorSeat& seat;
    std::string uri;
  };
  [[nodiscard]] std::optional<Open> some_buffer(Machine& machine, Chance& chance);
  /// Null if there is none.
  [[nodiscard]] const std::string* some_file(const Machine& machine, Chance& chance) const;
  void open(Machine& machine, Chance& chance);
  void try_again(Machine& machine);
  void type(Machine& machine, std::size_t count, Chance& chance);
  void erase(Machine& machine, Chance& chance);
  void revert(Machine& machine, Chance& chance, bool again);
  void save(Machine& machine, Chance& chance);
  void close(Machine& machine, Chance& chance);
  void make_mistake(Machine& machine, Chance& chance);
  void change_file(Machine& machine, Chance& chance);
  void create_file(Machine& machine, Chance& chance);
  void rename_file(Machine& machine, Chance& chance);
  void delete_file(Machine& machine, Chance& chance);
  void disturb_line(Machine& machine, Kind kind, Chance& chance);
  [[nodiscard]] bool is_noticed(const Machine& machine) const;
  void crash(Machine& machine, Chance& chance, bool power_cut);
  void fill_disk(Machine& machine, Chance& chance);
  void doubt_difference(const std::string& one, const std::string& other);
  void was_reverted(const Machine& machine, const std::string& before,
                    const std::string& after);

  // The loop.
  void run_until(MonotonicTime end);
  void turn();
  void heal();
  void everybody_types();
  void come_to_rest(std::string_view what, microseconds quiet);
  void check_buffers();
  void close_all();
  void check_files();
  void check_newcomer();

  void fail(std::string problem) {
    if (!problem_) problem_ = std::move(problem);
  }
  [[nodiscard]] MonotonicTime now() const { return clock_.now(); }

  const Plan& plan_;
  Trace trace_;
  Chance chance_;
  SimClock clock_;
  sim::Agenda agenda_;
  Weather weather_;
  SeededBytes random_;
  TextLedger ledger_;
  ServerMachine server_;
  std::string invite_;
  std::vector<std::unique_ptr<Machine>> machines_;
  char32_t next_short_ = 0x4E00;
  char32_t next_long_ = 0x20000;
  std::set<std::pair<std::size_t, char32_t>> returned_;  ///< by an undo, on which machine
  std::set<std::size_t> faulty_;  ///< editors that did, or will do, something wrong
  std::vector<char32_t> mortal_;  ///< what was typed in files that may be deleted
  /// When some program last wrote into the folder of each machine.
  std::map<std::size_t, MonotonicTime> written_at_;
  bool is_deleted_ = false;    ///< some file
  bool is_reordered_ = false;  ///< a path may be another file's than it was
  std::optional<std::string> problem_;
};

/// A whole run.
inline Outcome play(const Plan& plan, bool aloud) { return SystemWorld(plan, aloud).run(); }

}  // namespace plait::sim::system
