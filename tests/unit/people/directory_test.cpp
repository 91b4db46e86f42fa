#include "daemon/people/directory.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/byte_array.h"
#include "daemon/crypto/digest.h"
#include "tests/unit/people/village.h"

namespace plait::people {
namespace {

const std::string kRefused = "this invite lets nobody in";
const std::string kKeepsOwner = "a workspace keeps an owner: make somebody else one before";

/// With Ann, who owns the workspace.
struct Story : Village {
  Story() { ann = joins("Ann", Role::Owner); }

  std::string sets_role(const std::string& id, Role role) {
    return keep(directory->set_role(workspace, id, role));
  }
  std::string revokes(const std::string& id) { return keep(directory->revoke(workspace, id)); }
  std::string leaves(const std::string& id) { return keep(directory->leave(workspace, id)); }
  std::string approves(const std::string& id, bool approved = true) {
    return keep(directory->approve(workspace, id, approved, now));
  }
  Link asking_invite(Role role = Role::Editor) {
    return invite(role, {.needs_approval = true});
  }
  std::optional<std::int64_t> uses_left(const Link& link) {
    for (const auto* one : directory->invites(workspace, now)) {
      if (one->id == link.invite) return directory->shown(*one).uses_left;
    }
    return std::nullopt;
  }

  std::string ann;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(directory, Story)

// --- Invites -----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(whoever_has_a_link_becomes_a_member_in_its_role) {
  BOOST_TEST(redeems("Ben", invite(Role::Commenter)) == "member");
  BOOST_TEST(shows("Ben") == "Ben commenter");
  restarts();
  BOOST_TEST(everybody() == "Ann owner, Ben commenter");
  const auto workspaces = directory->workspaces_with(device("Ben"));
  BOOST_TEST_REQUIRE(workspaces.size() == 1U);
  BOOST_TEST(workspaces[0].name == "Village");
  BOOST_TEST((workspaces[0].role == Role::Commenter));
}

BOOST_AUTO_TEST_CASE(a_link_is_good_for_so_many) {
  const Link link = invite(Role::Editor, {.uses = 2});
  BOOST_TEST(redeems("Ben", link) == "member");
  BOOST_TEST(uses_left(link).value() == 1);
  BOOST_TEST(redeems("Cem", link) == "member");
  BOOST_TEST(redeems("Dan", link) == kRefused);
  restarts();
  BOOST_TEST(redeems("Dan", link) == kRefused);
}

BOOST_AUTO_TEST_CASE(a_link_without_a_number_is_good_for_everybody) {
  const Link link = invite(Role::Viewer);
  for (int i = 0; i < 50; ++i) BOOST_TEST(redeems("P" + std::to_string(i), link) == "member");
  BOOST_TEST(!uses_left(link).has_value());
}

BOOST_AUTO_TEST_CASE(redeeming_again_says_the_same_and_takes_no_use) {
  const Link link = invite(Role::Editor, {.uses = 1});
  BOOST_TEST(redeems("Ben", link) == "member");
  BOOST_TEST(redeems("Ben", link) == "member");
  restarts();
  BOOST_TEST(redeems("Ben", link) == "member");
  const Link asking = invite(Role::Editor, {.uses = 1, .needs_approval = true});
  BOOST_TEST(redeems("Cem", asking) == "waiting");
  BOOST_TEST(redeems("Cem", asking) == "waiting");
  BOOST_TEST(redeems("Dan", asking) == kRefused);
}

BOOST_AUTO_TEST_CASE(a_link_ends_with_its_time) {
  const Link link = invite(Role::Editor);
  passes(3599);
  BOOST_TEST(redeems("Ben", link) == "member");
  passes(1);
  BOOST_TEST(redeems("Cem", link) == kRefused);
}

BOOST_AUTO_TEST_CASE(whatever_is_wrong_with_a_link_is_said_in_one_way) {
  const Link link = invite(Role::Editor);
  Link wrong = link;
  wrong.secret.data[0] ^= 1;
  BOOST_TEST(redeems("Ben", wrong) == kRefused);
  BOOST_TEST((directory->find_invite("w-other", link.secret, now) == nullptr));
  store(*directory->revoke_invite(workspace, link.invite));
  BOOST_TEST(redeems("Ben", link) == kRefused);
  restarts();
  BOOST_TEST(redeems("Ben", link) == kRefused);
  BOOST_TEST(directory->revoke_invite(workspace, "i-none").refusal().message ==
             "there is no such invite");
}

BOOST_AUTO_TEST_CASE(a_secret_is_stored_as_its_hash) {
  auto made = directory->create_invite(
      {.workspace = workspace, .role = Role::Editor, .expires = {now.ms + 1000}}, now);
  const auto& record = std::get<store::InviteRecord>(made->records.back());
  BOOST_TEST((record.secret_hash == crypto::sha256(crypto::view_of(made->secret.data))));
}

BOOST_AUTO_TEST_CASE(invites_that_are_over_are_forgotten_when_new_ones_are_made) {
  const Link link = invite(Role::Editor);
  passes(3600);
  auto made = directory->create_invite(
      {.workspace = workspace, .role = Role::Editor, .expires = {now.ms + 1000}}, now);
  const auto& gone = std::get<store::InviteGone>(made->records.front());
  BOOST_TEST(made->records.size() == 3U);  // Ann's own is over as well
  BOOST_TEST((gone.id == link.invite ||
              std::get<store::InviteGone>(made->records[1]).id == link.invite));
}

BOOST_AUTO_TEST_CASE(a_workspace_has_1000_invites_at_most) {
  const std::size_t there = directory->invites(workspace, now).size();
  for (std::size_t i = there; i < messages::connect::kMaxInvites; ++i) invite(Role::Viewer);
  const Directory::NewInvite one_more{
      .workspace = workspace, .role = Role::Viewer, .expires = {now.ms + 10'000'000}};
  BOOST_TEST(!directory->create_invite(one_more, now).has_value());
  passes(3600);
  BOOST_TEST(directory->create_invite(one_more, now).has_value());
}

// --- Waiting for an owner ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_owner_lets_in_who_waits) {
  BOOST_TEST(redeems("Ben", asking_invite(Role::Commenter)) == "waiting");
  BOOST_TEST(shows("Ben").empty());
  restarts();
  BOOST_TEST(directory->roster(workspace, /*and_waiting=*/true).size() == 2U);
  BOOST_TEST(directory->roster(workspace, /*and_waiting=*/false).size() == 1U);
  BOOST_TEST(approves(id("Ben")) == "done");
  BOOST_TEST(shows("Ben") == "Ben commenter");
  BOOST_TEST(approves(id("Ben")) == "nothing");
  restarts();
  BOOST_TEST(shows("Ben") == "Ben commenter");
  BOOST_TEST(directory->waiting(workspace).empty());
}

BOOST_AUTO_TEST_CASE(an_owner_turns_away_who_waits) {
  const Link link = invite(Role::Editor, {.uses = 1, .needs_approval = true});
  BOOST_TEST(redeems("Ben", link) == "waiting");
  const std::string ben = id("Ben");
  BOOST_TEST(approves(ben, false) == "done");
  BOOST_TEST(approves(ben, false) == "nothing");
  BOOST_TEST(approves(ben) == "there is no such user who waits");
  BOOST_TEST(shows("Ben").empty());
  BOOST_TEST(redeems("Ben", link) == kRefused);  // his use is gone
}

BOOST_AUTO_TEST_CASE(who_waits_is_let_in_though_his_invite_is_over) {
  const Link link = asking_invite(Role::Commenter);
  redeems("Ben", link);
  store(*directory->revoke_invite(workspace, link.invite));
  passes(100'000);
  invite(Role::Viewer);  // which drops those that are over
  restarts();
  BOOST_TEST(approves(id("Ben")) == "done");
  BOOST_TEST(shows("Ben") == "Ben commenter");
}

BOOST_AUTO_TEST_CASE(a_member_is_not_turned_away) {
  const std::string ben = joins("Ben");
  BOOST_TEST(approves(ben, false) == "that user is a member already");
}

// --- Members -----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_role_changes_and_stays) {
  const std::string ben = joins("Ben");
  BOOST_TEST(sets_role(ben, Role::Viewer) == "done");
  BOOST_TEST(sets_role(ben, Role::Viewer) == "nothing");
  restarts();
  BOOST_TEST(shows("Ben") == "Ben viewer");
  BOOST_TEST(sets_role("u-none", Role::Viewer) == "there is no such user");
}

BOOST_AUTO_TEST_CASE(the_last_owner_stays_one) {
  const std::string ben = joins("Ben");
  BOOST_TEST(sets_role(ann, Role::Editor) == kKeepsOwner);
  BOOST_TEST(revokes(ann) == kKeepsOwner);
  BOOST_TEST(leaves(ann) == kKeepsOwner);
  BOOST_TEST(sets_role(ann, Role::Owner) == "nothing");
  BOOST_TEST(sets_role(ben, Role::Owner) == "done");
  BOOST_TEST(leaves(ann) == "done");
  BOOST_TEST(leaves(ben) == kKeepsOwner);
  BOOST_TEST(everybody() == "Ben owner");
}

BOOST_AUTO_TEST_CASE(an_owner_with_tokens_only_does_not_count_as_the_last) {
  auto guest = directory->guest(workspace, "Robot", Role::Owner, now);
  store(guest->records);
  BOOST_TEST(leaves(ann) == kKeepsOwner);
  BOOST_TEST(revokes(guest->id) == "done");
}

BOOST_AUTO_TEST_CASE(ownership_goes_to_somebody_else_in_one_step) {
  const std::string ben = joins("Ben");
  BOOST_TEST(keep(directory->transfer(workspace, ann, ben)) == "done");
  restarts();
  BOOST_TEST(everybody() == "Ann editor, Ben owner");
  BOOST_TEST(keep(directory->transfer(workspace, ben, ben)) ==
             "ownership goes to somebody else");
  BOOST_TEST(keep(directory->transfer(workspace, ben, "u-none")) == "there is no such user");
  auto guest = directory->guest(workspace, "Robot", Role::Editor, now);
  BOOST_TEST(keep(directory->transfer(workspace, ben, guest->id)).find("tokens only") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(who_was_removed_comes_back_through_an_owner_alone) {
  const std::string ben = joins("Ben");
  BOOST_TEST(revokes(ben) == "done");
  BOOST_TEST(revokes(ben) == "nothing");
  BOOST_TEST((directory->member(workspace, ben) == nullptr));
  BOOST_TEST(directory->workspaces_with(device("Ben")).empty());
  restarts();
  BOOST_TEST(redeems("Ben", invite(Role::Viewer)) == "waiting");
  restarts();
  BOOST_TEST(redeems("Ben", invite(Role::Viewer)) == "waiting");
  BOOST_TEST(approves(ben) == "done");
  BOOST_TEST(shows("Ben") == "Ben viewer");
  BOOST_TEST(id("Ben") == ben);  // history is his again
}

BOOST_AUTO_TEST_CASE(who_left_comes_back_as_somebody_new) {
  const std::string ben = joins("Ben");
  BOOST_TEST(leaves(ben) == "done");
  BOOST_TEST(leaves(ben) == "there is no such user");
  restarts();
  BOOST_TEST(redeems("Ben", invite(Role::Viewer)) == "member");
  BOOST_TEST(id("Ben") != ben);
  BOOST_TEST(shows("Ben") == "Ben 2 viewer");  // the first one's words are in the history
  BOOST_TEST(directory->user(workspace, ben).name == "Ben");
}

BOOST_AUTO_TEST_CASE(a_workspace_has_only_so_many_members) {
  limits.members = 3;
  restarts();
  joins("Ben");
  BOOST_TEST(redeems("Cem", invite(Role::Viewer)) == "member");
  const Link link = invite(Role::Viewer, {.uses = 1});
  BOOST_TEST(redeems("Dan", link) == "there may be 3 members");
  BOOST_TEST(uses_left(link).value() == 1);
  BOOST_TEST(!directory->guest(workspace, "Robot", Role::Viewer, now).has_value());
  BOOST_TEST(redeems("Eve", asking_invite()) == "waiting");
  BOOST_TEST(approves(id("Eve")) == "there may be 3 members");
  BOOST_TEST(leaves(id("Ben")) == "done");
  BOOST_TEST(approves(id("Eve")) == "done");
}

BOOST_AUTO_TEST_CASE(only_so_many_wait) {
  limits.members = 2;
  restarts();
  const Link link = asking_invite();
  BOOST_TEST(redeems("Ben", link) == "waiting");
  BOOST_TEST(redeems("Cem", link) == "waiting");
  BOOST_TEST(redeems("Dan", link) == "there may be 2 waiting members");
}

// --- Names -------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_name_that_looks_taken_gets_a_number) {
  const Link link = invite(Role::Viewer);
  auto first = directory->join(workspace, link.invite, device("1"), "ann", now);
  BOOST_TEST(directory->user(workspace, first->id).name == "ann 2");
  auto second = directory->join(workspace, link.invite, device("2"), "Аnn", now);  // Cyrillic
  BOOST_TEST(directory->user(workspace, second->id).name == "Аnn 3");
}

BOOST_AUTO_TEST_CASE(a_bad_name_becomes_a_friendly_one) {
  const Link link = invite(Role::Viewer);
  auto nameless = directory->join(workspace, link.invite, device("1"), "", now);
  auto hidden = directory->join(workspace, link.invite, device("2"), "A\u202enn", now);
  for (const auto& id : {nameless->id, hidden->id}) {
    const std::string name = directory->user(workspace, id).name;
    BOOST_TEST(!name.empty());
    BOOST_TEST(name.find('A') != 0U);
  }
}

BOOST_AUTO_TEST_CASE(somebody_changes_his_name_and_frees_the_old_one) {
  const std::string ben = joins("Ben");
  BOOST_TEST(keep(directory->rename(workspace, ben, "Benjamin")) == "done");
  BOOST_TEST(keep(directory->rename(workspace, ben, " Benjamin ")) == "nothing");
  BOOST_TEST(shows("Ben") == "Benjamin editor");
  joins("ben");
  BOOST_TEST(shows("ben") == "ben editor");
  BOOST_TEST(keep(directory->rename(workspace, ben, "\u202e")) ==
             "a name holds a character that nobody sees");
}

BOOST_AUTO_TEST_CASE(who_asks_for_a_taken_name_again_keeps_what_he_got) {
  joins("Ben");
  const Link link = invite(Role::Viewer);
  auto second = directory->join(workspace, link.invite, device("other"), "Ben", now);
  BOOST_TEST(keep(directory->rename(workspace, second->id, "Ben")) == "nothing");
  BOOST_TEST(directory->user(workspace, second->id).name == "Ben 2");
}

BOOST_AUTO_TEST_CASE(a_device_is_the_same_user_everywhere) {
  const User before = directory->user_with(device("Ben"), "Ben");
  BOOST_TEST(before.name == "Ben");
  BOOST_TEST(joins("Ben") == before.id);
  const User after = directory->user_with(device("Ben"), "Somebody");
  BOOST_TEST(after.id == before.id);
  BOOST_TEST(after.name == "Ben");
  auto second = directory->create_workspace("Second", now);
  workspace = second->id;
  BOOST_TEST(joins("Ben") == before.id);
}

// --- Guests and tokens -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_guest_is_found_again_by_his_name) {
  auto first = directory->guest(workspace, "Robot", Role::Editor, now);
  store(first->records);
  BOOST_TEST(first->is_new);
  restarts();
  auto again = directory->guest(workspace, "Robot", Role::Viewer, now);
  BOOST_TEST(!again->is_new);
  BOOST_TEST(again->id == first->id);
  BOOST_TEST(everybody() == "Ann owner, Robot viewer");
}

BOOST_AUTO_TEST_CASE(a_guest_is_nobody_else) {
  auto ann_too = directory->guest(workspace, "Ann", Role::Editor, now);
  BOOST_TEST(directory->user(workspace, ann_too->id).name == "Ann 2");
  BOOST_TEST(directory->guest(workspace, "Ann", Role::Editor, now)->id == ann_too->id);
  BOOST_TEST(revokes(ann_too->id) == "done");
  auto third = directory->guest(workspace, "Ann", Role::Editor, now);
  BOOST_TEST(third->is_new);  // or tokens of the one who was removed would be good again
  BOOST_TEST(directory->user(workspace, third->id).name == "Ann 3");
}

BOOST_AUTO_TEST_CASE(a_revoked_token_is_remembered_until_it_would_expire) {
  store(directory->revoke_token("t-1", {now.ms + 1000}, now));
  restarts();
  BOOST_TEST(directory->is_revoked("t-1"));
  BOOST_TEST(!directory->is_revoked("t-2"));
  passes(1);
  directory->revoke_token("t-2", {now.ms + 1000}, now);
  BOOST_TEST(!directory->is_revoked("t-1"));
}

// --- The rest ----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(workspaces_know_nothing_of_each_other) {
  auto second = directory->create_workspace("Second", now);
  BOOST_TEST((directory->member(second->id, ann) == nullptr));
  BOOST_TEST(!directory->set_role(second->id, ann, Role::Viewer).has_value());
  BOOST_TEST(directory->members(second->id).empty());
  BOOST_TEST(!directory->set_role("w-none", ann, Role::Viewer).has_value());
}

