#include "tests/support/trace_history.h"

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace plait::support {
namespace {

using State = std::set<std::uint32_t>;  // the transactions that are in a document

Txn txn_by(std::uint32_t agent, std::vector<std::uint32_t> parents) {
  return Txn{.agent = agent, .parents = std::move(parents), .first_patch = 0, .patch_count = 0};
}

Trace trace_of(std::uint32_t agents, std::vector<Txn> txns) {
  Trace trace;
  trace.agents = agents;
  trace.concurrent = true;
  trace.txns = std::move(txns);
  return trace;
}

/// Follows the plan with sets for documents, and checks each against the graph.
void check_plan(const Trace& trace) {
  const auto steps = plan_history(trace);
  BOOST_TEST_REQUIRE(steps.size() == trace.txns.size());
  std::vector<State> after;  // by the graph
  std::unordered_map<std::uint32_t, State> live;
  std::unordered_map<std::uint32_t, State> saved;
  for (std::uint32_t i = 0; i < steps.size(); ++i) {
    State wanted;
    for (const std::uint32_t parent : trace.txns[i].parents) wanted.merge(State(after[parent]));

    const HistoryStep& step = steps[i];
    State state;
    if (step.base) {
      auto& source = step.from_saved ? saved : live;
      BOOST_TEST_REQUIRE(source.contains(*step.base));
      state = source[*step.base];
      if (!step.from_saved) live.erase(*step.base);
    }
    for (const std::uint32_t missing : step.missing) {
      for (const std::uint32_t parent : trace.txns[missing].parents) {
        BOOST_TEST(state.contains(parent));
      }
      BOOST_TEST(state.insert(missing).second);
    }
    BOOST_TEST((state == wanted), "transaction " << i);

    state.insert(i);
    if (step.save) saved[i] = state;
    live[i] = state;
    after.push_back(std::move(state));
    for (const std::uint32_t done : step.done) {
      live.erase(done);
      saved.erase(done);
    }
  }
}

// Two branches from one root, one of them merged back into the other twice.
std::vector<Txn> branches() {
  return {txn_by(0, {}),  txn_by(0, {0}),    txn_by(1, {0}),    txn_by(0, {1, 2}),
          txn_by(1, {2}), txn_by(0, {3}),    txn_by(1, {3, 4}), txn_by(0, {5, 6}),
          txn_by(1, {6}), txn_by(0, {7, 8}), txn_by(1, {9})};
}

BOOST_AUTO_TEST_SUITE(trace_history)

BOOST_AUTO_TEST_CASE(few_authors_have_a_replica_each) { check_plan(trace_of(2, branches())); }

BOOST_AUTO_TEST_CASE(with_many_authors_replicas_follow_the_branches) {
  check_plan(trace_of(100, branches()));
}

BOOST_AUTO_TEST_CASE(several_roots_are_several_empty_documents) {
  check_plan(trace_of(100, {txn_by(0, {}), txn_by(1, {}), txn_by(2, {}), txn_by(3, {0, 1, 2}),
                            txn_by(4, {1}), txn_by(5, {3, 4}), txn_by(6, {0})}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::support
