#include "tests/demo/schedule.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "tests/support/trace_history.h"

namespace plait::demo {
namespace {

constexpr std::uint32_t kAuthors = 2;
/// Transactions that are worth a delivery if nobody waits for more.
constexpr std::size_t kStretch = 20;

class Planner {
 public:
  Planner(const support::Trace& trace, Tick latency)
      : trace_(trace),
        latency_(latency),
        typed_at_(trace.txns.size()),
        seen_by_(trace.txns.size()) {}

  Schedule run() {
    const std::vector<support::HistoryStep> steps = support::plan_history(trace_);
    for (std::uint32_t i = 0; i < steps.size(); ++i) {
      const std::uint32_t author = trace_.txns[i].agent;
      Author& me = authors_[author];
      Tick now = me.txns.empty() ? 0 : me.latest + 1;
      if (!steps[i].missing.empty()) {
        now = deliver(1 - author, steps[i].missing, now);
      }
      type(i, now);
    }
    for (std::uint32_t sender = 0; sender < kAuthors; ++sender) deliver_rest(sender);
    return finish();
  }

 private:
  struct Author {
    std::vector<std::uint32_t> txns;
    Tick latest = 0;                ///< when the last of them was typed
    std::size_t seen_of_other = 0;  ///< of the other's transactions
  };

  void type(std::uint32_t txn, Tick now) {
    Author& me = authors_[trace_.txns[txn].agent];
    me.latest = typed_at_[txn] = now;
    me.txns.push_back(txn);
    seen_by_[txn] = me.seen_of_other;
    schedule_.events.push_back({now, Event::Kind::Type, txn});
  }

  /// Returns when the last of them arrive. None do before `earliest`.
  Tick deliver(std::uint32_t sender, const std::vector<std::uint32_t>& txns, Tick earliest) {
    Tick arrives = earliest;
    std::vector<std::uint32_t> stretch;
    for (const std::uint32_t txn : txns) {
      stretch.push_back(txn);
      arrives = std::max(earliest, typed_at_[txn] + latency_);
      const bool can_leave = arrives > earliest && stretch.size() >= kStretch;
      if (can_leave || txn == txns.back()) send(sender, std::exchange(stretch, {}), arrives);
    }
    return arrives;
  }

  void send(std::uint32_t sender, std::vector<std::uint32_t> txns, Tick arrives) {
    Author& receiver = authors_[1 - sender];
    receiver.seen_of_other += txns.size();
    Delivery delivery;
    delivery.sender = sender;
    delivery.arrives = arrives;
    delivery.departs = arrives - latency_;
    delivery.conflict = seen_by_[txns.back()] < receiver.txns.size();
    delivery.txns = std::move(txns);
    const auto index = static_cast<std::uint32_t>(schedule_.deliveries.size());
    schedule_.events.push_back({delivery.departs, Event::Kind::Depart, index});
    schedule_.events.push_back({delivery.arrives, Event::Kind::Arrive, index});
    schedule_.deliveries.push_back(std::move(delivery));
  }

  void deliver_rest(std::uint32_t sender) {
    const std::vector<std::uint32_t>& txns = authors_[sender].txns;
    const Author& receiver = authors_[1 - sender];
    const auto seen = static_cast<std::ptrdiff_t>(receiver.seen_of_other);
    const std::vector<std::uint32_t> rest(txns.begin() + seen, txns.end());
    if (!rest.empty()) deliver(sender, rest, receiver.latest + 1);
  }

  Schedule finish() {
    std::ranges::stable_sort(schedule_.events, {}, [](const Event& event) {
      return std::pair(event.at, event.kind);
    });
    if (!schedule_.events.empty()) schedule_.end = schedule_.events.back().at;
    return std::move(schedule_);
  }

  const support::Trace& trace_;
  Tick latency_;
  std::vector<Tick> typed_at_;        ///< by transaction
  std::vector<std::size_t> seen_by_;  ///< by transaction: how many of the other's
  std::array<Author, kAuthors> authors_;
  Schedule schedule_;
};

}  // namespace

Result<Schedule> plan_schedule(const support::Trace& trace, Tick latency) {
  if (trace.agents != kAuthors || !trace.concurrent) {
    return fail(ErrorCode::Unsupported, "the recording is not one of two authors at a time");
  }
  return Planner(trace, latency).run();
}

}  // namespace plait::demo
