#include "tests/bench/load/memory.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "daemon/crdt/state_vector.h"
#include "tests/bench/load/check.h"
#include "tests/bench/load/recording.h"
#include "tests/bench/load/visitor.h"

namespace plait::load {
namespace {

/// What a server needs once, for its first connections, is not theirs.
constexpr std::size_t kWarmUpConnections = 100;
constexpr std::size_t kIdleRooms = 100;
constexpr std::size_t kDefaultConnections = 10'000;
constexpr std::size_t kDefaultDocuments = 1000;
constexpr std::size_t kDocumentBytes = 10'000;
constexpr std::uint64_t kAuthor = 1'000'000'007;
constexpr std::chrono::milliseconds kSettle{2000};
constexpr std::size_t kBroughtAtOnce = 5;
constexpr std::chrono::milliseconds kBringPause{20};
/// So many documents are looked at to see whether the server has them.
constexpr std::size_t kDocumentsChecked = 5;

/// When what was begun has ended.
Result<double> settled_memory(World& world) {
  if (auto settled = world.run_for(kSettle); !settled) return forward_error(settled);
  auto bytes = world.server().resident_bytes();
  if (!bytes) return forward_error(bytes);
  return static_cast<double>(*bytes);
}

}  // namespace

Result<void> measure_idle(World& world, Report& report) {
  std::vector<std::string> rooms;
  for (std::size_t i = 0; i < kIdleRooms; ++i) rooms.push_back(world.new_room());
  const auto make = [&](std::size_t index) {
    return std::make_unique<Visitor>(world, rooms[index % kIdleRooms], /*listener=*/nullptr,
                                     index, Visitor::Baggage{});
  };
  std::vector<std::unique_ptr<Visitor>> visitors;
  if (auto warm = admit(world, visitors, kWarmUpConnections, make); !warm) return warm;
  const auto before = settled_memory(world);
  if (!before) return fail(before.error().code, before.error().message);

  const std::size_t count = world.options().count.value_or(kDefaultConnections);
  if (auto admitted = admit(world, visitors, count, make); !admitted) return admitted;
  const auto after = settled_memory(world);
  if (!after) return fail(after.error().code, after.error().message);
  report.add("connections", static_cast<double>(count));
  report.add("resident_bytes", *after);
  report.add("bytes_per_connection", (*after - *before) / static_cast<double>(count));
  return {};
}

Result<void> measure_documents(World& world, Report& report) {
  const auto recording = play(world.options().trace, kAuthor, kDocumentBytes);
  if (!recording) return fail(recording.error().code, recording.error().message);
  const std::size_t count = world.options().count.value_or(kDefaultDocuments);
  std::vector<std::string> rooms;
  for (std::size_t i = 0; i < count; ++i) rooms.push_back(world.new_room());

  std::vector<std::unique_ptr<Visitor>> visitors;
  const auto make = [&](std::size_t index) {
    return std::make_unique<Visitor>(world, rooms[index % count], /*listener=*/nullptr, index,
                                     Visitor::Baggage{});
  };
  if (auto warm = admit(world, visitors, count, make); !warm) return warm;
  const auto empty = settled_memory(world);
  if (!empty) return fail(empty.error().code, empty.error().message);

  // In parts: a server that is busy for too long seems dead to those who are connected.
  for (std::size_t i = 0; i < count; ++i) {
    visitors[i]->bring(recording->state);
    if ((i + 1) % kBroughtAtOnce != 0) continue;
    if (auto paused = world.run_for(kBringPause); !paused) return paused;
  }
  if (!world.options().bare) {
    const auto all = crdt::StateVector::decode(recording->vector);
    if (!all) return fail(all.error().code, all.error().message);
    if (auto has = wait_until_server_has(world, rooms.back(), *all); !has) return has;
  }
  const auto loaded = settled_memory(world);
  if (!loaded) return fail(loaded.error().code, loaded.error().message);
  const auto documents = static_cast<double>(count);
  report.add("documents", documents);
  report.add("text_units", static_cast<double>(recording->text.size()));
  report.add("encoded_bytes", static_cast<double>(recording->state.size()));
  report.add("bytes_per_document", (*loaded - *empty) / documents);

  if (world.options().seconds) {
    const std::chrono::seconds idle{*world.options().seconds};
    if (auto waited = world.run_for(idle); !waited) return waited;
    const auto later = settled_memory(world);
    if (!later) return fail(later.error().code, later.error().message);
    report.add("bytes_per_idle_document", (*later - *empty) / documents);
  }
  if (world.options().bare) return {};
  for (std::size_t i = 0; i < std::min(count, kDocumentsChecked); ++i) {
    auto text = text_on_server(world, rooms[i * (count / std::min(count, kDocumentsChecked))]);
    if (!text) return forward_error(text);
    if (*text != recording->text) return fail(ErrorCode::Damaged, "a document is another one");
  }
  return {};
}

}  // namespace plait::load
