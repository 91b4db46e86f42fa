// Who may send what: the whole of the protocol's table against a real session.

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "protocol/messages/connect/access.h"
#include "protocol/messages/connect/all.h"
#include "protocol/messages/connect/errors.h"
#include "tests/unit/server/club.h"

namespace plait::server {
namespace {

using connect::ConnectError;
using connect::Form;
using connect::Phase;
using connect::Role;

/// How far somebody has come.
enum class Stage { Connected, Greeted, LoggedIn, InWorkspace };

struct Somebody {
  std::string_view name;
  Stage stage;
  std::optional<Role> role = std::nullopt;  ///< in the workspace
};

constexpr std::array<Somebody, 9> kEverybody = {{
    {"Ann", Stage::Connected},
    {"Ann", Stage::Greeted},
    {"Ann", Stage::LoggedIn},
    {"Zoe", Stage::LoggedIn},  // a member of another workspace
    {"Rex", Stage::LoggedIn},  // a member no longer
    {"Olga", Stage::InWorkspace, Role::Owner},
    {"Ann", Stage::InWorkspace, Role::Editor},
    {"Cem", Stage::InWorkspace, Role::Commenter},
    {"Vera", Stage::InWorkspace, Role::Viewer},
}};

std::string title(const Somebody& who, std::string_view message) {
  return std::string(message) + " by " + std::string(who.name) +
         (who.role ? "" : " who is not in the workspace");
}

/// Somebody at his stage, in a club of his own, since some messages can be said once.
ConnectPerson& comes(Club& club, const Somebody& who) {
  switch (who.stage) {
    case Stage::Connected: return club.stranger(who.name);
    case Stage::Greeted: {
      ConnectPerson& person = club.stranger(who.name);
      club.get<connect::Hello>(person, {{1}, {"test", "1"}, {}, {}});
      return person;
    }
    case Stage::LoggedIn: return club.guest(who.name, "");
    case Stage::InWorkspace: break;
  }
  return club.guest(who.name);
}

/// What the table says of it: nothing, or the error.
std::optional<ConnectError> expected(const connect::Access& access, const Somebody& who) {
  if (static_cast<int>(access.phase) > static_cast<int>(who.stage))
    return ConnectError::NotReady;
  if (access.phase == Phase::InWorkspace && !access.roles.contains(*who.role)) {
    return ConnectError::Forbidden;
  }
  return std::nullopt;
}

/// A message that says something, so that it gets as far as the table lets it.
template <class M>
M something() {
  M message{};
  if constexpr (requires { message.user_id; }) message.user_id = "u-Ben";
  if constexpr (requires { message.workspace_id; }) message.workspace_id = "w";
  if constexpr (requires { message.replica_id; }) message.replica_id = "r";
  if constexpr (requires { message.document; }) message.document = "f-1";
  if constexpr (requires { message.channel; }) message.channel = 1;
  if constexpr (requires { message.id; }) message.id = "id";
  if constexpr (requires { message.text; }) message.text = "text";
  if constexpr (requires { message.emoji; }) message.emoji = "+1";
  if constexpr (requires { message.seq; }) message.seq = 1;
  if constexpr (requires { message.query; }) message.query = "word";
  if constexpr (requires { message.invite_id; }) message.invite_id = "i";
  if constexpr (requires { message.path; }) message.path = "a.txt";
  if constexpr (requires { message.token; }) message.token = "t";
  if constexpr (requires { message.length; }) message.length = 1;
  if constexpr (std::is_same_v<M, connect::Hello>) message = {{1}, {"test", "1"}, {}, {}};
  return message;
}

bool is_about_access(std::int64_t error) {
  return error == code(ConnectError::NotReady) || error == code(ConnectError::Forbidden);
}

template <class M>
void try_request(const Somebody& who) {
  Club club;
  ConnectPerson& person = comes(club, who);
  const auto outcome = club.ask<M>(person, something<M>());
  const auto* error = std::get_if<jsonrpc::RpcError>(&outcome);
  const auto refusal = expected(*connect::find_access(M::kMethod), who);
  if (refusal) {
    BOOST_TEST((error != nullptr && error->code == code(*refusal)), title(who, M::kMethod));
  } else {
    // Whatever else may be wrong with it: it is his to say.
    BOOST_TEST((error == nullptr || !is_about_access(error->code)), title(who, M::kMethod));
  }
  if (error != nullptr && error->code == code(ConnectError::Forbidden)) {
    const jsonrpc::Json* role = error->data.find("role");
    BOOST_TEST_REQUIRE((role != nullptr && role->as_string() != nullptr));
    BOOST_TEST(*role->as_string() == jsonrpc::name_of(*who.role));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(connect_access)

BOOST_AUTO_TEST_CASE(every_request_is_answered_as_the_table_says) {
  std::set<std::string_view> tried;
  connect::Requests::for_each([&]<class M>() {
    tried.insert(M::kMethod);
    for (const Somebody& who : kEverybody) try_request<M>(who);
  });
  for (const connect::Access& access : connect::access_table()) {
    if (access.form == Form::Request)
      BOOST_TEST(tried.contains(access.message), access.message);
  }
}

// A notification that nobody may say has no effect and no answer; one that he may, has.
BOOST_AUTO_TEST_CASE(every_notification_is_heard_as_the_table_says) {
  for (const Somebody& who : kEverybody) {
    Club club;
    ConnectPerson& witness = club.guest("Ben");
    ConnectPerson& person = comes(club, who);
    const auto seen = [&](auto property) {
      for (const auto& changed : witness.client.heard<connect::PresenceChanged>()) {
        for (const auto& participant : changed.participants) {
          if (participant.user.name == who.name && property(participant)) return true;
        }
      }
      return false;
    };
    const auto may = [&](std::string_view message) {
      return !expected(*connect::find_access(message), who);
    };
    connect::PresenceUpdate update;
    update.activity = connect::Activity::Idle;
    person.client.notify(update);
    club.settle();
    club.wait(std::chrono::seconds{1});
    BOOST_TEST(seen([](const auto& p) { return p.activity == connect::Activity::Idle; }) ==
                   may("presence/update"),
               title(who, "presence/update"));
    person.client.notify(connect::ChatTyping{});
    club.settle();
    club.wait(std::chrono::seconds{1});
    BOOST_TEST(seen([](const auto& p) { return p.typing_in_chat; }) == may("chat/typing"),
               title(who, "chat/typing"));
    person.client.notify(connect::DocumentDiverged{1, {}});
    club.settle();
    BOOST_TEST(person.is_here());
    BOOST_TEST(person.client.errors().empty());
  }
}

BOOST_AUTO_TEST_CASE(every_binary_message_is_taken_as_the_table_says) {
  constexpr std::string_view kNothing{"\0\0", 2};
  constexpr std::string_view kNobody{"\0", 1};
  const std::array<std::pair<std::string_view, wire::Message>, 3> messages = {{
      {"sync/step1", wire::SyncStep1{kNobody}},
      {"sync/step2", wire::SyncStep2{kNothing}},
      {"sync/update", wire::SyncUpdate{kNothing}},
  }};
  for (const Somebody& who : kEverybody) {
    for (const auto& [name, message] : messages) {
      Club club;
      ConnectPerson& person = comes(club, who);
      person.client.call<connect::DocumentOpen>({"f-1", {}});
      ByteWriter frame;
      wire::encode_frame(wire::Channel{1}, message, frame);
      club.settle();
      person.client.say(net::MessageKind::Binary, frame.view());
      club.settle();
      BOOST_TEST(person.is_here(), title(who, name));
      const auto& refusals = person.client.heard<connect::DocumentRefused>();
      const bool refused = !refusals.empty() && refusals.front().rule == "role";
      const bool too_early =
          expected(*connect::find_access(name), who) == ConnectError::NotReady;
      const bool forbidden =
          expected(*connect::find_access(name), who) == ConnectError::Forbidden;
      BOOST_TEST(refused == forbidden, title(who, name));
      if (too_early) BOOST_TEST(club.server->room_count() == 0U, title(who, name));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_method_in_another_form_does_not_exist) {
  Club club;
  ConnectPerson& ann = club.guest("Ann");
  for (const connect::Access& access : connect::access_table()) {
    if (access.form == Form::Request) continue;
    ann.client.say(net::MessageKind::Text, R"({"jsonrpc":"2.0","id":"x","method":")" +
                                               std::string(access.message) + R"("})");
  }
  club.settle();
  BOOST_TEST(ann.client.errors().size() == 7U);
  for (const auto& error : ann.client.errors()) BOOST_TEST(error.code == -32601);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
