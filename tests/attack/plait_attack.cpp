// Plays attacks on real servers, over real sockets, and says what each cost.
//
//   plait_attack --plait build/release/bin/plait [--only WORDS] [--write docs/security.md]
//
// An attack passes if it ends as it should, and honest people on the same server are served
// then. What it costs is printed and decides nothing.

#include <algorithm>
#include <functional>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/attack/attack.h"
#include "tests/attack/report.h"

namespace plait::attack {
namespace {

struct Options {
  std::string plait;
  std::string only;
  std::string page;
};

/// What the server spends while `play` runs.
Row measured(Stage& stage, std::string name, const std::function<void(Row&)>& play) {
  ServerProcess& server = stage.server();
  Row row{.attack = std::move(name), .refusal = {}};
  server.forget_peak();
  const std::size_t memory = server.memory_bytes();
  const auto cpu = server.cpu();
  (void)stage.bystanders().take_worst();
  play(row);
  row.cpu = server.cpu() - cpu;
  row.memory = server.peak_memory_bytes() - std::min(memory, server.peak_memory_bytes());
  row.others = stage.bystanders().take_worst();
  return row;
}

void judge(Row& row, const Attack& attack, Stage& stage) {
  row.passed = row.refusal.starts_with(attack.expected);
  if (!row.passed) row.refusal += " (expected: " + attack.expected + ')';
  if (stage.bystanders().are_well()) return;
  row.passed = false;
  row.refusal += "; the bystanders are not served any more";
}

std::vector<Row> play_one_by_one(const Scene& scene, Stage& stage) {
  std::vector<Row> rows;
  for (const Attack& attack : scene.attacks) {
    Row row =
        measured(stage, attack.name, [&](Row& made) { made.refusal = attack.play(stage); });
    judge(row, attack, stage);
    print(row);
    rows.push_back(std::move(row));
  }
  return rows;
}

/// The costs are those of all of them together, and each row has them.
std::vector<Row> play_together(const Scene& scene, Stage& stage) {
  std::vector<std::string> refusals;
  const Row costs = measured(stage, {}, [&](Row&) {
    std::vector<std::future<std::string>> playing;
    for (const Attack& attack : scene.attacks) {
      playing.push_back(std::async(std::launch::async, [&] { return attack.play(stage); }));
    }
    for (auto& played : playing) refusals.push_back(played.get());
  });
  std::vector<Row> rows;
  for (std::size_t i = 0; i < scene.attacks.size(); ++i) {
    Row row = costs;
    row.attack = scene.attacks[i].name;
    row.refusal = refusals[i];
    judge(row, scene.attacks[i], stage);
    print(row);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Row> play(const Scene& scene, const std::string& program) {
  Stage stage(program, scene.stage);
  return scene.together ? play_together(scene, stage) : play_one_by_one(scene, stage);
}

int run_all(const Options& options) {
  std::vector<Scene> scenes = {deadline_attacks(),    request_attacks(),  origin_attacks(),
                               frame_attacks(),       flood_attacks(),    update_attacks(),
                               open_update_attacks(), presence_attacks(), token_attacks(),
                               path_attacks(),        connect_attacks(),  invite_attacks()};
  for (Scene& scene : scenes) {
    std::erase_if(scene.attacks, [&](const Attack& attack) {
      return (scene.title + ' ' + attack.name).find(options.only) == std::string::npos;
    });
  }
  std::erase_if(scenes, [](const Scene& scene) { return scene.attacks.empty(); });

  std::size_t passed = 0;
  std::size_t failed = 0;
  std::string tables;
  for (const Scene& scene : scenes) {
    std::cout << "-- " << scene.title << (scene.together ? ", all at once" : "") << std::endl;
    const std::vector<Row> rows = play(scene, options.plait);
    tables += table(scene.title, rows);
    for (const Row& row : rows) ++(row.passed ? passed : failed);
  }
  if (!options.page.empty() && !write_page(options.page, tables)) {
    std::cout << options.page << " has no place for the tables\n";
    ++failed;
  }
  std::cout << passed << " passed, " << failed << " failed\n";
  return failed == 0 && passed > 0 ? 0 : 1;
}

}  // namespace
}  // namespace plait::attack

int main(int argc, char** argv) {
  plait::attack::Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--plait") options.plait = argv[i + 1];
    if (name == "--only") options.only = argv[i + 1];
    if (name == "--write") options.page = argv[i + 1];
  }
  if (options.plait.empty()) {
    std::cerr << "usage: plait_attack --plait PROGRAM [--only WORDS] [--write PAGE]\n";
    return 2;
  }
  return plait::attack::run_all(options);
}
