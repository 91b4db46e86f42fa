#include "tests/bench/load/long_document.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/loop/timer.h"
#include "tests/bench/load/check.h"
#include "tests/bench/load/recording.h"
#include "tests/bench/load/stamp.h"
#include "tests/bench/load/visitor.h"

namespace plait::load {
namespace {

constexpr std::uint64_t kAuthor = 1'000'000'007;
constexpr std::size_t kDefaultJoins = 500;
/// However slow the server is, the joining ends.
constexpr std::chrono::seconds kDefaultJoinTime{15};
/// What waits in the connection of somebody who sends as fast as he can: enough to keep the
/// server busy, and looked after often enough.
constexpr std::size_t kQueuedBytes = std::size_t{512} << 10;
/// A server has written what it took when it has used no more than this share of a core for as
/// long as the pause.
constexpr double kQuietShare = 0.03;
constexpr std::chrono::milliseconds kQuietPause{500};
/// Some servers save only some seconds after the last change.
constexpr std::chrono::seconds kBeforeQuiet{3};
constexpr double kMostSecondsUntilQuiet = 60;
constexpr std::chrono::seconds kIngestPatience{120};

double seconds_since(Nanoseconds start) {
  return static_cast<double>(steady_time() - start) / 1e9;
}

Result<Recording> recorded(const World& world) {
  return play(world.options().trace, kAuthor, std::nullopt);
}

Result<void> same_text(World& world, const std::string& room, const Recording& recording) {
  auto text = text_on_server(world, room);
  if (!text) return forward_error(text);
  if (*text != recording.text) return fail(ErrorCode::Damaged, "the document is another one");
  return {};
}

/// Looks at what joiners get. The first who gets some answer has it read in full; whoever gets
/// the very same bytes needs no further proof.
class Doorkeeper final : public Visitor::Listener {
 public:
  void on_update(Visitor&, std::string_view update) override { got_ += update; }
  [[nodiscard]] std::string take() { return std::exchange(got_, {}); }

