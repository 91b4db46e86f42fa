/// Real daemons, bridges and a server of this machine, and scripted editors that use them: how
/// long a keystroke takes, what many edits cost, how soon a large folder is there.
#include <cstdio>

#include "tests/bench/daemon/chorus.h"
#include "tests/bench/daemon/keystrokes.h"
#include "tests/bench/daemon/large_folder.h"
#include "tests/bench/daemon/options.h"
#include "tests/bench/daemon/stage.h"
#include "tests/bench/load/report.h"

namespace plait::bench {
namespace {

struct Scenario {
  const char* name;
  Result<void> (*measure)(Stage&, load::Report&);
};

Scenario scenario_of(const Options& options) {
  switch (options.scenario) {
    case Options::Scenario::Keystrokes: return {"keystrokes", measure_keystrokes};
    case Options::Scenario::Chorus: return {"chorus", measure_chorus};
    case Options::Scenario::Join: return {"join", measure_join};
  }
  return {};
}

int complain(const Error& error, int status) {
  std::fprintf(stderr, "plait_latency: error: %s\n", error.message.c_str());
  return status;
}

int main(int argc, char** argv) {
  const auto options = parse_options(argc, argv);
  if (!options) {
    std::fputs(kUsage.data(), stderr);
    return complain(options.error(), 2);
  }
  const Scenario scenario = scenario_of(*options);
  load::Report report(scenario.name);
  Stage stage(*options);
  if (const auto done = scenario.measure(stage, report); !done)
    return complain(done.error(), 1);
  stage.report_use(report);
  std::fputs((options->json ? report.json() : report.lines()).c_str(), stdout);
  return 0;
}

}  // namespace
}  // namespace plait::bench

int main(int argc, char** argv) { return plait::bench::main(argc, argv); }
