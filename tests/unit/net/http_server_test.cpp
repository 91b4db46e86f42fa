#include "daemon/net/http_server.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/unit/net/network.h"

namespace plait::net {
namespace {

using std::chrono::seconds;

struct Watched : Network {
  std::unique_ptr<HttpServer> server =
      HttpServer::listen(bench, "127.0.0.1", 0, [](const HttpRequest& request) {
        if (request.path == "/healthz") return HttpResponse{.body = "well\n"};
        return HttpResponse{.status = 404, .body = "nothing here\n"};
      }).value();

  /// All that is answered, up to the end of the connection.
  std::string answer_to(const std::string& request) {
    Stranger stranger(loop, server->address().port);
    stranger.say(request);
    until([&] { return stranger.has_ended; });
    return stranger.heard;
  }
};

BOOST_FIXTURE_TEST_SUITE(http_server, Watched)

BOOST_AUTO_TEST_CASE(a_request_is_answered_and_the_connection_ends) {
  const std::string answer = answer_to("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  BOOST_TEST(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  BOOST_TEST(answer.ends_with("\r\n\r\nwell\n"));
  until([&] { return server->connections() == 0; });
}

BOOST_AUTO_TEST_CASE(a_head_request_gets_no_body) {
  const std::string answer = answer_to("HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  BOOST_TEST(answer.find("content-length: 5\r\n") != std::string::npos);
  BOOST_TEST(answer.ends_with("\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(wrong_requests_are_told_what_is_wrong) {
  BOOST_TEST(answer_to("GET /x HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
  BOOST_TEST(answer_to("POST / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "));
  BOOST_TEST(answer_to("nonsense\r\n\r\n").starts_with("HTTP/1.1 400 "));
  BOOST_TEST(answer_to(std::string(kMaxHeadBytes + 1, 'x')).starts_with("HTTP/1.1 431 "));
}

BOOST_AUTO_TEST_CASE(a_request_has_ten_seconds) {
  Stranger stranger(loop, server->address().port);
  stranger.say("GET ");
  until([&] { return server->connections() == 1; });
  pass(seconds{9});
  BOOST_TEST(server->connections() == 1);
  pass(seconds{1});
  BOOST_TEST(server->connections() == 0);
}

BOOST_AUTO_TEST_CASE(there_are_so_many_connections_and_no_more) {
  std::vector<std::unique_ptr<Stranger>> strangers;
  for (std::size_t i = 0; i < HttpServer::kMaxConnections; ++i) {
    strangers.push_back(std::make_unique<Stranger>(loop, server->address().port));
  }
  until([&] { return server->connections() == HttpServer::kMaxConnections; });
  Stranger late(loop, server->address().port);
  until([&] { return late.has_ended; });
  BOOST_TEST(server->connections() == HttpServer::kMaxConnections);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::net
