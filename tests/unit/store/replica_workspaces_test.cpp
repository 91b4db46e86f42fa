#include "daemon/store/replica_workspaces.h"

#include <map>
#include <string>
#include <vector>

#include "tests/unit/store/laptop.h"

namespace plait::store {
namespace {

struct Workspaces : Laptop {
  Result<void> put_setting(const std::string& name, const std::string& value) {
    return now<void>([&](auto answer) { store.put_setting(name, value, std::move(answer)); });
  }
  Result<std::uint64_t> read_marker(const std::string& workspace) {
    return now<std::uint64_t>(
        [&](auto answer) { store.read_marker(workspace, std::move(answer)); });
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(replica_workspaces, Workspaces)

BOOST_AUTO_TEST_CASE(a_setting_has_the_value_that_was_put_last) {
  BOOST_TEST(store.load_settings()->empty());
  BOOST_TEST_REQUIRE(put_setting("name", "Ann").has_value());
  BOOST_TEST_REQUIRE(put_setting("colour", "").has_value());
  BOOST_TEST_REQUIRE(put_setting("name", "Änne").has_value());
  BOOST_TEST((*store.load_settings() ==
              std::map<std::string, std::string>{{"colour", ""}, {"name", "Änne"}}));
}

BOOST_AUTO_TEST_CASE(a_workspace_comes_back_as_it_was_put) {
  ReplicaWorkspace full = workspace_named("a");
  full.host = "plait.example.org";
  full.port = 65535;
  full.fingerprint.emplace().fill(0xAB);
  full.embedded = true;
  full.role = "editor";
  full.user = "u1";
  full.generation = (std::uint64_t{1} << 53) - 1;
  full.feed_sequence = 12;
  full.synced = WallTime{1'700'000'000'000};
  full.invite = "plait://example.org/#secret";
  full.state = ReplicaWorkspace::State::Left;
  BOOST_TEST_REQUIRE(put_workspace(full).has_value());
  BOOST_TEST((*store.load_workspaces() == std::vector{full, workspace_named("w")}));
}

BOOST_AUTO_TEST_CASE(a_workspace_that_is_put_again_keeps_what_is_in_it) {
  BOOST_TEST_REQUIRE(append("a", "\1x").has_value());
  ReplicaWorkspace left = workspace_named("w");
  left.state = ReplicaWorkspace::State::Left;
  BOOST_TEST_REQUIRE(put_workspace(left).has_value());
  BOOST_TEST((*store.load_workspaces() == std::vector{left}));
  BOOST_TEST(open("a")->tail == std::vector<std::string>{"\1x"});
}

BOOST_AUTO_TEST_CASE(nothing_is_kept_for_a_workspace_that_there_is_not) {
  const auto asked = now<std::size_t>(
      [&](auto answer) { store.append("nowhere", "a", "\1x", Haste::Now, std::move(answer)); });
  BOOST_TEST((code_of(asked) == ErrorCode::NotFound));
  BOOST_TEST((code_of(read_marker("nowhere")) == ErrorCode::NotFound));
}

BOOST_AUTO_TEST_CASE(what_was_read_is_remembered) {
  BOOST_TEST(*read_marker("w") == 0U);
  store.put_read_marker("w", 7, {});
  BOOST_TEST(*read_marker("w") == 7U);
}

BOOST_AUTO_TEST_CASE(records_are_no_longer_than_their_limits) {
  BOOST_TEST(put_setting(std::string(kMaxReplicaNameBytes, 'n'),
                         std::string(kMaxReplicaSettingBytes, 'v'))
                 .has_value());
  BOOST_TEST((code_of(put_setting(std::string(kMaxReplicaNameBytes + 1, 'n'), "")) ==
              ErrorCode::LimitExceeded));
  BOOST_TEST((code_of(put_setting("n", std::string(kMaxReplicaSettingBytes + 1, 'v'))) ==
              ErrorCode::LimitExceeded));
  ReplicaWorkspace longest = workspace_named("w");
  longest.name = std::string(kMaxReplicaNameBytes, 'n');
  longest.folder = std::string(kMaxReplicaPathBytes, '/');
  longest.invite = std::string(kMaxReplicaPathBytes, 'i');
  BOOST_TEST(put_workspace(longest).has_value());
  for (const auto lengthen : {+[](ReplicaWorkspace& one) { one.name += "n"; },
                              +[](ReplicaWorkspace& one) { one.folder += "/"; },
                              +[](ReplicaWorkspace& one) { *one.invite += "i"; }}) {
    ReplicaWorkspace longer = longest;
    lengthen(longer);
    BOOST_TEST((code_of(put_workspace(longer)) == ErrorCode::LimitExceeded));
  }
  BOOST_TEST((*store.load_workspaces() == std::vector{longest}));
  BOOST_TEST((code_of(put_workspace(workspace_named(""))) == ErrorCode::Malformed));
}

BOOST_AUTO_TEST_CASE(there_are_no_more_workspaces_than_the_limit) {
  for (std::size_t i = 1; i < kMaxReplicaWorkspaces; ++i) {
    BOOST_TEST_REQUIRE(put_workspace(workspace_named(std::to_string(i))).has_value());
  }
  BOOST_TEST((code_of(put_workspace(workspace_named("more"))) == ErrorCode::LimitExceeded));
  BOOST_TEST(put_workspace(workspace_named("w")).has_value());
  BOOST_TEST(store.load_workspaces()->size() == kMaxReplicaWorkspaces);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
