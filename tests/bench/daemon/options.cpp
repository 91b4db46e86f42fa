#include "tests/bench/daemon/options.h"

#include <array>
#include <charconv>
#include <filesystem>
#include <system_error>

namespace plait::bench {

const std::string_view kUsage =
    "usage: plait_latency [options]\n"
    "\n"
    "Two daemons, their editors and a server, all of them processes of this machine:\n"
    "  (nothing)        how long a keystroke takes from one editor to the other\n"
    "  --scan FILES     the same while so many files beside it are found and shared\n"
    "  --editors N      N editors (5) write on one file: does it converge, and who grows?\n"
    "  --join FILES     joining a folder of so many files\n"
    "\n"
    "  --plait PATH     the program (the one beside this)\n"
    "  --count N        keystrokes (1000)\n"
    "  --rate N         edits a second of all editors together (1000)\n"
    "  --seconds S      how long they write (60)\n"
    "  --megabytes M    in the files of a folder that is joined (200)\n"
    "  --seed N         where and when somebody types (1)\n"
    "  --json           one JSON object on one line\n";

namespace {

/// So that a run cannot get out of hand, whatever it was asked for.
constexpr std::uint32_t kMost = 1'000'000;

Result<void> put_number(std::uint32_t& field, std::string_view text) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), field);
  if (error == std::errc() && end == text.data() + text.size() && field > 0 && field <= kMost) {
    return {};
  }
  return fail(ErrorCode::OutOfRange,
              "'" + std::string(text) + "' is no number from 1 to " + std::to_string(kMost));
}

struct NumberOption {
  std::string_view name;
  std::uint32_t Options::*field;
};
constexpr std::array kNumbers{
    NumberOption{"--count", &Options::count},         NumberOption{"--scan", &Options::scan},
    NumberOption{"--editors", &Options::editors},     NumberOption{"--rate", &Options::rate},
    NumberOption{"--seconds", &Options::seconds},     NumberOption{"--join", &Options::join},
    NumberOption{"--megabytes", &Options::megabytes}, NumberOption{"--seed", &Options::seed},
};

Result<void> put(Options& options, std::string_view name, std::string_view value) {
  if (name == "--plait") {
    options.plait = value;
    return {};
  }
  for (const NumberOption& number : kNumbers) {
    if (name != number.name) continue;
    if (name == "--editors") options.scenario = Options::Scenario::Chorus;
    if (name == "--join") options.scenario = Options::Scenario::Join;
    return put_number(options.*number.field, value);
  }
  return fail(ErrorCode::Unsupported, "there is no option " + std::string(name));
}

}  // namespace

Result<Options> parse_options(int argc, char** argv) {
  Options options;
  std::error_code ignored;
  options.plait =
      (std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "plait")
          .string();
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--json") {
      options.json = true;
      continue;
    }
    if (i + 1 == argc) {
      return fail(ErrorCode::Malformed, std::string(name) + " wants a value, or is none");
    }
    if (auto done = put(options, name, argv[++i]); !done) return forward_error(done);
  }
  if (!std::filesystem::exists(options.plait, ignored)) {
    return fail(ErrorCode::NotFound,
                "there is no program at " + options.plait + "; --plait names it");
  }
  return options;
}

}  // namespace plait::bench