 private:
  std::string got_;
};

Result<double> cpu_when_quiet(World& world) {
  if (auto waited = world.run_for(kBeforeQuiet); !waited) return forward_error(waited);
  auto cpu = world.server().cpu_seconds();
  const Nanoseconds start = steady_time();
  while (cpu) {
    if (auto waited = world.run_for(kQuietPause); !waited) return forward_error(waited);
    auto later = world.server().cpu_seconds();
    if (!later) return later;
    const bool is_quiet =
        *later - *cpu <= kQuietShare * std::chrono::duration<double>(kQuietPause).count();
    if (is_quiet || seconds_since(start) > kMostSecondsUntilQuiet) return *later;
    cpu = std::move(later);
  }
  return cpu;
}

}  // namespace

Result<void> measure_join(World& world, Report& report) {
  const auto recording = recorded(world);
  if (!recording) return fail(recording.error().code, recording.error().message);
  const std::string room = world.new_room();
  // Whoever brings the document stays, so that it is loaded.
  Visitor author(world, room, /*listener=*/nullptr, /*index=*/0,
                 {recording->vector, recording->state});
  if (auto started = author.start(); !started) return started;
  auto brought = world.run_until([&] { return author.is_synced() && author.was_asked(); },
                                 "the document is with the server");
  if (!brought) return brought;
  if (auto settled = world.run_for(std::chrono::seconds{3}); !settled) return settled;
  if (auto same = same_text(world, room, *recording); !same) return same;

  const std::size_t most = world.options().count.value_or(kDefaultJoins);
  const double time = world.options().seconds ? static_cast<double>(*world.options().seconds)
                                              : static_cast<double>(kDefaultJoinTime.count());
  const bool known = world.server().is_known();
  const auto before = known ? world.server().cpu_seconds() : Result<double>(0.0);
  if (!before) return fail(before.error().code, before.error().message);
  const Nanoseconds start = steady_time();
  std::vector<double> latencies;
  std::string usual;
  while (latencies.size() < most && seconds_since(start) < time) {
    Doorkeeper doorkeeper;
    const Nanoseconds came = steady_time();
    Visitor visitor(world, room, &doorkeeper, 0, {});
    if (auto started = visitor.start(); !started) return started;
    auto synced = world.run_until([&] { return visitor.is_synced(); }, "somebody has joined");
    if (!synced) return synced;
    latencies.push_back(seconds_since(came) * 1e3);
    visitor.leave();
    auto left = world.run_until([&] { return visitor.is_gone(); }, "somebody has left");
    if (!left) return left;
    std::string got = doorkeeper.take();
    if (usual.empty()) usual = got;
    if (got != usual || got.size() < recording->text.size()) {
      return fail(ErrorCode::Damaged, "somebody who joined got something else");
    }
  }
  const double seconds = seconds_since(start);
  const auto after = known ? world.server().cpu_seconds() : Result<double>(0.0);
  if (!after) return fail(after.error().code, after.error().message);
  const auto joins = static_cast<double>(latencies.size());
  report.add("edits", static_cast<double>(recording->updates.size()));
  report.add("joins", joins);
  report.add("document_bytes", static_cast<double>(usual.size()));
  report.add("joins_per_s", joins / seconds);
  report.add_latencies("join", std::move(latencies));
  if (known) report.add("server_cpu_ms_per_join", (*after - *before) * 1e3 / joins);
  if (auto same = same_text(world, room, *recording); !same) return same;
  author.leave();
  return world.run_until([&] { return author.is_gone(); }, "the author has left");
}

Result<void> measure_ingest(World& world, Report& report) {
  const auto recording = recorded(world);
  if (!recording) return fail(recording.error().code, recording.error().message);
  const std::string room =
      world.options().room.empty() ? world.new_room() : world.options().room;
  Visitor author(world, room, /*listener=*/nullptr, /*index=*/0, {});
  if (auto started = author.start(); !started) return started;
  auto ready = world.run_until([&] { return author.is_synced() && author.was_asked(); },
                               "the author is connected");
  if (!ready) return ready;

  const bool known = world.server().is_known();
  const auto before = known ? world.server().cpu_seconds() : Result<double>(0.0);
  if (!before) return fail(before.error().code, before.error().message);
  const Nanoseconds start = steady_time();
  std::size_t sent = 0;
  const auto send_more = [&] {
    const std::size_t all = recording->updates.size();
    while (sent < all && author.queued_bytes() < kQueuedBytes) {
      author.type(recording->updates[sent++]);
    }
  };
  // The kernel may take all of it at once, and then nothing happens that would end a turn.
  loop::Timer clock(world.loop(), send_more);
  clock.start(std::chrono::milliseconds{1}, std::chrono::milliseconds{1});
  auto all_sent = world.run_until(
      [&] { return sent == recording->updates.size() && author.queued_bytes() == 0; },
      "all edits are sent", kIngestPatience);
  clock.stop();
  if (!all_sent) return all_sent;
  const auto vector = crdt::StateVector::decode(recording->vector);
  if (!vector) return fail(vector.error().code, vector.error().message);
  if (!world.options().bare) {
    if (auto has = wait_until_server_has(world, room, *vector); !has) return has;
  }
  const double seconds = seconds_since(start);
  report.add("updates", static_cast<double>(sent));
  report.add("seconds_until_taken", seconds);
  if (known) {
    const auto taken = world.server().cpu_seconds();
    if (!taken) return fail(taken.error().code, taken.error().message);
    report.add("server_cpu_s_until_taken", *taken - *before);
    const auto saved = cpu_when_quiet(world);
    if (!saved) return fail(saved.error().code, saved.error().message);
    report.add("server_cpu_s_until_quiet", *saved - *before);
  }
  return world.options().bare ? Result<void>{} : same_text(world, room, *recording);
}

Result<void> verify_ingested(World& world, Report& report) {
  if (world.options().room.empty())
    return fail(ErrorCode::Malformed, "--room of what to verify");
  const auto recording = recorded(world);
  if (!recording) return fail(recording.error().code, recording.error().message);
  report.add("updates", static_cast<double>(recording->updates.size()));
  return same_text(world, world.options().room, *recording);
}

}  // namespace plait::load
