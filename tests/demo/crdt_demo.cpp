/// Plays two replicas that edit one text at the same time, as two people once did.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "tests/demo/schedule.h"
#include "tests/demo/session.h"
#include "tests/demo/tempo.h"
#include "tests/demo/terminal.h"
#include "tests/demo/view.h"
#include "tests/support/trace.h"

namespace {

using namespace plait::demo;
using plait::Result;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kUsage =
    "usage: crdt_demo [--speed N] [--plain] [--trace FILE]\n"
    "\n"
    "  --speed N     N times as fast (1: about twenty seconds)\n"
    "  --plain       no colours and no animation, and at once; so it is too if the output\n"
    "                is no terminal or NO_COLOR is set\n"
    "  --trace FILE  another recording of two authors\n";

/// How long a packet is under way, in keystrokes.
constexpr Tick kLatency = 12;
constexpr double kSeconds = 18;
constexpr auto kFrame = std::chrono::milliseconds(33);
/// Nothing but a suspended program is so late.
constexpr auto kPause = std::chrono::milliseconds(500);
/// The last frame stays for a moment.
constexpr auto kRest = std::chrono::milliseconds(1500);

struct Arguments {
  std::string trace = PLAIT_DEMO_TRACE;
  double speed = 1;
  bool plain = false;
};

std::optional<double> speed_from(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  constexpr double kLeast = 0.01;
  constexpr double kMost = 1000;
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !(value >= kLeast && value <= kMost)) return std::nullopt;
  return value;
}

std::optional<Arguments> parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--plain") {
      arguments.plain = true;
    } else if (name == "--trace" && i + 1 < argc) {
      arguments.trace = argv[++i];
    } else if (name == "--speed" && i + 1 < argc) {
      const auto speed = speed_from(argv[++i]);
      if (!speed) return std::nullopt;
      arguments.speed = *speed;
    } else {
      return std::nullopt;
    }
  }
  return arguments;
}

bool wants_no_color() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread, and it changes nothing there
  const char* value = std::getenv("NO_COLOR");
  return value != nullptr && *value != '\0';
}

bool is_too_small() {
  const Size size = Terminal::size();
  return size.columns < kLeastSize.columns || size.rows < kLeastSize.rows;
}

Result<void> play(Session& session, const Schedule& schedule, std::size_t edits,
                  const std::string& recording, double speed) {
  const Tempo tempo(schedule.end, kSeconds / speed);
  const bool unicode = Terminal::has_unicode();
  View view(recording, edits);
  Terminal terminal;
  auto start = Clock::now();
  for (auto next = start;; next += kFrame) {
    std::this_thread::sleep_until(next);
    const auto late = Clock::now() - next;
    if (late > kFrame) {
      // A slow terminal loses frames; whoever was suspended goes on from there.
      if (late > kPause) start += late;
      next += late;
    }
    const double seconds = std::chrono::duration<double>(next - start).count();
    if (auto done = session.advance(tempo.at(seconds)); !done) return done;
    terminal.show(view.draw(session, tempo.rate_at(seconds), Terminal::size(), unicode));
    if (session.at_end()) break;
  }
  std::this_thread::sleep_for(kRest);
  return {};
}

/// The same without anything to look at, and with a line for each tenth of the way.
Result<void> play_plainly(Session& session, const Schedule& schedule, std::size_t edits) {
  constexpr Tick kLines = 10;
  for (Tick line = 1; line <= kLines; ++line) {
    const auto until = static_cast<Tick>(std::uint64_t{schedule.end} * line / kLines);
    if (auto done = session.advance(until); !done) return done;
    const Numbers& numbers = session.numbers();
    std::printf("%6s of %s, %s merged, %s on the wire, %s apart\n",
                grouped(numbers.edits).c_str(), counted(edits, "edit").c_str(),
                counted(numbers.conflicts, "conflict").c_str(),
                kilobytes(numbers.bytes).c_str(), counted(session.apart(), "edit").c_str());
  }
  return {};
}

const char* yes_or_no(bool yes) { return yes ? "equal" : "DIFFERENT"; }

void summarize(const Session& session, const Outcome& outcome, const std::string& recording,
               bool in_color) {
  const auto name = [&](std::uint32_t author) {
    std::string text(kNames.at(author));
    if (!in_color) return text;
    return escape_of({.ink = ink_of(author), .bold = true}) + text + escape_of({});
  };
  const Numbers& numbers = session.numbers();
  std::printf("\nRecording %s: %s made %s and %s %s, at once.\n", recording.c_str(),
              name(0).c_str(), counted(session.side(0).typed, "edit").c_str(), name(1).c_str(),
              grouped(session.side(1).typed).c_str());
  std::printf(
      "%s, %s. %s met typing that the sender had not seen,\n"
      "and were merged without asking anybody.\n\n",
      counted(numbers.packets, "packet").c_str(), kilobytes(numbers.bytes).c_str(),
      grouped(numbers.conflicts).c_str());
  std::printf("  text of both replicas      %s, %s characters\n", yes_or_no(outcome.same_text),
              grouped(outcome.characters).c_str());
  std::printf("  bytes of both replicas     %s, %s\n", yes_or_no(outcome.same_bytes),
              kilobytes(outcome.state_bytes).c_str());
  std::printf("  text of the recording      %s\n\n", yes_or_no(outcome.as_recorded));
  if (outcome.good()) {
    std::printf("Both ended with the same text and the same bytes, equal to the recording.\n");
  } else {
    std::printf("The replicas did not end as they should.\n");
  }
}

Result<bool> run(const Arguments& arguments) {
  auto trace = plait::support::read_trace(arguments.trace);
  if (!trace) return forward_error(trace);
  if (!trace->start_content.empty()) {
    return plait::fail(plait::ErrorCode::Unsupported, "the recording does not start empty");
  }
  if (auto converted = to_utf16(*trace); !converted) return forward_error(converted);
  const auto schedule = plan_schedule(*trace, kLatency);
  if (!schedule) return plait::Failure{schedule.error()};

  const bool plain =
      arguments.plain || wants_no_color() || !Terminal::is_there() || is_too_small();
  Session session(*trace, *schedule);
  const std::size_t edits = trace->txns.size();
  auto played = plain ? play_plainly(session, *schedule, edits)
                      : play(session, *schedule, edits, trace->name, arguments.speed);
  if (!played) return forward_error(played);
  const Outcome outcome = session.outcome();
  summarize(session, outcome, trace->name, /*in_color=*/!plain);
  return outcome.good();
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = parse(argc, argv);
  if (!arguments) {
    std::fputs(kUsage.data(), stderr);
    return 2;
  }
  const auto good = run(*arguments);
  if (!good) {
    std::fprintf(stderr, "crdt_demo: error: %s\n", good.error().message.c_str());
    return 1;
  }
  return *good ? 0 : 1;
}
