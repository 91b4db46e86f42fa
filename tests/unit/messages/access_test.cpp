#include "protocol/messages/connect/access.h"

#include <set>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "protocol/messages/connect/all.h"
#include "tests/support/vectors.h"

namespace plait::messages::connect {
namespace {

std::string_view name_of_form(Form form) {
  switch (form) {
    case Form::Request: return "request";
    case Form::Notification: return "notification";
    case Form::Binary: return "binary";
  }
  return {};
}

std::string_view name_of_phase(Phase phase) {
  switch (phase) {
    case Phase::Connected: return "connected";
    case Phase::Greeted: return "greeted";
    case Phase::LoggedIn: return "logged in";
    case Phase::InWorkspace: return "in a workspace";
  }
  return {};
}

/// The row of docs/protocol.md for an entry.
std::string row_of(const Access& access) {
  std::string row = "| `" + std::string(access.message) + "` | ";
  row.append(name_of_form(access.form)).append(" | ").append(name_of_phase(access.phase));
  for (const auto& [role, name] : kRoles) {
    const bool allowed = access.phase != Phase::InWorkspace || access.roles.contains(role);
    row += allowed ? " | yes" : " | –";
  }
  return row + " |";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(access)

BOOST_AUTO_TEST_CASE(the_page_has_the_table_that_the_server_uses) {
  const std::string page = support::read_repository_file("docs/protocol.md");
  for (const Access& one : access_table()) {
    BOOST_TEST(page.find(row_of(one)) != std::string::npos, row_of(one));
  }
}

BOOST_AUTO_TEST_CASE(every_message_to_the_server_is_in_the_table_once) {
  std::set<std::string_view> seen;
  for (const Access& one : access_table()) BOOST_TEST(seen.insert(one.message).second);

  std::size_t described = 0;
  const auto expect = [&](std::string_view method, Form form) {
    const Access* found = find_access(method);
    BOOST_TEST_REQUIRE((found != nullptr), method);
    BOOST_TEST((found->form == form), method);
    ++described;
  };
  Requests::for_each([&]<class M>() { expect(M::kMethod, Form::Request); });
  ClientNotifications::for_each([&]<class M>() { expect(M::kMethod, Form::Notification); });
  for (const Access& one : access_table()) described += one.form == Form::Binary ? 1 : 0;
  BOOST_TEST(described == access_table().size());
}

BOOST_AUTO_TEST_CASE(what_the_server_says_is_not_for_clients_to_say) {
  ServerNotifications::for_each(
      [&]<class M>() { BOOST_TEST((find_access(M::kMethod) == nullptr)); });
  BOOST_TEST((find_access("") == nullptr));
}

BOOST_AUTO_TEST_CASE(roles_matter_in_a_workspace_and_an_owner_may_do_everything) {
  for (const Access& one : access_table()) {
    BOOST_TEST(one.roles.contains(Role::Owner) == (one.phase == Phase::InWorkspace));
  }
}

BOOST_AUTO_TEST_CASE(only_writers_change_documents) {
  for (const char* message : {"sync/step2", "sync/update", "blob/chunk", "client/lease"}) {
    const RoleSet roles = find_access(message)->roles;
    BOOST_TEST(roles.contains(Role::Editor));
    BOOST_TEST(!roles.contains(Role::Commenter));
    BOOST_TEST(!roles.contains(Role::Viewer));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::messages::connect
