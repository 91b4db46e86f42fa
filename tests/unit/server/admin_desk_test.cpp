#include "daemon/server/admin_desk.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/invite_link.h"
#include "protocol/base/base64.h"
#include "protocol/jsonrpc/message.h"
#include "tests/unit/server/bureau.h"

namespace plait::server {
namespace {

namespace admin = messages::admin;
namespace connect = messages::connect;
using people::Role;

/// With the operator at the desk of a server that listens at example.org:4430.
struct Story : Bureau {
  Story() {
    knows(kAddressSetting, "example.org:4430");
    workspace = ask<admin::CreateWorkspace>({"Village"}).value().workspace.id;
  }

  void knows(std::string_view name, std::string_view value) {
    office->set(name, value, [](const auto&) {});
    settles();
  }
  std::string says(std::string_view body) {
    std::string answer = "nothing";
    AdminDesk desk(*office, store);
    desk.receive(body, [&](std::string reply) { answer = std::move(reply); });
    settles();
    return answer;
  }
  /// A reply, or an error whose words refusal() gives.
  template <class M>
  std::optional<typename M::Reply> ask(const M& message) {
    const auto answer = jsonrpc::parse_message(
        says(jsonrpc::write_message(jsonrpc::Request{std::int64_t{7}, std::string(M::kMethod),
                                                     jsonrpc::write_fields(message)})),
        admin::kLimits);
    if (const auto* error = std::get_if<jsonrpc::ErrorResponse>(&answer)) {
      refusal = error->error.message;
      return std::nullopt;
    }
    const auto& response = std::get<jsonrpc::Response>(answer);
    BOOST_TEST((response.id == jsonrpc::RequestId(std::int64_t{7})));
    return jsonrpc::read_fields<typename M::Reply>(response.result).value();
  }
  template <class M>
  std::string refused(const M& message) {
    return ask(message) ? "not refused" : refusal;
  }

  admin::CreateInvite invite(std::string_view to, Role role = Role::Editor) {
    admin::CreateInvite wish;
    wish.workspace = to;
    wish.role = role;
    return wish;
  }
  /// Comes with a link.
  std::string redeems(std::string_view person, const std::string& link) {
    const auto parsed = crypto::InviteLink::parse(link).value();
    connect::InviteRedeem wish;
    wish.workspace_id = parsed.workspace;
    const auto bytes = from_base64url(parsed.secret.text()).value();
    std::copy(bytes.begin(), bytes.end(), wish.secret.data.begin());
    Told<connect::InviteRedeem::Reply> told;
    office->redeem({device(person), std::string(person), "192.0.2.1"}, wish, into(told));
    settles();
    return told.text();
  }
  std::optional<std::string> first_owner_link() {
    Told<std::optional<std::string>> told;
    AdminDesk desk(*office, store);
    desk.invite_first_owner(into(told));
    settles();
    return *told;
  }

