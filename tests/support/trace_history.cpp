#include "tests/support/trace_history.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <queue>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "protocol/base/assert.h"

namespace plait::support {
namespace {

/// More authors than this do not get a replica each.
constexpr std::uint32_t kMostReplicas = 16;

using Index = std::uint32_t;

/// Finds what the merge of some heads has and the state after a base lacks, by walking back
/// from both, newest first, until all that is left is known to the base.
class MissingFrom {
 public:
  MissingFrom(const std::vector<Txn>& txns, std::optional<Index> base,
              std::span<const Index> heads)
      : txns_(txns), base_(base), reached_(!base) {
    if (base) mark(*base, /*known=*/true);
    for (const Index head : heads) mark(head, /*known=*/false);
  }

  std::vector<Index> find() {
    std::vector<Index> missing;
    while (unknown_ > 0) {
      const Index newest = queue_.top();
      queue_.pop();
      const auto entry = known_.find(newest);
      const bool known = entry->second;
      known_.erase(entry);
      if (!known) {
        --unknown_;
        missing.push_back(newest);
      }
      for (const Index parent : txns_[newest].parents) mark(parent, known);
    }
    PLAIT_ASSERT(reached_, "an author's transactions to come one after the other");
    std::reverse(missing.begin(), missing.end());
    return missing;
  }

 private:
  void mark(Index txn, bool known) {
    if (!known && txn == base_) reached_ = true;
    const auto [entry, is_new] = known_.try_emplace(txn, known);
    if (is_new) {
      queue_.push(txn);
      if (!known) ++unknown_;
    } else if (known && !entry->second) {
      entry->second = true;
      --unknown_;
    }
  }

  const std::vector<Txn>& txns_;
  std::optional<Index> base_;
  bool reached_;  ///< the base is among the heads' ancestors
  std::priority_queue<Index> queue_;
  std::unordered_map<Index, bool> known_;  ///< of those queued: whether the base has them
  std::size_t unknown_ = 0;
};

std::vector<HistoryStep> plan_by_author(const Trace& trace) {
  std::vector<HistoryStep> steps(trace.txns.size());
  std::vector<std::optional<Index>> last_of(trace.agents);
  for (Index i = 0; i < steps.size(); ++i) {
    const Txn& txn = trace.txns[i];
    steps[i].base = std::exchange(last_of[txn.agent], i);
    steps[i].missing = MissingFrom(trace.txns, steps[i].base, txn.parents).find();
  }
  return steps;
}

std::vector<HistoryStep> plan_by_branch(const Trace& trace) {
  const std::vector<Txn>& txns = trace.txns;
  std::vector<std::size_t> children_left(txns.size(), 0);
  for (const Txn& txn : txns) {
    for (const Index parent : txn.parents) ++children_left[parent];
  }

  std::vector<HistoryStep> steps(txns.size());
  std::unordered_set<Index> live;
  for (Index i = 0; i < steps.size(); ++i) {
    HistoryStep& step = steps[i];
    std::size_t best = std::numeric_limits<std::size_t>::max();
    for (const Index parent : txns[i].parents) {
      auto missing = MissingFrom(txns, parent, txns[i].parents).find();
      // A saved copy costs a decode, so a living replica is worth a detour.
      const std::size_t cost = missing.size() + (live.contains(parent) ? 0 : txns.size());
      if (cost >= best) continue;
      best = cost;
      step.base = parent;
      step.from_saved = !live.contains(parent);
      step.missing = std::move(missing);
    }
    if (step.from_saved) steps[*step.base].save = true;
    if (step.base && !step.from_saved) live.erase(*step.base);
    for (const Index parent : txns[i].parents) {
      if (--children_left[parent] > 0) continue;
      step.done.push_back(parent);
      live.erase(parent);
    }
    live.insert(i);
  }
  return steps;
}

}  // namespace

std::vector<HistoryStep> plan_history(const Trace& trace) {
  return trace.agents <= kMostReplicas ? plan_by_author(trace) : plan_by_branch(trace);
}

}  // namespace plait::support
