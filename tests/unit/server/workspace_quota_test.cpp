#include "daemon/server/workspace_quota.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/digest.h"
#include "daemon/server/document_log.h"
#include "daemon/server/limits.h"
#include "protocol/messages/connect/all.h"
#include "protocol/messages/connect/errors.h"
#include "tests/unit/server/club.h"
#include "tests/unit/server/world.h"

namespace plait::server {
namespace {

using net::CloseCode;

Server::Options open_rooms(std::uint64_t quota) { return {.open = true, .open_quota = quota}; }

/// What a workspace takes, as the store says.
template <class Place>
store::Usage stored(Place& place, std::string workspace) {
  store::Usage usage;
  place.store.usage(std::move(workspace), [&](const auto& answer) { usage = answer.value(); });
  place.store.sync();
  place.store.answer();
  return usage;
}

std::uint64_t refused_by_quota(Metrics& metrics) {
  return metrics.counter("plait_updates_refused_total", {}, {{"rule", "quota"}}).value();
}

/// Logs of a workspace, and its quota, without rooms.
struct Cellar final : DocumentLog::Owner {
  std::unique_ptr<DocumentLog> log_of(std::string_view name) {
    auto log = std::make_unique<DocumentLog>(*this, store, quota, meters);
    store.open_document("w", name, [&](const auto& loaded) { log->opened(loaded.value()); });
    write();
    return log;
  }
  void keep(DocumentLog& log, std::string_view update) {
    std::string entry;
    log.note(entry, update);
    log.append({"ann"}, std::move(entry));
  }
  void write() {
    store.sync();
    store.answer();
  }
  void saved() override {}
  void not_saved() override { quota.ask(); }

