#include "protocol/jsonrpc/message.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/support/vectors.h"

namespace plait::jsonrpc {
namespace {

Message parse(std::string_view body) { return parse_message(body, {}); }

/// Reads a body that has to be a message of this kind.
template <class Kind>
Kind parse_as(std::string_view body) {
  const Message message = parse(body);
  BOOST_TEST_REQUIRE(std::holds_alternative<Kind>(message), body);
  return std::get<Kind>(message);
}

/// Writes what was read, without the members that mean nothing.
std::string rewritten(const Message& message) {
  return std::visit(
      [](const auto& one) -> std::string {
        if constexpr (requires { write_message(one); }) {
          return write_message(one);
        } else {
          return write_message(one.answer);
        }
      },
      message);
}

std::string quoted(std::size_t size) { return '"' + std::string(size, 'x') + '"'; }

}  // namespace

BOOST_AUTO_TEST_SUITE(message)

BOOST_AUTO_TEST_CASE(a_request_has_an_id_and_a_notification_has_none) {
  const auto request =
      parse_as<Request>(R"({"jsonrpc":"2.0","id":7,"method":"chat/send","params":{"a":1}})");
  BOOST_TEST((request.id == RequestId{std::int64_t{7}}));
  BOOST_TEST(request.method == "chat/send");
  BOOST_TEST(*request.params.find("a")->as_integer() == 1);

  const auto notification =
      parse_as<Notification>(R"({"jsonrpc":"2.0","method":"chat/typing"})");
  BOOST_TEST(notification.method == "chat/typing");
  BOOST_TEST(notification.params.as_object()->empty());
}

BOOST_AUTO_TEST_CASE(messages_of_the_vectors_are_read_and_written) {
  const Json vectors = support::read_vectors("jsonrpc/messages.json");
  for (const Json& one : support::cases_of(vectors, "accepted")) {
    BOOST_TEST_CONTEXT(support::text_of(one, "name")) {
      const Message message = parse(support::text_of(one, "body"));
      BOOST_TEST(!std::holds_alternative<Unreadable>(message));
      BOOST_TEST(rewritten(message) == support::text_of(one, "written"));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_message_is_answered_as_the_vectors_say) {
  const Json vectors = support::read_vectors("jsonrpc/messages.json");
  for (const Json& one : support::cases_of(vectors, "refused")) {
    BOOST_TEST_CONTEXT(support::text_of(one, "name")) {
      const auto unreadable = parse_as<Unreadable>(support::text_of(one, "body"));
      const Json* answer = one.find("answer");
      BOOST_TEST(unreadable.answerable == !answer->is_null());
      if (answer->is_null()) continue;
      const auto& [id, error] = unreadable.answer;
      BOOST_TEST(error.code == *answer->find("code")->as_integer());
      const Message told = parse(write_message(unreadable.answer));
      BOOST_TEST_REQUIRE(std::holds_alternative<ErrorResponse>(told));
      BOOST_TEST((std::get<ErrorResponse>(told) == unreadable.answer));
      const Json* expected_id = answer->find("id");
      BOOST_TEST(expected_id->is_null() == !id.has_value());
      if (id && std::holds_alternative<std::int64_t>(*id)) {
        BOOST_TEST(std::get<std::int64_t>(*id) == *expected_id->as_integer());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(an_id_may_be_as_long_as_its_limit) {
  const auto body = [](std::size_t size) {
    return R"({"jsonrpc":"2.0","method":"m","id":)" + quoted(size) + "}";
  };
  BOOST_TEST(std::holds_alternative<Request>(parse(body(kMaxRequestIdBytes))));
  BOOST_TEST(std::holds_alternative<Unreadable>(parse(body(kMaxRequestIdBytes + 1))));
}

BOOST_AUTO_TEST_CASE(a_method_may_be_as_long_as_its_limit) {
  const auto body = [](std::size_t size) {
    return R"({"jsonrpc":"2.0","id":1,"method":)" + quoted(size) + "}";
  };
  BOOST_TEST(std::holds_alternative<Request>(parse(body(kMaxMethodBytes))));
  const auto longer = parse_as<Unreadable>(body(kMaxMethodBytes + 1));
  BOOST_TEST((longer.answer.id == RequestId{std::int64_t{1}}));
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_as_the_same) {
  const Json params(Json::Object{{"text", Json("é\n")}});
  const Request request{std::string("r-1"), "chat/send", params};
  BOOST_TEST((parse_as<Request>(write_message(request)) == request));
  const Notification notification{"presence/changed", params};
  BOOST_TEST((parse_as<Notification>(write_message(notification)) == notification));
  const Response response{std::int64_t{0}, params};
  BOOST_TEST((parse_as<Response>(write_message(response)) == response));
  const Response nothing{std::int64_t{0}, Json()};
  BOOST_TEST((parse_as<Response>(write_message(nothing)) == nothing));
  const ErrorResponse error{RequestId{std::int64_t{3}}, RpcError(-32040, "no", params)};
  BOOST_TEST((parse_as<ErrorResponse>(write_message(error)) == error));
  const ErrorResponse unknown{std::nullopt, RpcError(StandardError::ParseError, "what?")};
  BOOST_TEST((parse_as<ErrorResponse>(write_message(unknown)) == unknown));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::jsonrpc
