#include "daemon/store/replica_documents.h"

#include <string>
#include <vector>

#include "tests/unit/store/laptop.h"

namespace plait::store {
namespace {

using Strings = std::vector<std::string>;

struct Documents : Laptop {
  std::vector<SyncedVersion> synced() {
    return *now<std::vector<SyncedVersion>>(
        [&](auto answer) { store.synced_versions("w", std::move(answer)); });
  }
  Result<void> set_synced(std::vector<SyncedVersion> versions) {
    return now<void>(
        [&](auto answer) { store.set_synced("w", std::move(versions), std::move(answer)); });
  }
  /// An update that the disk does not take.
  void lose(const std::string& document, const std::string& updates) {
    bool lost = false;
    store.append("w", document, updates, Haste::Now,
                 [&](const Result<std::size_t>& appended) { lost = !appended; });
    store.steps().fail_sync();
    store.steps().answer();
    BOOST_TEST_REQUIRE(lost);
  }
  void damage(Sql sql) {
    BOOST_TEST_REQUIRE(store.steps().core().tables().database.run(sql).has_value());
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(replica_documents, Documents)

BOOST_AUTO_TEST_CASE(what_was_never_written_is_empty_and_stays_unknown) {
  const auto document = open("a");
  BOOST_TEST_REQUIRE(document.has_value());
  BOOST_TEST(document->snapshot.empty());
  BOOST_TEST(document->tail.empty());
  BOOST_TEST(document->synced_version == 0U);
  BOOST_TEST(synced().empty());
}

BOOST_AUTO_TEST_CASE(updates_come_back_in_their_order_and_are_counted) {
  BOOST_TEST(*append("a", "\1x") == 2U);
  BOOST_TEST(*append("b", "\2yy") == 3U);
  BOOST_TEST(*append("a", "\1z") == 4U);
  const auto document = open("a");
  BOOST_TEST(document->tail == (Strings{"\1x", "\1z"}));
  BOOST_TEST(document->tail_bytes == 4U);
}

BOOST_AUTO_TEST_CASE(a_snapshot_takes_the_place_of_what_came_before_it) {
  store.append("w", "a", "\1x", Haste::CanWait, {});
  store.put_snapshot("w", "a", "x", {});
  store.append("w", "a", "\1y", Haste::CanWait, {});
  const auto document = open("a");
  BOOST_TEST(document->snapshot == "x");
  BOOST_TEST(document->tail == Strings{"\1y"});
  BOOST_TEST(*append("a", "\1z") == 4U);
  BOOST_TEST_REQUIRE(put_snapshot("a", "xyz").has_value());
  BOOST_TEST(open("a")->tail.empty());
  BOOST_TEST(open("a")->snapshot == "xyz");
  BOOST_TEST(*append("a", "\1!") == 2U);
}

BOOST_AUTO_TEST_CASE(documents_of_two_workspaces_have_nothing_to_do_with_each_other) {
  BOOST_TEST_REQUIRE(put_workspace(workspace_named("v")).has_value());
  BOOST_TEST_REQUIRE(append("a", "\1x").has_value());
  store.append("v", "a", "\1y", Haste::Now, {});
  BOOST_TEST(open("a")->tail == Strings{"\1x"});
}

BOOST_AUTO_TEST_CASE(a_document_that_lost_an_update_takes_no_more_until_it_is_opened) {
  BOOST_TEST_REQUIRE(append("a", "\1x").has_value());
  lose("a", "\1y");
  BOOST_TEST((code_of(append("a", "\1z")) == ErrorCode::Refused));
  BOOST_TEST(append("b", "\1z").has_value());
  BOOST_TEST(open("a")->tail == Strings{"\1x"});
  BOOST_TEST(append("a", "\1z").has_value());
}

BOOST_AUTO_TEST_CASE(a_snapshot_makes_up_for_a_lost_update) {
  BOOST_TEST_REQUIRE(append("a", "\1x").has_value());
  lose("a", "\1y");
  BOOST_TEST_REQUIRE(put_snapshot("a", "xy").has_value());
  BOOST_TEST(*append("a", "\1z") == 2U);
}

BOOST_AUTO_TEST_CASE(a_snapshot_that_is_lost_too_makes_up_for_nothing) {
  BOOST_TEST_REQUIRE(append("a", "\1x").has_value());
  lose("a", "\1y");
  store.put_snapshot("w", "a", "xy", {});
  store.steps().fail_sync();
  store.steps().answer();
  BOOST_TEST((code_of(append("a", "\1z")) == ErrorCode::Refused));
}

BOOST_AUTO_TEST_CASE(a_lost_snapshot_alone_leaves_the_document_as_it_was) {
  BOOST_TEST_REQUIRE(append("a", "\1x").has_value());
  store.put_snapshot("w", "a", "x", {});
  store.steps().fail_sync();
  store.steps().answer();
  BOOST_TEST(*append("a", "\1y") == 4U);
  BOOST_TEST(open("a")->tail == (Strings{"\1x", "\1y"}));
}

BOOST_AUTO_TEST_CASE(versions_are_listed_in_the_order_of_the_ids) {
  BOOST_TEST_REQUIRE(append("b", "\1x").has_value());
  BOOST_TEST_REQUIRE(set_synced({{"c", 5}, {"a", 3}}).has_value());
  BOOST_TEST((synced() == std::vector<SyncedVersion>{{"a", 3}, {"b", 0}, {"c", 5}}));
  BOOST_TEST_REQUIRE(set_synced({{"a", 4}, {"b", 1}}).has_value());
  BOOST_TEST((synced() == std::vector<SyncedVersion>{{"a", 4}, {"b", 1}, {"c", 5}}));
  BOOST_TEST(open("a")->synced_version == 4U);
  BOOST_TEST_REQUIRE(put_snapshot("a", "x").has_value());
  BOOST_TEST(open("a")->synced_version == 4U);
}

BOOST_AUTO_TEST_CASE(a_removed_document_was_never_there) {
  BOOST_TEST_REQUIRE(append("a", "\1x").has_value());
  BOOST_TEST_REQUIRE(put_snapshot("a", "x").has_value());
  BOOST_TEST_REQUIRE(set_synced({{"a", 3}}).has_value());
  const auto remove = [&] {
    return now<void>([&](auto answer) { store.remove_document("w", "a", std::move(answer)); });
  };
  BOOST_TEST(remove().has_value());
  BOOST_TEST(synced().empty());
  BOOST_TEST(open("a")->snapshot.empty());
  BOOST_TEST(remove().has_value());
  BOOST_TEST(*append("a", "\1y") == 2U);
  BOOST_TEST(open("a")->tail == Strings{"\1y"});
}

BOOST_AUTO_TEST_CASE(bytes_that_changed_on_disk_are_noticed) {
  BOOST_TEST_REQUIRE(append("a", "\1x").has_value());
  BOOST_TEST_REQUIRE(put_snapshot("b", "state").has_value());
  damage("UPDATE log SET updates = x'0179'");
  BOOST_TEST((code_of(open("a")) == ErrorCode::Damaged));
  damage("UPDATE snapshots SET state = x'00'");
  BOOST_TEST((code_of(open("b")) == ErrorCode::Damaged));
  BOOST_TEST_REQUIRE(put_snapshot("a", "from the server").has_value());
  BOOST_TEST(open("a")->snapshot == "from the server");
}

// --- Limits ---

BOOST_AUTO_TEST_CASE(an_append_is_no_larger_than_the_limit) {
  BOOST_TEST(append("a", std::string(kMaxReplicaAppendBytes, 'x')).has_value());
  BOOST_TEST((code_of(append("a", std::string(kMaxReplicaAppendBytes + 1, 'x'))) ==
              ErrorCode::LimitExceeded));
  BOOST_TEST((code_of(append("a", "\1x")) == ErrorCode::Refused));
}

BOOST_AUTO_TEST_CASE(an_append_has_something_in_it) {
  BOOST_TEST((code_of(append("a", "")) == ErrorCode::Malformed));
}

BOOST_AUTO_TEST_CASE(a_snapshot_is_no_larger_than_the_limit) {
  BOOST_TEST((code_of(put_snapshot("a", std::string(kMaxReplicaSnapshotBytes + 1, 's'))) ==
              ErrorCode::LimitExceeded));
  BOOST_TEST(put_snapshot("a", std::string(kMaxReplicaSnapshotBytes, 's')).has_value());
}

BOOST_AUTO_TEST_CASE(an_id_is_no_longer_than_the_limit) {
  const std::string longest(kMaxReplicaNameBytes, 'd');
  BOOST_TEST(append(longest, "\1x").has_value());
  BOOST_TEST(set_synced({{longest, 1}}).has_value());
  BOOST_TEST((code_of(append(longest + "d", "\1x")) == ErrorCode::LimitExceeded));
  BOOST_TEST((code_of(set_synced({{longest + "d", 1}})) == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_CASE(versions_come_in_batches_up_to_the_limit) {
  std::vector<SyncedVersion> many(kMaxReplicaBatch, SyncedVersion{"a", 1});
  BOOST_TEST(set_synced(many).has_value());
  many.push_back({"b", 1});
  BOOST_TEST((code_of(set_synced(many)) == ErrorCode::LimitExceeded));
  BOOST_TEST(synced().size() == 1U);
}

BOOST_AUTO_TEST_CASE(tails_are_counted_right_in_more_documents_than_are_remembered) {
  for (int round = 1; round <= 2; ++round) {
    for (int i = 0; i < 5000; ++i) {
      store.append("w", std::to_string(i), "\1x", Haste::CanWait,
                   [&](const Result<std::size_t>& bytes) {
                     BOOST_TEST_REQUIRE(*bytes == 2U * static_cast<std::size_t>(round));
                   });
    }
    store.commit();
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
