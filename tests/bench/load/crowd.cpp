#include "tests/bench/load/crowd.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "daemon/crdt/state_vector.h"
#include "daemon/loop/timer.h"
#include "daemon/net/websocket_codec.h"
#include "tests/bench/load/check.h"

namespace plait::load {
namespace {

constexpr std::chrono::milliseconds kWarmUp{1000};
constexpr double kNanosecondsInSecond = 1e9;
/// Time passes in 48 bits, see Stamp.
constexpr Nanoseconds kTimeMask = (Nanoseconds{1} << 48) - 1;
/// Of a flood only so many latencies are kept: from then on they tell nothing new.
constexpr std::size_t kMaxLatencies = 2'000'000;
/// A document is asked for as a whole if its text is not longer than this: it may come in one
/// frame, and clients take none above net::kMaxFrameBytes.
constexpr std::size_t kMaxTextToFetch = net::kMaxFrameBytes / 2;

double milliseconds_since(Nanoseconds then, Nanoseconds now) {
  return static_cast<double>((now - then) & kTimeMask) / 1e6;
}

}  // namespace

Crowd::Crowd(World& world, const CrowdPlan& plan) : world_(world), plan_(plan) {
  rooms_.resize(plan.rooms);
  std::uint64_t client = 1000;  // all in as many bytes, as random ids would be
  client <<= 20;
  for (Room& room : rooms_) {
    room.name = world.new_room();
    room.first_client = client;
    for (std::size_t i = 0; i < plan.writers; ++i) room.typists.emplace_back(client++);
    room.known.resize(plan.members * plan.writers);
    room.confirmed.resize(plan.writers);
  }
}

Result<void> Crowd::run(Report& report) {
  auto admitted = admit(world_, visitors_, plan_.rooms * plan_.members, [&](std::size_t index) {
    const std::string& room = rooms_[index / plan_.members].name;
    return std::make_unique<Visitor>(world_, room, static_cast<Visitor::Listener*>(this), index,
                                     Visitor::Baggage{});
  });
  if (!admitted) return admitted;

  loop::Timer clock(world_.loop(), [&] { type_what_is_due(); });
  if (plan_.rate > 0) {
    // Spread over the time between two edits of one of them.
    const Nanoseconds now = steady_time();
    const double pause = kNanosecondsInSecond / plan_.rate;
    const std::size_t count = plan_.rooms * plan_.writers;
    for (std::size_t i = 0; i < count; ++i) {
      const double share = static_cast<double>(i) / static_cast<double>(count);
      schedule_.push_back({now + static_cast<Nanoseconds>(pause * share),
                           static_cast<std::uint32_t>(i % plan_.rooms),
                           static_cast<std::uint32_t>(i / plan_.rooms)});
    }
    std::ranges::make_heap(schedule_, std::ranges::greater{}, &Writer::due);
    clock.start(std::chrono::milliseconds{1}, std::chrono::milliseconds{1});
  } else {
    for (Room& room : rooms_) room.heard = true;
    world_.at_end_of_turn([this] { refill_windows(); });
  }
  typing_ = true;
  if (auto warm = world_.run_for(kWarmUp); !warm) return warm;

  const bool known = world_.server().is_known();
  const auto cpu_before = known ? world_.server().cpu_seconds() : Result<double>(0.0);
  if (!cpu_before) return fail(cpu_before.error().code, cpu_before.error().message);
  const Nanoseconds start = steady_time();
  measuring_ = true;
  if (auto measured = world_.run_for(plan_.time); !measured) return measured;
  measuring_ = false;
  const double seconds = milliseconds_since(start, steady_time()) / 1e3;
  const auto cpu_after = known ? world_.server().cpu_seconds() : Result<double>(0.0);
  if (!cpu_after) return fail(cpu_after.error().code, cpu_after.error().message);

  typing_ = false;
  auto arrived =
      world_.run_until([this] { return everything_arrived(); }, "every edit is with everybody");
  world_.at_end_of_turn(nullptr);
  if (!arrived) return arrived;
  if (!world_.options().bare) {
    if (auto checked = check_server(); !checked) return checked;
  }

  const auto deliveries = static_cast<double>(deliveries_);
  report.add("connections", static_cast<double>(visitors_.size()));
  report.add("edits", static_cast<double>(edits()));
  report.add("deliveries", deliveries);
  report.add("deliveries_per_s", deliveries / seconds);
  report.add("edits_per_update", deliveries / static_cast<double>(updates_));
  report.add_latencies("latency", std::move(latencies_));
  if (known) {
    const double cpu = *cpu_after - *cpu_before;
    report.add("server_cpu_percent", 100 * cpu / seconds);
    report.add("server_cpu_us_per_delivery", cpu * 1e6 / deliveries);
  }
  return {};
}

// Typing --------------------------------------------------------------------------------------

void Crowd::type(std::size_t room, std::size_t writer) {
  const std::string_view update = rooms_[room].typists[writer].type(steady_time());
  visitors_[room * plan_.members + writer]->type(update);
}

void Crowd::type_what_is_due() {
  if (!typing_) return;
  const Nanoseconds now = steady_time();
  const auto pause = static_cast<Nanoseconds>(kNanosecondsInSecond / plan_.rate);
  while (schedule_.front().due <= now) {
    std::ranges::pop_heap(schedule_, std::ranges::greater{}, &Writer::due);
    Writer& writer = schedule_.back();
    type(writer.room, writer.index);
    writer.due += pause;
    std::ranges::push_heap(schedule_, std::ranges::greater{}, &Writer::due);
  }
}

void Crowd::refill_windows() {
  for (std::size_t i = 0; i < rooms_.size(); ++i) {
    Room& room = rooms_[i];
    if (!std::exchange(room.heard, false)) continue;
    confirm(room);
    if (!typing_) continue;
    for (std::size_t writer = 0; writer < plan_.writers; ++writer) {
      const std::uint32_t confirmed = room.confirmed[writer] / kStampUnits;
      while (room.typists[writer].edits() - confirmed < plan_.window) type(i, writer);
    }
  }
}

/// What the slowest of the others has got.
void Crowd::confirm(Room& room) {
  std::ranges::fill(room.confirmed, UINT32_MAX);
  for (std::size_t member = 0; member < plan_.members; ++member) {
    const std::uint32_t* const known = &room.known[member * plan_.writers];
    for (std::size_t writer = 0; writer < plan_.writers; ++writer) {
      if (writer == member) continue;
      room.confirmed[writer] = std::min(room.confirmed[writer], known[writer]);
    }
  }
}

// Listening -----------------------------------------------------------------------------------

void Crowd::on_update(Visitor& visitor, std::string_view update) {
  const std::uint64_t before = deliveries_;
  const auto read = reader_.read(update, [&](const TextRun& run) { take(visitor, run); });
  if (!read) return world_.fail("an update cannot be read: " + read.error().message);
  if (deliveries_ != before) ++updates_;
}

void Crowd::take(const Visitor& visitor, const TextRun& run) {
  Room& room = rooms_[visitor.index() / plan_.members];
  const std::size_t member = visitor.index() % plan_.members;
  const std::uint64_t writer = run.client - room.first_client;
  if (writer >= plan_.writers) return world_.fail("an edit by somebody who is not in the room");
  if (writer == member) return;  // some servers tell everybody what he did himself

  std::uint32_t& known = room.known[member * plan_.writers + writer];
  const auto length = static_cast<std::uint32_t>(run.text.size());
  if (run.clock > known) return world_.fail("an edit is missing");
  if (run.clock + length <= known) return;  // was there already
  const std::string_view news = run.text.substr(known - run.clock);
  if (news.size() % kStampUnits != 0) return world_.fail("half an edit");
  known = run.clock + length;
  room.heard = true;
  if (!measuring_) return;

  deliveries_ += news.size() / kStampUnits;
  const bool keeps_time =
      plan_.rate > 0 || (member + 1 == plan_.members && latencies_.size() < kMaxLatencies);
  if (!keeps_time) return;
  const Nanoseconds now = steady_time();
  for (std::size_t at = 0; at < news.size(); at += kStampUnits) {
    const auto then = time_of(news.substr(at));
    if (!then) return world_.fail("an edit is not what was typed");
    latencies_.push_back(milliseconds_since(*then, now));
  }
}

bool Crowd::everything_arrived() {
  return std::ranges::all_of(rooms_, [&](Room& room) {
    confirm(room);
    for (std::size_t writer = 0; writer < plan_.writers; ++writer) {
      if (room.confirmed[writer] < room.typists[writer].clock()) return false;
    }
    return true;
  });
}

// The server ----------------------------------------------------------------------------------

Result<void> Crowd::check_server() {
  for (const Room& room : rooms_) {
    std::vector<crdt::StateVector::Entry> typed;
    std::size_t length = 0;
    for (const Typist& typist : room.typists) {
      if (typist.edits() == 0) continue;
      typed.push_back({crdt::ClientId{typist.client()}, crdt::Clock{typist.clock()}});
      length += typist.clock();
    }
    auto has = wait_until_server_has(world_, room.name, crdt::StateVector(std::move(typed)));
    if (!has) return has;
    if (length > kMaxTextToFetch) continue;
    auto text = text_on_server(world_, room.name);
    if (!text) return forward_error(text);
    if (text->size() != length) return fail(ErrorCode::Damaged, "the server lost text");
  }
  return {};
}

std::uint64_t Crowd::edits() const {
  std::uint64_t edits = 0;
  for (const Room& room : rooms_) {
    for (const Typist& typist : room.typists) edits += typist.edits();
  }
  return edits;
}

}  // namespace plait::load