  support::MemoryServerStore store;
  Metrics metrics;
  Meters meters{metrics};
  WorkspaceQuota quota{store, "w", WorkspaceQuota::kUnlimited};
};

/// Somebody types these, each in a turn of its own.
void type_all(World& world, Person& person, const std::vector<std::string_view>& texts) {
  for (const std::string_view text : texts) {
    person.types(0, text);
    world.settle();
  }
}

/// What all that takes, in an open room.
std::uint64_t bytes_of(const std::vector<std::string_view>& texts,
                       bool and_a_deletion = false) {
  World world;
  Person& ann = world.guest("ann");
  type_all(world, ann, texts);
  if (and_a_deletion) ann.erases(1, 2);
  world.settle();
  return stored(world, "").documents;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(workspace_quota)

// The sum -------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_sum_is_what_the_store_has) {
  Cellar cellar;
  const auto first = cellar.log_of("a");
  const auto second = cellar.log_of("b");
  cellar.keep(*first, "twelve bytes");
  cellar.keep(*second, std::string(300, 'x'));
  cellar.write();
  BOOST_TEST(cellar.quota.used() == 13U + 302U);
  BOOST_TEST(cellar.quota.used() == stored(cellar, "w").documents);
  // A snapshot takes the place of what is on disk; what comes meanwhile stands behind it.
  std::string entry;
  second->note(entry, "noted");
  second->put_snapshot("a state");
  second->append({"ann"}, std::move(entry));
  BOOST_TEST(cellar.quota.used() == 13U + 7U + 6U);
  cellar.write();
  BOOST_TEST(cellar.quota.used() == stored(cellar, "w").documents);
  second->put_snapshot("a longer state than that");
  cellar.write();
  BOOST_TEST(cellar.quota.used() == stored(cellar, "w").documents);
}

BOOST_AUTO_TEST_CASE(a_document_that_is_loaded_again_is_counted_once) {
  Cellar cellar;
  cellar.keep(*cellar.log_of("a"), "twelve bytes");
  cellar.write();
  const auto again = cellar.log_of("a");
  cellar.keep(*again, "more");
  again->put_snapshot("all");
  cellar.write();
  BOOST_TEST(cellar.quota.used() == 3U + 5U);  // the entry came behind the snapshot
  BOOST_TEST(cellar.quota.used() == stored(cellar, "w").documents);
}

BOOST_AUTO_TEST_CASE(after_a_failure_the_store_is_asked_again) {
  Cellar cellar;
  const auto log = cellar.log_of("a");
  const auto other = cellar.log_of("b");
  cellar.keep(*log, "twelve bytes");
  cellar.write();
  cellar.keep(*log, "never stored");
  cellar.store.fail_sync();
  cellar.store.answer();
  cellar.keep(*other, "meanwhile");  // after the question, before its answer
  cellar.write();
  BOOST_TEST(cellar.quota.used() == 13U + 10U);
  BOOST_TEST(cellar.quota.used() == stored(cellar, "w").documents);
}

BOOST_AUTO_TEST_CASE(a_store_that_cannot_say_is_asked_with_the_next_change) {
  Cellar cellar;
  const auto log = cellar.log_of("a");
  cellar.keep(*log, "lost");
  cellar.store.fail_sync();
  cellar.store.answer();
  // The question shares a commit that fails.
  cellar.store.put({store::SettingRecord{"name", "value"}}, {});
  cellar.store.fail_sync();
  cellar.store.answer();
  BOOST_TEST(cellar.quota.used() == 5U);
  cellar.keep(*cellar.log_of("b"), "next");
  cellar.write();
  BOOST_TEST(cellar.quota.used() == stored(cellar, "w").documents);
}

// Rooms ---------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_update_fits_up_to_the_last_byte) {
  const std::uint64_t full = bytes_of({"hello", "x"});
  for (const std::uint64_t less : {0U, 1U}) {
    World world(open_rooms(full - less));
    Person& ann = world.guest("ann");
    type_all(world, ann, {"hello", "x"});
    BOOST_TEST(ann.is_here() == (less == 0));
    BOOST_TEST(refused_by_quota(world.metrics) == less);
    if (less == 0) continue;
    BOOST_TEST((ann.closed()->code == CloseCode::PolicyViolation));
    BOOST_TEST(ann.closed()->reason.starts_with("rule quota"));
    BOOST_TEST(world.guest("ben").text() == "hello");
  }
}

BOOST_AUTO_TEST_CASE(whoever_brings_nothing_new_may_stay) {
  World world(open_rooms(bytes_of({"hello"}, /*and_a_deletion=*/true)));
  Person& ann = world.guest("ann");
  type_all(world, ann, {"hello"});
  ann.erases(1, 2);
  world.settle();
  Person& ben = world.guest("ben");
  ann.goes();
  ann.comes(*world.server, "/yjs/room");
  world.settle();
  BOOST_TEST(ann.is_here());
  BOOST_TEST(ben.text() == "hlo");
  // All of it again, with what was deleted.
  ann.says_message(wire::SyncUpdate{ann.state()});
  world.settle();
  BOOST_TEST(ann.is_here());
  ann.erases(0, 1);  // a deletion takes room, too
  world.settle();
  BOOST_TEST(!ann.is_here());
  BOOST_TEST(ben.text() == "hlo");
}

BOOST_AUTO_TEST_CASE(all_open_rooms_share_one_quota_across_restarts) {
  World world(open_rooms(bytes_of({"hello"}) + 10));
  Person& ann = world.guest("ann", "/yjs/one");
  ann.types(0, "hello");
  world.settle();
  world.restart();
  Person& ben = world.guest("ben", "/yjs/two");
  ben.types(0, "hello");
  world.settle();
  BOOST_TEST(!ben.is_here());
}

BOOST_AUTO_TEST_CASE(open_rooms_have_no_limit_unless_one_is_set) {
  World world;
  Person& ann = world.guest("ann");
  ann.types(0, std::string(100'000, 'x'));
  world.settle();
  BOOST_TEST(ann.is_here());
  BOOST_TEST(Server::Options{}.open_quota == WorkspaceQuota::kUnlimited);
}

BOOST_AUTO_TEST_CASE(a_snapshot_makes_room) {
  const std::vector<std::string_view> keys(kMaxLogRows + 1, "x");
  const std::uint64_t full = bytes_of(keys);
  World world(open_rooms(full));
  Person& ann = world.guest("ann");
  type_all(world, ann, keys);
  BOOST_TEST(stored(world, "").documents == full);
  world.wait(std::chrono::milliseconds{1});
  type_all(world, ann, {"more"});
  BOOST_TEST(ann.is_here());
  BOOST_TEST(stored(world, "").documents < full);
}

// Workspaces ----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(documents_and_binary_files_share_a_quota) {
  constexpr std::uint64_t kQuota = 10'000;
  Club club(kQuota);
  ConnectPerson& ann = club.guest("Ann");
  ConnectDocument& file = ann.client.opens("f-7");
  club.settle();
  file.types(0, std::string(1000, 'x'));
  club.settle();
  const auto left = static_cast<std::int64_t>(kQuota - stored(club, "w").documents);

  const auto put = [&](std::int64_t size) {
    return club.ask<connect::BlobPut>(ann, {{crypto::sha256(std::to_string(size))}, size});
  };
  const auto refused = put(left + 1);
  const auto* error = std::get_if<jsonrpc::RpcError>(&refused);
  BOOST_TEST_REQUIRE((error != nullptr));
  BOOST_TEST(error->code == code(connect::ConnectError::LimitReached));
  BOOST_TEST(*error->data.find("limit")->as_string() == "workspace bytes");
  BOOST_TEST(*error->data.find("maximum")->as_integer() == std::int64_t{kQuota});
  BOOST_TEST(put(left).index() == 0U);
  BOOST_TEST(put(left).index() == 0U);  // the same one

  file.types(0, "y");
  club.settle();
  BOOST_TEST_REQUIRE(file.refused().has_value());
  BOOST_TEST(file.refused()->rule == "quota");
  BOOST_TEST(refused_by_quota(club.metrics) == 1U);
  BOOST_TEST(club.stored_text("f-7").size() == 1000U);

  // Elsewhere there is room.
  ConnectPerson& zoe = club.guest("Zoe", "v");
  ConnectDocument& hers = zoe.client.opens("f-7");
  club.settle();
  hers.types(0, "z");
  club.settle();
  BOOST_TEST(hers.is_saved());
}

BOOST_AUTO_TEST_CASE(a_binary_file_that_is_forgotten_makes_room) {
  Club club(1000);
  ConnectPerson& ann = club.guest("Ann");
  ConnectDocument& file = ann.client.opens("f-7");
  const std::string wrong(900, 'w');
  const crypto::Sha256Digest hash = crypto::sha256("something else");
  club.get<connect::BlobPut>(ann, {{hash}, 900});
  ByteWriter frame;
  wire::encode_frame(wire::kBlobChannel, wire::BlobChunk{hash, 0, wrong}, frame);
  ann.client.say(net::MessageKind::Binary, frame.view());
  club.settle();
  file.types(0, std::string(800, 'x'));
  club.settle();
  BOOST_TEST(file.is_saved());
}

BOOST_AUTO_TEST_CASE(a_full_workspace_stays_full_after_a_crash) {
  Club club(1000);
  ConnectPerson& ann = club.guest("Ann");
  ConnectDocument& file = ann.client.opens("f-7");
  club.settle();
  file.types(0, std::string(900, 'x'));
  club.settle();
  BOOST_TEST(file.is_saved());
  club.crash();
  ConnectPerson& ben = club.guest("Ben");
  ConnectDocument& other = ben.client.opens("f-8");
  club.settle();
  other.types(0, std::string(100, 'y'));
  club.settle();
  BOOST_TEST_REQUIRE(other.refused().has_value());
  BOOST_TEST(other.refused()->rule == "quota");
  ConnectDocument& again = ben.client.opens("f-7");
  club.settle();
  BOOST_TEST(again.text() == std::string(900, 'x'));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
