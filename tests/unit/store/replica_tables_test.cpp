#include "daemon/store/replica_tables.h"

#include <string>

#include "tests/unit/store/laptop.h"

namespace plait::store {
namespace {

struct Everything : Laptop {
  /// Something of each kind.
  void fill(const std::string& workspace) {
    BOOST_TEST_REQUIRE(put_workspace(workspace_named(workspace)).has_value());
    store.put_clients(workspace, {1, 2}, {});
    store.take_client(workspace, {});
    store.append(workspace, "a", "\1x", Haste::Now, {});
    store.put_snapshot(workspace, "b", "state", {});
    store.put_files(workspace, {ReplicaFile{"f", "path"}}, {}, {});
    store.put_base(workspace, "f", "text", {});
    store.put_messages(workspace, {{1, "m"}}, {});
    store.put_outgoing(workspace, {"o", "m"}, {});
    store.put_read_marker(workspace, 1, {});
    store.put_note(workspace, "k", "n", {});
    store.commit();
  }
  Result<void> remove(const std::string& workspace) {
    return now<void>(
        [&](auto answer) { store.remove_workspace(workspace, std::move(answer)); });
  }
  /// In all tables but the one of workspaces.
  std::int64_t rows() {
    Cursor row = store.steps().core().tables().database.query(
        "SELECT (SELECT count(*) FROM clients) + (SELECT count(*) FROM documents) + "
        "(SELECT count(*) FROM snapshots) + (SELECT count(*) FROM log) + "
        "(SELECT count(*) FROM files) + (SELECT count(*) FROM bases) + "
        "(SELECT count(*) FROM messages) + (SELECT count(*) FROM outgoing) + "
        "(SELECT count(*) FROM notes)");
    BOOST_TEST_REQUIRE(row.next());
    return row.integer(0);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(replica_tables, Everything)

BOOST_AUTO_TEST_CASE(everything_is_counted) {
  fill("w");
  const ReplicaStats all = stats();
  BOOST_TEST(all.workspaces == 1U);
  BOOST_TEST(all.documents == 2U);
  BOOST_TEST(all.snapshot_bytes == 5U);
  BOOST_TEST(all.tail_bytes == 2U);
  BOOST_TEST(all.files == 1U);
  BOOST_TEST(all.bases == 1U);
  BOOST_TEST(all.messages == 1U);
  BOOST_TEST(all.outgoing == 1U);
  BOOST_TEST(all.file_bytes > 0U);
}

BOOST_AUTO_TEST_CASE(a_workspace_goes_with_everything_of_it_and_nothing_else) {
  fill("w");
  const std::int64_t of_one = rows();
  BOOST_TEST(of_one > 9);
  fill("v");
  BOOST_TEST(rows() == 2 * of_one);
  BOOST_TEST_REQUIRE(remove("v").has_value());
  BOOST_TEST(rows() == of_one);
  BOOST_TEST((*store.load_workspaces() == std::vector{workspace_named("w")}));
  BOOST_TEST_REQUIRE(remove("w").has_value());
  BOOST_TEST(rows() == 0);
  BOOST_TEST(remove("w").has_value());
  BOOST_TEST((code_of(append("a", "\1x")) == ErrorCode::NotFound));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
