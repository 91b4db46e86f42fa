/// Load for a server of Yjs documents: many connections in one process, and proof that what
/// they typed got through.
#include <cstdio>
#include <string>

#include "tests/bench/load/crowd.h"
#include "tests/bench/load/long_document.h"
#include "tests/bench/load/memory.h"
#include "tests/bench/load/options.h"
#include "tests/bench/load/report.h"
#include "tests/bench/load/world.h"

namespace plait::load {
namespace {

Result<void> measure_crowd(World& world, CrowdPlan plan, Report& report) {
  const Options& options = world.options();
  if (options.seconds) plan.time = std::chrono::seconds{*options.seconds};
  if (options.window && plan.window > 0) plan.window = *options.window;
  Crowd crowd(world, plan);
  return crowd.run(report);
}

Result<void> run(World& world, Report& report) {
  const std::string& scenario = world.options().scenario;
  if (scenario == "latency") {
    return measure_crowd(world, {.rooms = 1, .members = 2, .writers = 1, .rate = 20}, report);
  }
  if (scenario == "room") {
    return measure_crowd(world, {.rooms = 1, .members = 100, .writers = 10, .rate = 10},
                         report);
  }
  if (scenario == "rooms") {
    return measure_crowd(world, {.rooms = 100, .members = 10, .writers = 10, .rate = 1},
                         report);
  }
  if (scenario == "flood") {
    return measure_crowd(world, {.rooms = 1, .members = 50, .writers = 10, .window = 200},
                         report);
  }
  if (scenario == "flood-rooms") {
    return measure_crowd(world, {.rooms = 100, .members = 10, .writers = 10, .window = 20},
                         report);
  }
  if (scenario == "idle") return measure_idle(world, report);
  if (scenario == "documents") return measure_documents(world, report);
  if (scenario == "join") return measure_join(world, report);
  if (scenario == "ingest") return measure_ingest(world, report);
  if (scenario == "verify") return verify_ingested(world, report);
  return fail(ErrorCode::Unsupported, "no scenario is called '" + scenario + "'");
}

int complain(const Error& error, int status) {
  std::fprintf(stderr, "plait_load: error: %s\n", error.message.c_str());
  return status;
}

int main(int argc, char** argv) {
  const auto options = parse_options(argc, argv);
  if (!options) {
    std::fputs(kUsage.data(), stderr);
    return complain(options.error(), 2);
  }
  const auto world = World::make(*options);
  if (!world) return complain(world.error(), 1);
  Report report(options->scenario);
  if (const auto done = run(**world, report); !done) return complain(done.error(), 1);
  std::fputs((options->json ? report.json() : report.lines()).c_str(), stdout);
  return 0;
}

}  // namespace
}  // namespace plait::load

int main(int argc, char** argv) { return plait::load::main(argc, argv); }