BOOST_AUTO_TEST_CASE(there_are_1000_workspaces_at_most) {
  for (std::size_t i = 1; i < messages::connect::kMaxWorkspaces; ++i) {
    BOOST_TEST_REQUIRE(directory->create_workspace("W", now).has_value());
  }
  BOOST_TEST(!directory->create_workspace("W", now).has_value());
}

BOOST_AUTO_TEST_CASE(a_workspace_has_a_name_that_can_be_read) {
  BOOST_TEST(!directory->create_workspace("", now).has_value());
  BOOST_TEST(!directory->create_workspace("a\nb", now).has_value());
  BOOST_TEST(directory->workspace(directory->create_workspace(" a  b ", now)->id)->name ==
             "a b");
}

BOOST_AUTO_TEST_CASE(settings_are_kept) {
  store(directory->set("address", "example.org:1"));
  restarts();
  BOOST_TEST(directory->setting("address").value() == "example.org:1");
  BOOST_TEST(!directory->setting("other").has_value());
}

BOOST_AUTO_TEST_CASE(a_lost_commit_is_healed_by_doing_it_again) {
  // What is not store()d is lost.
  const std::string ben = joins("Ben");
  BOOST_TEST(directory->set_role(workspace, ben, Role::Viewer).has_value());
  BOOST_TEST(sets_role(ben, Role::Viewer) == "nothing");
  restarts();
  BOOST_TEST(shows("Ben") == "Ben viewer");

  BOOST_TEST(directory->revoke(workspace, ben).has_value());
  BOOST_TEST(revokes(ben) == "nothing");
  restarts();
  BOOST_TEST(shows("Ben").empty());

  const Link link = invite(Role::Viewer);
  BOOST_TEST(directory->join(workspace, link.invite, device("Cem"), "Cem", now).has_value());
  BOOST_TEST(redeems("Cem", link) == "member");
  restarts();
  BOOST_TEST(shows("Cem") == "Cem viewer");
}

BOOST_AUTO_TEST_CASE(unknown_people_have_a_name_all_the_same) {
  const User nobody = directory->user(workspace, "u-none");
  BOOST_TEST(nobody.name == "u-none");
  BOOST_TEST(!nobody.color.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::people
