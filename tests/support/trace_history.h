#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/support/trace.h"

namespace plait::support {

/// How to bring a replica into the state that a transaction's positions hold in.
struct HistoryStep {
  /// The transaction whose state to start from; none is the empty document.
  std::optional<std::uint32_t> base;
  /// Start from a saved copy of that state, because its replica went elsewhere.
  bool from_saved = false;
  /// Transactions to apply on top, oldest first.
  std::vector<std::uint32_t> missing;
  /// A saved copy of the state after this transaction will be asked for.
  bool save = false;
  /// Transactions whose replicas and saved copies nobody will ask for again.
  std::vector<std::uint32_t> done;
};

/// One step for each transaction of a concurrent trace.
///
/// With few authors, each has one replica that only ever learns more. With many, as in a
/// project's commit history, replicas follow the branches and pass from author to author.
/// An author's transactions must come one after the other in the graph, as they do in all
/// published traces; then a replica that has the state also has all its author wrote.
[[nodiscard]] std::vector<HistoryStep> plan_history(const Trace& trace);

}  // namespace plait::support
