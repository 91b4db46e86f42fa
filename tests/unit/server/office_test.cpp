#include "daemon/server/office.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/unit/server/bureau.h"

namespace plait::server {
namespace {

namespace connect = messages::connect;
using namespace std::chrono_literals;
using people::Role;
using Words = std::vector<std::string>;

const std::string kRefused = "this invite lets nobody in";
const std::string kWantsPassword = "this invite wants a password, or another one";

/// With a workspace and Ann, who owns it.
struct Story : Bureau {
  Story() {
    Told<connect::Workspace> made;
    office->create_workspace(Actor::the_operator(), "Village", into(made));
    settles();
    workspace = made->id;
    ann = joins("Ann", Role::Owner);
    heard.clear();
  }

  struct Wish {
    Role role = Role::Editor;
    std::optional<std::int64_t> seconds = {};
    std::optional<std::string> password = {};
    std::optional<bool> approval = {};
  };
  connect::InviteSecret invites(const Wish& wish) {
    Told<connect::InviteCreate::Reply> made;
    office->create_invite(
        Actor::the_operator(), workspace,
        {wish.role, wish.seconds, /*max_uses=*/{}, wish.password, wish.approval}, into(made));
    settles();
    return made->secret;
  }
  using Redeemed = Told<connect::InviteRedeem::Reply>;
  void redeems(Redeemed& told, std::string_view person, const connect::InviteSecret& secret,
               std::optional<std::string> password = {}, std::string address = "192.0.2.1") {
    office->redeem({device(person), std::string(person), std::move(address)},
                   {workspace, secret, std::move(password)}, into(told));
  }
  std::string redeems(std::string_view person, const connect::InviteSecret& secret,
                      std::optional<std::string> password = {},
                      std::string address = "192.0.2.1") {
    Redeemed told;
    redeems(told, person, secret, std::move(password), std::move(address));
    settles();
    if (!*told.outcome) return told.text();
    return std::string(jsonrpc::name_of(told->standing));
  }
  std::string joins(std::string_view person, Role role = Role::Editor) {
    redeems(person, invites({.role = role}));
    return directory->member_with(workspace, device(person))->id;
  }
  static connect::InviteSecret wrong_secret() {
    connect::InviteSecret secret;
    secret.data.fill(0xaa);
    return secret;
  }