  std::string workspace;
  std::string refusal;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(admin_desk, Story)

BOOST_AUTO_TEST_CASE(a_link_lets_people_in) {
  auto wish = invite("Village", Role::Commenter);
  wish.max_uses = 1;
  const auto made = ask(wish);
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(made->link.starts_with("plait://example.org:4430/" + workspace + "#"));
  BOOST_TEST(made->workspace_name == "Village");
  BOOST_TEST(made->invite.uses_left.value() == 1);
  BOOST_TEST(redeems("Ann", made->link) == "done");
  BOOST_TEST(redeems("Ben", made->link) != "done");
  const auto members = ask<admin::ListMembers>({"Village"});
  BOOST_TEST_REQUIRE(members->members.size() == 1U);
  BOOST_TEST(members->members[0].name == "Ann");
  BOOST_TEST((members->members[0].role == Role::Commenter));
  BOOST_TEST(members->members[0].device);
  BOOST_TEST(members->invites.empty());
}

BOOST_AUTO_TEST_CASE(a_link_pins_a_certificate_that_nobody_vouches_for) {
  const std::string fingerprint(64, 'a');
  knows(kFingerprintSetting, fingerprint);
  const auto link = crypto::InviteLink::parse(ask(invite("Village"))->link).value();
  BOOST_TEST(link.fingerprint->text() == fingerprint);
  knows(kFingerprintSetting, "");
  BOOST_TEST(!crypto::InviteLink::parse(ask(invite("Village"))->link)->fingerprint.has_value());
}

BOOST_AUTO_TEST_CASE(a_link_leads_where_the_operator_says) {
  auto wish = invite("Village");
  wish.address = "[2001:db8::1]:443";
  BOOST_TEST(ask(wish)->link.starts_with("plait://[2001:db8::1]:443/"));
  const std::size_t before = office->list_invites(workspace).invites.size();
  for (const char* bad : {"example.org", "example.org:0", "a b:1", "x:1/y", "x:1#y"}) {
    wish.address = bad;
    BOOST_TEST(refused(wish).find("no HOST:PORT") != std::string::npos);
  }
  knows(kAddressSetting, "");
  BOOST_TEST(refused(invite("Village")).find("--host") != std::string::npos);
  BOOST_TEST(office->list_invites(workspace).invites.size() == before);
}

BOOST_AUTO_TEST_CASE(a_workspace_is_named_by_its_id_or_by_a_name_of_its_own) {
  BOOST_TEST(ask<admin::ListMembers>({workspace})->workspace.name == "Village");
  BOOST_TEST(refused<admin::ListMembers>({"Town"}).find("`workspaces`") != std::string::npos);
  const auto second = ask<admin::CreateWorkspace>({"Village"});
  BOOST_TEST(second->workspace.id != workspace);
  BOOST_TEST(refused<admin::ListMembers>({"Village"}).find(workspace) != std::string::npos);
  BOOST_TEST(ask<admin::ListWorkspaces>({})->workspaces.size() == 2U);
}

BOOST_AUTO_TEST_CASE(members_requests_and_invites_are_revoked_in_one_way) {
  redeems("Ann", ask(invite("Village", Role::Owner))->link);
  redeems("Ben", ask(invite("Village"))->link);
  auto asking = invite("Village");
  asking.approval = true;
  const auto open = ask(asking);
  redeems("Cem", open->link);

  BOOST_TEST((ask<admin::Revoke>({"Village", "Ben"})->what == admin::Revoked::Member));
  BOOST_TEST((ask<admin::Revoke>({"Village", "Cem"})->what == admin::Revoked::Request));
  const auto invite_gone = ask<admin::Revoke>({"Village", open->invite.id});
  BOOST_TEST((invite_gone->what == admin::Revoked::Invite));
  BOOST_TEST(redeems("Dan", open->link) != "done");
  BOOST_TEST(refused<admin::Revoke>({"Village", "Ben"}).find("`members`") != std::string::npos);
  BOOST_TEST(refused<admin::Revoke>({"Village", "Ann"}).find("keeps an owner") !=
             std::string::npos);
  BOOST_TEST(ask<admin::ListMembers>({"Village"})->members.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_token_belongs_to_a_guest_of_that_name) {
  admin::IssueToken wish;
  wish.workspace = "Village";
  wish.role = Role::Viewer;
  const auto first = ask(wish);
  BOOST_TEST(first->name == "Guest viewer");
  BOOST_TEST(first->workspace_id == workspace);
  BOOST_TEST(first->expires_at == clock.wall().ms + std::int64_t{24} * 3'600'000);
  const auto again = ask(wish);
  BOOST_TEST(again->member == first->member);
  BOOST_TEST(again->token != first->token);
  wish.name = "Robot";
  wish.expires_in_seconds = 60;
  BOOST_TEST(ask(wish)->member != first->member);
  const auto members = ask<admin::ListMembers>({"Village"})->members;
  BOOST_TEST_REQUIRE(members.size() == 2U);
  BOOST_TEST(!members[0].device);
  wish.expires_in_seconds = 24 * 3600 + 1;
  BOOST_TEST(refused(wish) == "params.expiresInSeconds: expected 1 to 86400");
}

BOOST_AUTO_TEST_CASE(the_store_is_asked_how_it_is) {
  const auto stats = ask<admin::Stats>({});
  BOOST_TEST(stats->workspaces == 1);
  BOOST_TEST(stats->file_bytes > 0);
  const auto report = ask<admin::Verify>({});
  BOOST_TEST(report->findings.empty());
  BOOST_TEST(refused<admin::Backup>({"here.db"}).find("from the root") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_no_request_is_answered_or_passed_over) {
  BOOST_TEST(says("noise").find("-32700") != std::string::npos);
  BOOST_TEST(says(R"({"jsonrpc":"2.0","id":1,"method":"admin/other"})").find("-32601") !=
             std::string::npos);
  BOOST_TEST(says(R"({"jsonrpc":"2.0","id":1,"method":"admin/createInvite","params":{}})")
                 .find("params.workspace: missing") != std::string::npos);
  BOOST_TEST(says(R"({"jsonrpc":"2.0","method":"admin/stats"})") == "nothing");
  BOOST_TEST(says(R"({"jsonrpc":"2.0","id":1,"result":{}})") == "nothing");
}

// --- The first owner ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_new_server_invites_its_first_owner) {
  store::Directory empty;
  directory.emplace(empty, limits, random);
  knows(kAddressSetting, "example.org:4430");
  const auto link = first_owner_link();
  BOOST_TEST_REQUIRE(link.has_value());
  const auto again = first_owner_link();
  BOOST_TEST_REQUIRE(again.has_value());
  BOOST_TEST(redeems("Eve", *link) != "done");  // whoever read an old log
  BOOST_TEST(redeems("Ann", *again) == "done");
  BOOST_TEST(redeems("Eve", *again) != "done");
  const auto members = ask<admin::ListMembers>({"Workspace"})->members;
  BOOST_TEST_REQUIRE(members.size() == 1U);
  BOOST_TEST((members[0].role == Role::Owner));
  BOOST_TEST(!first_owner_link().has_value());
}

BOOST_AUTO_TEST_CASE(a_guest_with_a_token_is_no_first_owner) {
  store::Directory empty;
  directory.emplace(empty, limits, random);
  knows(kAddressSetting, "example.org:4430");
  BOOST_TEST(first_owner_link().has_value());
  admin::IssueToken wish;
  wish.workspace = "Workspace";
  BOOST_TEST(ask(wish).has_value());
  BOOST_TEST(first_owner_link().has_value());
}

BOOST_AUTO_TEST_CASE(whoever_makes_workspaces_himself_is_not_invited) {
  BOOST_TEST(!first_owner_link().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
