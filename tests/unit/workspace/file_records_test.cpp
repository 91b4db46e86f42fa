#include "daemon/workspace/file_records.h"

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/support/agenda.h"
#include "tests/support/stepped_clock.h"
#include "tests/support/stepped_replica_store.h"

namespace plait::workspace {
namespace {

struct Folder {
  Folder() {
    store::ReplicaWorkspace garden;
    garden.id = "garden";
    garden.folder = "/home/ann/garden";
    store.put_workspace(garden, {});
    store.commit();
  }

  void sees(const std::string& id) {
    store::ReplicaFile file;
    file.id = id;
    file.path = id + ".txt";
    records.put(file);
  }
  void waits() {
    clock.time += kRecordPause;
    agenda.advance(clock.now());
    store.commit();
  }
  /// What a process that begins now would know.
  std::vector<std::string> stored() {
    const auto files = store.now<std::vector<store::ReplicaFile>>(
        [&](auto answer) { store.load_files("garden", std::move(answer)); });
    std::vector<std::string> ids;
    for (const store::ReplicaFile& file : *files) ids.push_back(file.id);
    return ids;
  }

  support::SteppedClock clock;
  Agenda agenda;
  support::SteppedReplicaStore store;
  std::set<std::string> unwritten;
  FileRecords records{"garden", store, agenda, clock,
                      [this](const std::string& file) { return !unwritten.contains(file); }};
};

using Ids = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(file_records, Folder)

BOOST_AUTO_TEST_CASE(a_record_is_not_remembered_before_what_was_made_of_the_file_is) {
  unwritten = {"a"};
  sees("a");
  sees("b");
  waits();
  BOOST_TEST((stored() == Ids{"b"}));
  BOOST_TEST(records.find("a") != nullptr);
  waits();
  BOOST_TEST((stored() == Ids{"b"}));
  unwritten.clear();
  waits();
  BOOST_TEST((stored() == Ids{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(nor_is_it_forgotten_before_that) {
  sees("a");
  waits();
  unwritten = {"a"};
  records.remove("a");
  waits();
  BOOST_TEST((stored() == Ids{"a"}));
  unwritten.clear();
  waits();
  BOOST_TEST(stored().empty());
}

BOOST_AUTO_TEST_CASE(a_file_is_found_where_it_was_seen_last) {
  sees("a");
  records.move("a", "elsewhere/a.txt");
  BOOST_TEST(records.at("a.txt") == nullptr);
  BOOST_TEST(records.at("elsewhere/a.txt") == records.find("a"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::workspace
