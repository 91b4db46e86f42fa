#include "daemon/store/directory_tables.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/store/documents.h"
#include "tests/unit/store/store_world.h"

namespace plait::store {
namespace {

PublicKey key_of(std::uint8_t byte) {
  PublicKey key{};
  key.fill(byte);
  return key;
}

const WorkspaceRecord kTeam{"team", "The Team", kNow};
const MemberRecord kAnn{"team", "m1", "Ann", "owner", false, kNow, {key_of(1), key_of(2)}};
const MemberRecord kBob{"team", "m2", "Bob", "viewer", true, kNow, {}, {kNow.ms + 2}};
const InviteRecord kInvite{"team",        "i1", key_of(9),   "editor", "m1", kNow,
                           {kNow.ms + 1}, 3,    "$scrypt$…", true,     false};
const JoinRequestRecord kRequest{"team", "r1", "i1", "Eve", key_of(3), kNow};
const TokenRevocation kRevocation{"t1", {kNow.ms + 1}};

struct Listed : InMemory {
  void put(const Record& record) {
    BOOST_TEST_REQUIRE(tables.directory.put(record).has_value());
  }
  bool takes(const Record& record) { return tables.directory.put(record).has_value(); }
  Directory loaded(WallTime now = kNow) {
    auto directory = tables.directory.load(now);
    BOOST_TEST_REQUIRE(directory.has_value());
    return *std::move(directory);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(directory_tables, Listed)

BOOST_AUTO_TEST_CASE(every_record_comes_back_as_it_was_put) {
  for (const Record& record :
       std::vector<Record>{SettingRecord{"key", std::string("\0\xFF", 2)}, kTeam, kBob, kAnn,
                           kInvite, kRequest, kRevocation}) {
    put(record);
  }
  const Directory directory = loaded();
  BOOST_TEST(
      (directory.settings == std::vector{SettingRecord{"key", std::string("\0\xFF", 2)}}));
  BOOST_TEST((directory.workspaces == std::vector{kTeam}));
  BOOST_TEST((directory.members == std::vector{kAnn, kBob}));
  BOOST_TEST((directory.invites == std::vector{kInvite}));
  BOOST_TEST((directory.join_requests == std::vector{kRequest}));
  BOOST_TEST((directory.revoked_tokens == std::vector{kRevocation}));
}

BOOST_AUTO_TEST_CASE(a_record_replaces_the_one_with_its_id) {
  put(kTeam);
  put(kAnn);
  put(kInvite);
  MemberRecord ann = kAnn;
  ann.role = "viewer";
  ann.revoked = true;
  ann.devices = {key_of(7)};
  InviteRecord invite = kInvite;
  invite.uses_left = 2;
  put(ann);
  put(invite);
  put(SettingRecord{"a", "1"});
  put(SettingRecord{"a", "2"});
  BOOST_TEST((loaded().members == std::vector{ann}));
  BOOST_TEST((loaded().invites == std::vector{invite}));
  BOOST_TEST((loaded().settings == std::vector{SettingRecord{"a", "2"}}));
}

BOOST_AUTO_TEST_CASE(when_a_member_was_seen_changes_nothing_else_of_him) {
  put(kTeam);
  put(kAnn);
  put(kBob);
  put(MemberSeen{"team", "m1", {kNow.ms + 5}});
  put(MemberSeen{"team", "nobody", {kNow.ms + 5}});
  MemberRecord ann = kAnn;
  ann.last_seen = {kNow.ms + 5};
  BOOST_TEST((loaded().members == std::vector{ann, kBob}));
}

BOOST_AUTO_TEST_CASE(what_is_gone_is_gone) {
  put(kTeam);
  put(kInvite);
  put(kRequest);
  put(InviteGone{"team", "i1"});
  put(JoinRequestGone{"team", "r1"});
  BOOST_TEST(loaded().invites.empty());
  BOOST_TEST(loaded().join_requests.empty());
}

BOOST_AUTO_TEST_CASE(devices_find_their_members_in_every_workspace) {
  const WorkspaceRecord other{"other", "", kNow};
  MemberRecord ann_there = kAnn;
  ann_there.workspace = "other";
  ann_there.devices = {key_of(5)};
  MemberRecord last = kBob;
  last.id = "m3";
  last.devices = {key_of(1)};
  for (const Record& record : std::vector<Record>{kTeam, other, kAnn, kBob, last, ann_there}) {
    put(record);
  }
  BOOST_TEST((loaded().members == std::vector{ann_there, kAnn, kBob, last}));
}

BOOST_AUTO_TEST_CASE(a_member_of_no_workspace_is_refused) {
  BOOST_TEST(!takes(kAnn));
  BOOST_TEST(!takes(kInvite));
}

BOOST_AUTO_TEST_CASE(two_invites_never_have_one_secret) {
  put(kTeam);
  put(kInvite);
  InviteRecord twin = kInvite;
  twin.id = "i2";
  BOOST_TEST(!takes(twin));
}

BOOST_AUTO_TEST_CASE(a_revocation_is_remembered_until_the_token_has_run_out) {
  put(kRevocation);
  BOOST_TEST(loaded(kNow).revoked_tokens.size() == 1U);
  BOOST_TEST(loaded(kRevocation.expires).revoked_tokens.empty());
  BOOST_TEST_REQUIRE(tables.directory.drop_expired(kNow).has_value());
  BOOST_TEST(loaded(kNow).revoked_tokens.size() == 1U);
  BOOST_TEST_REQUIRE(tables.directory.drop_expired(kRevocation.expires).has_value());
  BOOST_TEST(loaded(kNow).revoked_tokens.empty());
}

BOOST_AUTO_TEST_CASE(records_may_be_as_large_as_their_limits_and_no_larger) {
  const std::string text(kMaxRecordTextBytes, 'x');
  const std::string id(kMaxWorkspaceIdBytes, 'x');
  BOOST_TEST(takes(WorkspaceRecord{id, text, kNow}));
  BOOST_TEST(!takes(WorkspaceRecord{id + "x", text, kNow}));
  BOOST_TEST(!takes(WorkspaceRecord{id, text + "x", kNow}));
  BOOST_TEST(takes(SettingRecord{text, std::string(kMaxSettingBytes, 'x')}));
  BOOST_TEST(!takes(SettingRecord{text, std::string(kMaxSettingBytes + 1, 'x')}));
  put(kTeam);
  MemberRecord member = kAnn;
  member.name = text;
  member.devices.clear();
  for (std::size_t i = 0; i < kMaxDevicesPerMember; ++i) {
    member.devices.push_back(key_of(static_cast<std::uint8_t>(i)));
  }
  BOOST_TEST(takes(member));
  member.devices.push_back(key_of(255));
  BOOST_TEST(!takes(member));
  member.devices.clear();
  member.name += "x";
  BOOST_TEST(!takes(member));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
