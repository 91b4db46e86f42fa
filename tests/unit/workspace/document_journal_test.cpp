#include "daemon/workspace/document_journal.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "protocol/base/bytes.h"
#include "tests/support/stepped_replica_store.h"

namespace plait::workspace {
namespace {

using Updates = std::vector<std::string>;

struct Desk {
  Desk() {
    store::ReplicaWorkspace record;
    record.id = "w";
    record.folder = "/w";
    store.put_workspace(record, {});
    store.commit();
  }

  /// What the store has, past the journal.
  Updates stored() {
    const auto found = store.now<store::ReplicaDocument>(
        [this](auto answer) { store.open_document("w", "f-1", std::move(answer)); });
    BOOST_TEST_REQUIRE(found.has_value());
    Updates all;
    for (const std::string& entry : found->tail) {
      for (ByteReader reader(entry); !reader.at_end();) all.emplace_back(reader.varbytes());
    }
    return all;
  }

  support::SteppedReplicaStore store;
  Updates written;
  DocumentJournal journal{store,
                          "w",
                          "f-1",
                          {.encode = [] { return std::string("all"); },
                           .written =
                               [this](const Updates& updates) {
                                 written.insert(written.end(), updates.begin(), updates.end());
                               },
                           .failed = [](const Error& error) { BOOST_ERROR(error.message); }}};
};

BOOST_FIXTURE_TEST_SUITE(document_journal, Desk)

BOOST_AUTO_TEST_CASE(what_is_typed_does_not_wait_for_what_came_from_the_server) {
  journal.add("theirs", /*is_own=*/false);
  journal.add("mine", /*is_own=*/true);
  store.commit();
  BOOST_TEST(written == Updates{"mine"}, boost::test_tools::per_element());
  BOOST_TEST(!journal.is_busy());
  BOOST_TEST(stored() == (Updates{"theirs", "mine"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_typed_gathers_behind_what_is_typed) {
  for (const char* update : {"a", "b", "c"}) journal.add(update, /*is_own=*/true);
  BOOST_TEST(journal.has_unwritten());
  store.commit();
  BOOST_TEST(written == Updates{"a"}, boost::test_tools::per_element());
  store.commit();
  BOOST_TEST(written == (Updates{"a", "b", "c"}), boost::test_tools::per_element());
  BOOST_TEST(!journal.has_unwritten());
}

BOOST_AUTO_TEST_CASE(what_comes_from_the_server_gathers_behind_everything) {
  journal.add("mine", /*is_own=*/true);
  journal.add("theirs", /*is_own=*/false);
  journal.add("more", /*is_own=*/true);
  store.commit();
  store.commit();
  BOOST_TEST(written == (Updates{"mine", "more"}), boost::test_tools::per_element());
  BOOST_TEST(stored() == (Updates{"mine", "theirs", "more"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::workspace
