#include "tests/bench/load/check.h"

#include <chrono>
#include <memory>

#include "daemon/crdt/document.h"
#include "tests/bench/load/typist.h"
#include "tests/bench/load/visitor.h"

namespace plait::load {
namespace {

constexpr std::chrono::milliseconds kPause{50};
constexpr int kTries = 600;

/// Applies what comes.
class Collector final : public Visitor::Listener {
 public:
  void on_update(Visitor&, std::string_view update) override {
    if (auto applied = document_.apply(update); !applied) fault_ = applied.error().message;
  }
  [[nodiscard]] Result<std::string> text() {
    if (!fault_.empty()) return fail(ErrorCode::Malformed, fault_);
    if (document_.has_pending()) return fail(ErrorCode::Malformed, "a document with holes");
    return document_.to_string(document_.text(kTextRoot));
  }

 private:
  crdt::Document document_{{}};
  std::string fault_;
};

Result<void> leave(World& world, Visitor& visitor) {
  visitor.leave();
  return world.run_until([&] { return visitor.is_gone(); }, "somebody has left");
}

}  // namespace

Result<void> wait_until_server_has(World& world, const std::string& room,
                                   const crdt::StateVector& wanted) {
  const std::string vector = wanted.encode();
  for (int i = 0; i < kTries; ++i) {
    Visitor visitor(world, room, /*listener=*/nullptr, /*index=*/0, {.vector = vector});
    if (auto started = visitor.start(); !started) return started;
    auto told = world.run_until([&] { return visitor.is_synced() && visitor.was_asked(); },
                                "the server says what it has");
    if (!told) return told;
    const auto has = crdt::StateVector::decode(visitor.server_vector());
    if (!has) return fail(ErrorCode::Malformed, "the server's state vector is none");
    if (auto left = leave(world, visitor); !left) return left;
    if (has->includes(wanted)) return {};
    if (auto paused = world.run_for(kPause); !paused) return paused;
  }
  return fail(ErrorCode::Damaged, "the server does not have everything that it was told");
}

Result<std::string> text_on_server(World& world, const std::string& room) {
  Collector collector;
  Visitor visitor(world, room, &collector, 0, {});
  if (auto started = visitor.start(); !started) return forward_error(started);
  auto synced = world.run_until([&] { return visitor.is_synced(); }, "the document is there");
  if (!synced) return forward_error(synced);
  auto text = collector.text();
  if (auto left = leave(world, visitor); !left) return forward_error(left);
  return text;
}

}  // namespace plait::load