  std::string workspace;
  std::string ann;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(office, Story)

// --- At once, and on disk ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_change_holds_at_once_and_is_answered_when_it_is_on_disk) {
  const std::string ben = joins("Ben");
  heard.clear();
  Told<Office::Done> told;
  office->set_role({ann}, workspace, ben, Role::Viewer, into(told));
  BOOST_TEST(told.text() == "…");
  BOOST_TEST(heard == Words{"changed Ben"});
  BOOST_TEST(directory->member(workspace, ben)->role == "viewer");
  store.sync();
  BOOST_TEST(told.text() == "…");
  store.answer();
  BOOST_TEST(told.text() == "done");
  settles();
  opens();
  BOOST_TEST(directory->member(workspace, ben)->role == "viewer");
}

BOOST_AUTO_TEST_CASE(who_is_removed_is_out_before_the_disk_knows) {
  const std::string ben = joins("Ben");
  heard.clear();
  Told<Office::Done> told;
  office->revoke({ann}, workspace, ben, into(told));
  BOOST_TEST(heard == Words{"removed Ben 4403 you are no longer a member"});
  BOOST_TEST((directory->member(workspace, ben) == nullptr));
  BOOST_TEST(told.text() == "…");
  settles();
  BOOST_TEST(told.text() == "done");
}

BOOST_AUTO_TEST_CASE(who_leaves_is_told_so_before_his_connection_goes) {
  const std::string ben = joins("Ben");
  heard.clear();
  Told<Office::Done> told;
  office->leave({ben}, workspace, into(told));
  BOOST_TEST(heard.empty());
  BOOST_TEST((directory->member(workspace, ben) == nullptr));
  store.sync();
  store.answer();
  BOOST_TEST(told.text() == "done");
  BOOST_TEST(heard.front() == "removed Ben 4403 you left");
}

BOOST_AUTO_TEST_CASE(a_commit_that_fails_is_healed_by_asking_again) {
  const std::string ben = joins("Ben");
  Told<Office::Done> told;
  office->set_role({ann}, workspace, ben, Role::Viewer, into(told));
  store.fail_sync();
  store.answer();
  BOOST_TEST(told.text() == "it could not be stored; try again later");
  BOOST_TEST(told.code() == -32045);
  office->set_role({ann}, workspace, ben, Role::Viewer, into(told));
  settles();
  BOOST_TEST(told.text() == "done");
  opens();
  BOOST_TEST(directory->member(workspace, ben)->role == "viewer");
}

BOOST_AUTO_TEST_CASE(an_invite_that_was_not_stored_is_none) {
  const std::size_t before = office->list_invites(workspace).invites.size();
  Told<connect::InviteCreate::Reply> told;
  office->create_invite({ann}, workspace, {}, into(told));
  store.fail_sync();
  store.answer();
  BOOST_TEST(told.code() == -32045);
  BOOST_TEST(office->list_invites(workspace).invites.size() == before);
}

BOOST_AUTO_TEST_CASE(an_office_that_has_closed_tells_nobody) {
  Told<Office::Done> told;
  office->set_role({ann}, workspace, ann, Role::Owner, into(told));
  store.sync();
  office.reset();
  store.answer();
  BOOST_TEST(told.text() == "…");
}

// --- Feed and audit ----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_feed_says_who_came_and_went) {
  const std::string ben = joins("Ben");
  const std::string cem = joins("Cem");
  Told<Office::Done> told;
  office->set_role({ann}, workspace, ben, Role::Viewer, into(told));
  office->set_role({ann}, workspace, ben, Role::Viewer, into(told));
  office->revoke({ann}, workspace, ben, into(told));
  office->revoke(Actor::the_operator(), workspace, ben, into(told));
  office->transfer({ann}, workspace, cem, into(told));
  office->leave({ann}, workspace, into(told));
  settles();
  const Words expected = {"Ann joined",
                          "Ben joined",
                          "Cem joined",
                          "Ann roleChanged Ben viewer",
                          "Ann removed Ben",
                          "Ann roleChanged Cem owner",
                          "Ann roleChanged Ann editor",
                          "Ann left"};
  BOOST_TEST(feed(workspace) == expected, boost::test_tools::per_element());
  const auto told_of = std::ranges::count_if(
      heard, [](const std::string& word) { return word.starts_with("feed "); });
  BOOST_TEST(told_of == 7);  // all but Ann's own joining, which was before
}

BOOST_AUTO_TEST_CASE(owners_read_who_did_what) {
  joins("Ben");
  Told<Office::Done> told;
  office->kick({ann}, workspace, directory->member_with(workspace, device("Ben"))->id,
               into(told));
  redeems("Eve", wrong_secret());
  const Words expected = {"workspaceCreated", "inviteCreated",  "Ann joined Ann",
                          "inviteCreated",    "Ben joined Ben", "Ann kicked Ben",
                          "inviteRefused"};
  BOOST_TEST(audit(workspace) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(who_guesses_does_not_fill_the_audit_log) {
  for (int i = 0; i < 100; ++i) {
    redeems("Eve", wrong_secret(), {}, "192.0.2." + std::to_string(i));
  }
  const Words all = audit(workspace);
  BOOST_TEST(std::ranges::count(all, "inviteRefused") == kAuditedRefusals.burst);
}

// --- Invites -----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_invite_is_made_listed_and_made_void) {
  Told<connect::InviteCreate::Reply> made;
  office->create_invite({ann}, workspace, {Role::Viewer, 60, 3, {}, {}}, into(made));
  settles();
  BOOST_TEST(made->invite.created_by.name == "Ann");
  BOOST_TEST(made->invite.uses_left.value() == 3);
  BOOST_TEST(made->invite.expires_at == clock.wall().ms + 60'000);
  BOOST_TEST(office->list_invites(workspace).invites.size() == 2U);
  Told<Office::Done> told;
  office->revoke_invite({ann}, workspace, made->invite.id, into(told));
  BOOST_TEST(redeems("Ben", made->secret) == kRefused);
  BOOST_TEST(told.text() == "done");
  BOOST_TEST(office->list_invites(workspace).invites.size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_invite_lasts_a_day_unless_it_says_otherwise) {
  const auto secret = invites({});
  clock.pass(24h - 1s);
  BOOST_TEST(redeems("Ben", secret) == "member");
  clock.pass(1s);
  BOOST_TEST(redeems("Cem", secret) == kRefused);
}

BOOST_AUTO_TEST_CASE(a_link_of_another_workspace_is_as_wrong_as_any) {
  const auto secret = invites({});
  Told<connect::Workspace> other;
  office->create_workspace(Actor::the_operator(), "Other", into(other));
  settles();
  const std::string here = std::exchange(workspace, other->id);
  BOOST_TEST(redeems("Ben", secret) == kRefused);
  workspace = "w-none";
  BOOST_TEST(redeems("Ben", secret) == kRefused);
}

BOOST_AUTO_TEST_CASE(whoever_guesses_has_to_wait_and_others_do_not) {
  const auto secret = invites({});
  for (std::uint32_t i = 0; i < kRefusedInvites.burst; ++i) {
    BOOST_TEST(redeems("Eve", wrong_secret()) == kRefused);
  }
  Redeemed told;
  redeems(told, "Eve", secret);
  BOOST_TEST(told.code() == -32044);
  BOOST_TEST(*told.outcome->refusal().data.find("retryAfterMs")->as_integer() == 30'000);
  BOOST_TEST(redeems("Ben", secret, {}, "192.0.2.2") == "member");
  clock.pass(kRefusedInvites.pause);
  BOOST_TEST(redeems("Eve", secret) == "member");
}

BOOST_AUTO_TEST_CASE(a_member_who_asks_again_is_not_one_who_guesses) {
  joins("Ben");
  for (int i = 0; i < 50; ++i) BOOST_TEST(redeems("Ben", wrong_secret()) == "member");
}

BOOST_AUTO_TEST_CASE(owners_hear_of_who_waits_and_who_waits_of_what_they_decide) {
  const auto secret = invites({.role = Role::Commenter, .approval = true});
  heard.clear();
  BOOST_TEST(redeems("Ben", secret) == "waiting");
  BOOST_TEST(heard == Words{"waiting"});
  heard.clear();
  const std::string ben = directory->waiting(workspace).front()->id;
  Told<Office::Done> told;
  office->approve({ann}, workspace, ben, /*approved=*/true, into(told));
  BOOST_TEST((heard == Words{"waiting", "let in"}));
  settles();
  BOOST_TEST(redeems("Ben", secret) == "member");
  heard.clear();
  redeems("Cem", secret);
  const std::string cem = directory->waiting(workspace).front()->id;
  office->approve({ann}, workspace, cem, /*approved=*/false, into(told));
  BOOST_TEST((heard == Words{"waiting", "waiting", "turned away"}));
}

// --- Passwords ---------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_invite_may_want_a_password) {
  const auto secret = invites({.password = "open sesame"});
  BOOST_TEST(redeems("Ben", secret) == kWantsPassword);
  BOOST_TEST(redeems("Ben", secret, "open barley") == kWantsPassword);
  BOOST_TEST(redeems("Ben", secret, "open sesame") == "member");
  BOOST_TEST(office->list_invites(workspace).invites.back().password);
  BOOST_TEST(redeems("Cem", wrong_secret(), "open sesame") == kRefused);
}

BOOST_AUTO_TEST_CASE(an_invite_that_ends_while_its_password_is_checked_is_over) {
  const auto secret = invites({.seconds = 60, .password = "open sesame"});
  Redeemed told;
  redeems(told, "Ben", secret, "open sesame");
  BOOST_TEST(told.text() == "…");
  clock.pass(60s);
  settles();
  BOOST_TEST(told.text() == kRefused);
}

BOOST_AUTO_TEST_CASE(passwords_are_tried_only_so_often) {
  const auto secret = invites({.password = "open sesame"});
  for (std::uint32_t i = 0; i < kTriedPasswords.burst; ++i) {
    const std::string address = "192.0.2." + std::to_string(i);
    BOOST_TEST(redeems("Eve", secret, "guess", address) == kWantsPassword);
  }
  Redeemed told;
  redeems(told, "Ben", secret, "open sesame", "192.0.2.99");
  BOOST_TEST(told.code() == -32044);
  clock.pass(kTriedPasswords.pause);
  BOOST_TEST(redeems("Ben", secret, "open sesame", "192.0.2.99") == "member");
}

BOOST_AUTO_TEST_CASE(one_address_costs_only_so_many_hashes) {
  std::vector<connect::InviteSecret> secrets;
  for (std::uint32_t i = 0; i <= kTriedPasswordsByAddress.burst; ++i) {
    secrets.push_back(invites({.password = "open sesame"}));
  }
  for (std::uint32_t i = 0; i < kTriedPasswordsByAddress.burst; ++i) {
    BOOST_TEST(redeems("Eve", secrets[i], "guess") == kWantsPassword);
  }
  BOOST_TEST(redeems("Eve", secrets.back(), "guess") == "too often; try again later");
  BOOST_TEST(redeems("Ben", secrets.back(), "open sesame", "2001:db8::1") == "member");
}

BOOST_AUTO_TEST_CASE(one_ipv6_network_is_one_address) {
  for (std::uint32_t i = 0; i < kRefusedInvites.burst; ++i) {
    redeems("Eve", wrong_secret(), {}, "2001:db8::" + std::to_string(i));
  }
  BOOST_TEST(redeems("Eve", wrong_secret(), {}, "2001:db8::ffff") ==
             "too often; try again later");
  BOOST_TEST(redeems("Ben", wrong_secret(), {}, "2001:db8:0:1::1") == kRefused);
}

BOOST_AUTO_TEST_CASE(only_so_many_passwords_are_hashed_and_wait) {
  // One address a try, and one invite for every few, so that no other limit is in the way.
  std::array<connect::InviteSecret, 4> secrets;
  for (auto& secret : secrets) secret = invites({.password = "open sesame"});
  std::vector<Redeemed> told(kMaxPasswordJobs + kMaxWaitingPasswords + 1);
  for (std::size_t i = 0; i < told.size(); ++i) {
    redeems(told[i], "P" + std::to_string(i), secrets[i % secrets.size()], "open sesame",
            "192.0.2." + std::to_string(i));
  }
  BOOST_TEST(passwords.waiting() == kMaxPasswordJobs);
  BOOST_TEST(told.back().code() == -32044);
  settles();
  for (std::size_t i = 0; i + 1 < told.size(); ++i) {
    BOOST_TEST(told[i].text() == "done");
  }
}

// --- Members -----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(who_is_kicked_stays_a_member) {
  const std::string ben = joins("Ben");
  heard.clear();
  Told<Office::Done> told;
  office->kick({ann}, workspace, ben, into(told));
  BOOST_TEST(told.text() == "done");
  BOOST_TEST(heard == Words{"kicked Ben"});
  BOOST_TEST((directory->member(workspace, ben) != nullptr));
  office->kick({ann}, workspace, "u-none", into(told));
  BOOST_TEST(told.code() == -32041);
}

BOOST_AUTO_TEST_CASE(who_is_no_member_any_more_changes_nothing) {
  const std::string ben = joins("Ben", Role::Owner);
  Told<Office::Done> told;
  office->revoke({ann}, workspace, ben, into(told));
  office->set_role({ben}, workspace, ann, Role::Viewer, into(told));
  BOOST_TEST(told.code() == -32040);
  office->leave({ben}, workspace, into(told));
  BOOST_TEST(told.code() == -32040);
  Told<connect::InviteCreate::Reply> made;
  office->create_invite({ben}, workspace, {}, into(made));
  BOOST_TEST(made.code() == -32040);
}

BOOST_AUTO_TEST_CASE(the_last_owner_is_a_conflict) {
  Told<Office::Done> told;
  office->leave({ann}, workspace, into(told));
  BOOST_TEST(told.code() == -32042);
}

BOOST_AUTO_TEST_CASE(a_new_name_is_told_once) {
  heard.clear();
  office->rename(workspace, ann, "Anna");
  office->rename(workspace, ann, "Anna");
  office->rename(workspace, ann, "\u202e");
  BOOST_TEST(heard == Words{"changed Anna"});
  settles();
  opens();
  BOOST_TEST(directory->user(workspace, ann).name == "Anna");
}

// --- Tokens ------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_token_allows_no_more_than_who_asks_for_it_may) {
  const std::string ben = joins("Ben");
  const auto role_of = [&](const Actor& actor, std::optional<Role> wanted) {
    const auto issued = office->issue_token(actor, workspace, wanted);
    return issued->token.find('.') != std::string::npos ? issued->expires_at : 0;
  };
  const std::int64_t expires = clock.wall().ms + 3'600'000;
  BOOST_TEST(role_of({ben}, std::nullopt) == expires);
  BOOST_TEST(role_of({ben, Role::Viewer}, Role::Owner) == expires);
  BOOST_TEST(!office->issue_token({"u-none"}, workspace, std::nullopt).has_value());
}

BOOST_AUTO_TEST_CASE(a_guest_with_a_token_is_a_member_who_can_be_removed) {
  Told<Office::GuestToken> made;
  office->issue_guest_token(Actor::the_operator(), workspace, "Robot", Role::Editor, 1h,
                            into(made));
  settles();
  BOOST_TEST(made->name == "Robot");
  BOOST_TEST(feed(workspace).back() == "Robot joined");
  Told<Office::Done> told;
  office->revoke(Actor::the_operator(), workspace, made->member, into(told));
  settles();
  BOOST_TEST(feed(workspace).back() == "the operator removed Robot");
}

BOOST_AUTO_TEST_CASE(a_guests_token_lasts_a_day_at_most) {
  Told<Office::GuestToken> made;
  const auto ask = [&](std::chrono::seconds lifetime) {
    office->issue_guest_token(Actor::the_operator(), workspace, "Robot", Role::Editor, lifetime,
                              into(made));
    settles();
    return made.text();
  };
  BOOST_TEST(ask(24h) == "done");
  BOOST_TEST(ask(24h + 1s).find("24 hours") != std::string::npos);
  BOOST_TEST(ask(1s) == "done");
  BOOST_TEST(ask(0s) != "done");
}

BOOST_AUTO_TEST_CASE(a_token_is_revoked_for_itself) {
  heard.clear();
  Told<Office::Done> told;
  office->revoke_token({ann}, workspace, "t-1", {clock.wall().ms + 1000}, into(told));
  BOOST_TEST(heard == Words{"token t-1 revoked"});
  BOOST_TEST(directory->is_revoked("t-1"));
  settles();
  BOOST_TEST(told.text() == "done");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
