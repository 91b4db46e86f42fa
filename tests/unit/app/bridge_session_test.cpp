#include "daemon/app/bridge_session.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace plait::app {
namespace {

using Bodies = std::vector<std::string>;

const std::string kInitialize =
    R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":1}})";
const std::string kWelcome =
    R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1,"positionEncoding":"utf-8"}})";

std::string request(int id, const std::string& method, const std::string& params = "{}") {
  return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" + method +
         R"(","params":)" + params + "}";
}
std::string notification(const std::string& method, const std::string& params = "{}") {
  return R"({"jsonrpc":"2.0","method":")" + method + R"(","params":)" + params + "}";
}
std::string response(const std::string& id, const std::string& result = "{}") {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":)" + result + "}";
}
std::string failure(const std::string& id) {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"error":{"code":-32011,"message":"none"}})";
}

/// An editor and a daemon, and what lies between them.
struct Talk {
  /// What reaches the daemon.
  Bodies editor_says(const std::string& body) {
    const auto out = session.from_editor(body).value();
    BOOST_TEST(out.to_editor.empty());
    return out.to_daemon;
  }
  /// What reaches the editor.
  Bodies daemon_says(const std::string& body) {
    const auto out = session.from_daemon(body).value();
    BOOST_TEST(out.to_daemon.empty());
    return out.to_editor;
  }
  void begin() {
    editor_says(kInitialize);
    daemon_says(kWelcome);
  }
  void open_workspace() {
    editor_says(request(2, "workspace/open", R"({"folder":"file:///w"})"));
    daemon_says(response("2", R"({"workspace":{"id":"w1","folder":"file:///w"}})"));
  }
  void open_document() {
    editor_says(request(3, "document/open", R"({"uri":"file:///w/a","text":""})"));
    daemon_says(response("3", R"({"epoch":4,"readOnly":false})"));
  }

  BridgeSession session;
};

const std::string kReopen =
    R"({"jsonrpc":"2.0","id":"plait editor w1","method":"workspace/open","params":{"folder":"file:///w"}})";
const std::string kStale =
    R"({"jsonrpc":"2.0","method":"document/stale","params":{"uri":"file:///w/a","epoch":4,"reason":"restarted"}})";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(bridge_session, Talk)

BOOST_AUTO_TEST_CASE(everything_passes_as_it_is) {
  for (const std::string& body :
       {kInitialize, notification("document/edit", R"({"x": 1 })"), std::string("{nope"),
        std::string(), std::string(R"({"jsonrpc":"2.0","id":9,"method":"x","params":[1]})")}) {
    BOOST_TEST(editor_says(body) == Bodies{body}, boost::test_tools::per_element());
  }
  for (const std::string& body :
       {kWelcome, notification("document/apply"), response("77"), std::string("{nope")}) {
    BOOST_TEST(daemon_says(body) == Bodies{body}, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(what_the_daemon_took_with_it_is_answered) {
  begin();
  editor_says(request(5, "chat/send"));
  editor_says(request(6, "chat/history"));
  daemon_says(response("5"));
  const auto out = session.daemon_went();
  BOOST_TEST_REQUIRE(out.to_editor.size() == 1U);
  BOOST_TEST(out.to_editor[0].find(R"("id":6)") != std::string::npos);
  BOOST_TEST(out.to_editor[0].find("-32003") != std::string::npos);
  BOOST_TEST(!session.is_waiting());
}

BOOST_AUTO_TEST_CASE(the_next_daemon_hears_of_the_editor_and_the_editor_of_nothing) {
  begin();
  session.daemon_went();
  BOOST_TEST(session.daemon_came().to_daemon == Bodies{kInitialize},
             boost::test_tools::per_element());
  BOOST_TEST(!session.is_ready());
  BOOST_TEST(daemon_says(notification("workspace/changed")).size() == 1U);
  BOOST_TEST(daemon_says(kWelcome).empty());
  BOOST_TEST(session.is_ready());
}

BOOST_AUTO_TEST_CASE(before_initialize_there_is_nothing_to_tell) {
  BOOST_TEST(session.daemon_came().to_daemon.empty());
  session.daemon_went();
  BOOST_TEST(session.daemon_came().to_daemon.empty());
  BOOST_TEST(session.is_ready());
}

BOOST_AUTO_TEST_CASE(an_initialize_without_an_answer_is_answered_by_the_next_daemon) {
  editor_says(kInitialize);
  BOOST_TEST(session.daemon_went().to_editor.empty());
  BOOST_TEST(session.daemon_came().to_daemon == Bodies{kInitialize},
             boost::test_tools::per_element());
  BOOST_TEST(daemon_says(kWelcome) == Bodies{kWelcome}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(workspaces_are_opened_again_and_then_documents_are_stale) {
  begin();
  open_workspace();
  open_document();
  session.daemon_went();
  BOOST_TEST(session.daemon_came().to_daemon == (Bodies{kInitialize, kReopen}),
             boost::test_tools::per_element());
  BOOST_TEST(daemon_says(kWelcome).empty());
  BOOST_TEST(daemon_says(response(R"("plait editor w1")", R"({"workspace":{"id":"w1"}})")) ==
                 Bodies{kStale},
             boost::test_tools::per_element());
  BOOST_TEST(session.is_ready());
}

BOOST_AUTO_TEST_CASE(what_was_left_or_closed_is_not_opened_again) {
  begin();
  open_workspace();
  open_document();
  editor_says(notification("document/close", R"({"uri":"file:///w/a"})"));
  editor_says(request(8, "workspace/leave", R"({"workspaceId":"w1"})"));
  daemon_says(response("8"));
  session.daemon_went();
  BOOST_TEST(session.daemon_came().to_daemon == Bodies{kInitialize},
             boost::test_tools::per_element());
  BOOST_TEST(daemon_says(kWelcome).empty());
}

BOOST_AUTO_TEST_CASE(a_workspace_that_cannot_be_opened_again_is_forgotten) {
  begin();
  open_workspace();
  session.daemon_went();
  session.daemon_came();
  daemon_says(kWelcome);
  BOOST_TEST(daemon_says(failure(R"("plait editor w1")")).empty());
  session.daemon_went();
  BOOST_TEST(session.daemon_came().to_daemon.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_daemon_may_go_while_it_is_being_told) {
  begin();
  open_workspace();
  session.daemon_went();
  session.daemon_came();
  daemon_says(kWelcome);
  BOOST_TEST(session.daemon_went().to_editor.empty());
  BOOST_TEST(session.daemon_came().to_daemon.size() == 2U);
  BOOST_TEST(!session.is_ready());
}

BOOST_AUTO_TEST_CASE(a_daemon_that_counts_in_other_units_is_not_gone_on_with) {
  begin();
  session.daemon_went();
  session.daemon_came();
  const auto other = session.from_daemon(
      response("1", R"({"protocolVersion":1,"positionEncoding":"utf-16"})"));
  BOOST_TEST((other.error().code == ErrorCode::Unsupported));
  session.daemon_went();
  session.daemon_came();
  BOOST_TEST((session.from_daemon(failure("1")).error().code == ErrorCode::Unsupported));
}

BOOST_AUTO_TEST_CASE(an_initialize_that_was_refused_is_not_said_again) {
  editor_says(kInitialize);
  daemon_says(failure("1"));
  session.daemon_went();
  BOOST_TEST(session.daemon_came().to_daemon.empty());
}

BOOST_AUTO_TEST_CASE(the_end_is_as_in_lsp) {
  begin();
  BOOST_TEST(!session.is_ending());
  BOOST_TEST(session.exit_code() == 1);
  editor_says(request(7, "shutdown"));
  BOOST_TEST(session.is_ending());
  BOOST_TEST(
      session.daemon_went().to_editor == Bodies{R"({"jsonrpc":"2.0","id":7,"result":null})"},
      boost::test_tools::per_element());
  BOOST_TEST(!session.has_exited());
  editor_says(notification("exit"));
  BOOST_TEST(session.has_exited());
  BOOST_TEST(session.exit_code() == 0);
}

BOOST_AUTO_TEST_CASE(only_so_many_requests_may_wait) {
  for (std::size_t i = 0; i < kMaxRequestsInFlight; ++i) {
    editor_says(request(static_cast<int>(i), "chat/history"));
  }
  BOOST_TEST((session.from_editor(request(-1, "chat/history")).error().code ==
              ErrorCode::LimitExceeded));
  daemon_says(response("0"));
  BOOST_TEST(session.from_editor(request(-1, "chat/history")).has_value());
}

BOOST_AUTO_TEST_CASE(a_new_daemon_is_told_where_the_user_is_and_whom_they_follow) {
  begin();
  open_workspace();
  const std::string first = notification("presence/update", R"({"selections":[]})");
  const std::string last = notification("presence/update", R"({"uri":"file:///w/a"})");
  editor_says(first);
  editor_says(last);
  editor_says(request(5, "follow/start", R"({"workspaceId":"w1","participantId":"p2"})"));
  daemon_says(response("5"));
  const std::string follow = R"({"jsonrpc":"2.0","id":"plait editor ","method":"follow/start",)"
                             R"("params":{"workspaceId":"w1","participantId":"p2"}})";
  const auto restart = [&] {
    session.daemon_went();
    session.daemon_came();
    daemon_says(kWelcome);
    return session.from_daemon(response(R"("plait editor w1")")).value().to_daemon;
  };
  BOOST_TEST((restart() == Bodies{last, follow}), "in this order");
  BOOST_TEST(!session.is_ready());
  BOOST_TEST(daemon_says(response(R"("plait editor ")")).empty());
  BOOST_TEST(session.is_ready());

  // Whom the new daemon does not know is not followed any more, and the editor hears of it.
  restart();
  const Bodies heard = daemon_says(failure(R"("plait editor ")"));
  BOOST_TEST_REQUIRE(heard.size() == 1U);
  BOOST_TEST(heard[0].find("follow/stopped") != std::string::npos);
  BOOST_TEST((restart() == Bodies{last}));

  editor_says(request(6, "follow/start", R"({"workspaceId":"w1","participantId":"p3"})"));
  daemon_says(response("6"));
  daemon_says(notification("follow/stopped", R"({"reason":"you are typing"})"));
  BOOST_TEST((restart() == Bodies{last}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::app
