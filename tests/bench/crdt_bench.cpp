/// Times the CRDT engine on recorded editing traces.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "tests/bench/growth.h"
#include "tests/bench/replay.h"
#include "tests/bench/report.h"
#include "tests/support/trace.h"

namespace {

using plait::ErrorCode;
using plait::Result;

constexpr std::string_view kUsage =
    "usage: crdt_bench --trace FILE [--json] [--repeat N] [--times K]\n"
    "       crdt_bench --growth [--json]\n"
    "\n"
    "  --trace FILE  a gzip'd JSON editing trace\n"
    "  --repeat N    runs of each figure after a warm-up, of which the median counts (5)\n"
    "  --times K     plays the trace K times over (1)\n"
    "  --growth      what an operation costs as documents and histories grow\n"
    "  --json        one JSON object instead of lines\n";

struct Arguments {
  std::string trace;
  std::uint32_t repeat = 5;
  std::uint32_t times = 1;
  bool growth = false;
  bool json = false;
};

std::optional<std::uint32_t> positive(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0) return {};
  return value;
}

std::optional<Arguments> parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--json") {
      arguments.json = true;
    } else if (name == "--growth") {
      arguments.growth = true;
    } else if (name == "--trace" && i + 1 < argc) {
      arguments.trace = argv[++i];
    } else if ((name == "--repeat" || name == "--times") && i + 1 < argc) {
      const auto value = positive(argv[++i]);
      if (!value) return {};
      (name == "--repeat" ? arguments.repeat : arguments.times) = *value;
    } else {
      return {};
    }
  }
  if (arguments.trace.empty() != arguments.growth) return {};
  return arguments;
}

Result<std::string> run(const Arguments& arguments) {
  const auto shown = [&](const auto& results) {
    return arguments.json ? to_json(results) + '\n' : to_lines(results);
  };
  if (arguments.growth) {
    auto curves = plait::bench::measure_growth();
    if (!curves) return forward_error(curves);
    return shown(*curves);
  }
  auto trace = plait::support::read_trace(arguments.trace);
  if (!trace) return forward_error(trace);
  if (!trace->start_content.empty()) {
    return plait::fail(ErrorCode::Unsupported, "the trace does not start empty");
  }
  if (auto converted = to_utf16(*trace); !converted) return forward_error(converted);
  repeat_trace(*trace, arguments.times);
  auto figures = plait::bench::replay(*trace, arguments.repeat);
  if (!figures) return forward_error(figures);
  return shown(*figures);
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = parse(argc, argv);
  if (!arguments) {
    std::fputs(kUsage.data(), stderr);
    return 2;
  }
  const auto report = run(*arguments);
  if (!report) {
    std::fprintf(stderr, "crdt_bench: error: %s\n", report.error().message.c_str());
    return 1;
  }
  std::fputs(report->c_str(), stdout);
  return 0;
}
