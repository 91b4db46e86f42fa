#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/stepped_replica_store.h"

namespace plait::store {

inline ReplicaWorkspace workspace_named(const std::string& id) {
  ReplicaWorkspace workspace;
  workspace.id = id;
  workspace.name = "Team";
  workspace.folder = "/home/ann/" + id;
  return workspace;
}

/// What a test asks of a client's store, each commit at once. There is a workspace `w`.
class Asking {
 public:
  explicit Asking(support::SteppedReplicaStore& store) : store_(store) {}

  Result<void> put_workspace(const ReplicaWorkspace& workspace) {
    return now<void>([&](auto answer) { store_.put_workspace(workspace, std::move(answer)); });
  }
  Result<ReplicaDocument> open(const std::string& document) {
    return now<ReplicaDocument>(
        [&](auto answer) { store_.open_document("w", document, std::move(answer)); });
  }
  Result<std::size_t> append(const std::string& document, const std::string& updates) {
    return now<std::size_t>([&](auto answer) {
      store_.append("w", document, updates, Haste::Now, std::move(answer));
    });
  }
  Result<void> put_snapshot(const std::string& document, const std::string& state) {
    return now<void>(
        [&](auto answer) { store_.put_snapshot("w", document, state, std::move(answer)); });
  }
  Result<void> put_clients(std::vector<std::uint64_t> clients) {
    return now<void>(
        [&](auto answer) { store_.put_clients("w", std::move(clients), std::move(answer)); });
  }
  Result<TakenClient> take_client() {
    return now<TakenClient>([&](auto answer) { store_.take_client("w", std::move(answer)); });
  }
  ReplicaStats stats() {
    return *now<ReplicaStats>([&](auto answer) { store_.stats(std::move(answer)); });
  }

  template <class T, class Ask>
  Result<T> now(Ask ask) {
    return store_.now<T>(std::move(ask));
  }

 private:
  support::SteppedReplicaStore& store_;
};

/// A client's store in memory.
struct Laptop : Asking {
  Laptop() : Asking(store) {
    BOOST_TEST_REQUIRE(put_workspace(workspace_named("w")).has_value());
  }

  support::SteppedReplicaStore store;
};

template <class T>
std::optional<ErrorCode> code_of(const Result<T>& result) {
  return result ? std::nullopt : std::optional(result.error().code);
}

}  // namespace plait::store
