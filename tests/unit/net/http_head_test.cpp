#include "daemon/net/http_head.h"

#include <ostream>
#include <string>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace plait::net {
namespace {

namespace data = boost::unit_test::data;

const std::string kRequest =
    "GET /yjs/notes?token=a%20b&x HTTP/1.1\r\n"
    "Host: example.org:8443\r\n"
    "Connection: keep-alive, Upgrade\r\n"
    "X-Thing:  padded \r\n"
    "\r\n";
const auto kEverySplit = data::xrange(std::size_t{0}, kRequest.size());

std::string with_fields(std::size_t count) {
  std::string head = "GET / HTTP/1.1\r\n";
  for (std::size_t i = 0; i < count; ++i) head += "a: b\r\n";
  return head + "\r\n";
}

std::string of_size(std::size_t bytes) {
  std::string head = "GET / HTTP/1.1\r\nx: ";
  head.append(bytes - head.size() - 4, 'y');
  return head + "\r\n\r\n";
}

struct Bad {
  const char* why;
  std::string head;
};
std::ostream& operator<<(std::ostream& out, const Bad& bad) { return out << bad.why; }

const Bad kBad[] = {
    {"empty", "\r\n\r\n"},
    {"no version", "GET /\r\n\r\n"},
    {"another version", "GET / HTTP/1.0\r\nHost: a\r\n\r\n"},
    {"version 2", "PRI * HTTP/2.0\r\n\r\n"},
    {"absolute target", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"space in the target", "GET /a b HTTP/1.1\r\n\r\n"},
    {"space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n"},
    {"no colon", "GET / HTTP/1.1\r\nHost\r\n\r\n"},
    {"control character", std::string("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 29)},
    {"bare line feed", "GET / HTTP/1.1\nHost: a\r\n\r\n"},
    {"bare carriage return", "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n"},
    {"a folded line", "GET / HTTP/1.1\r\nHost: a\r\nx: y\r\n z\r\n\r\n"},
    {"a line folded by a tab", "GET / HTTP/1.1\r\nHost: a\r\nx: y\r\n\tz\r\n\r\n"},
    {"a body", "GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"},
    {"two lengths", "GET / HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n"},
    {"chunks", "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"},
    {"a TLS client", "\x16\x03\x01\x02\r\n\r\n"},
};

BOOST_AUTO_TEST_SUITE(http_head)

BOOST_DATA_TEST_CASE(a_head_is_cut_from_the_stream_at_any_split, kEverySplit, split) {
  const std::string stream = kRequest + "what follows";
  HttpHeadReader reader;
  const auto first = reader.feed(std::string_view{stream}.substr(0, split));
  BOOST_TEST_REQUIRE(first.has_value());
  BOOST_TEST(*first == split);
  BOOST_TEST(!reader.complete());
  const auto second = reader.feed(std::string_view{stream}.substr(split));
  BOOST_TEST_REQUIRE(second.has_value());
  BOOST_TEST(reader.complete());
  BOOST_TEST(split + *second == kRequest.size());
  BOOST_TEST(reader.head() == kRequest);
}

BOOST_AUTO_TEST_CASE(a_request_is_taken_apart) {
  const auto request = parse_request(kRequest);
  BOOST_TEST_REQUIRE(request.has_value());
  BOOST_TEST(request->method == "GET");
  BOOST_TEST(request->path == "/yjs/notes");
  BOOST_TEST(request->query == "token=a%20b&x");
  BOOST_TEST((request->fields.only("host") == "example.org:8443"));
  BOOST_TEST((request->fields.only("x-thing") == "padded"));
  BOOST_TEST(request->fields.lists("connection", "upgrade"));
  BOOST_TEST(!request->fields.lists("connection", "close"));
  BOOST_TEST(!request->fields.only("absent").has_value());
}

BOOST_AUTO_TEST_CASE(a_field_that_comes_twice_is_not_the_only_one) {
  const auto request = parse_request("GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n");
  BOOST_TEST_REQUIRE(request.has_value());
  BOOST_TEST(request->fields.has("host"));
  BOOST_TEST(!request->fields.only("host").has_value());
  BOOST_TEST(request->fields.list("host").size() == 2);
}

BOOST_DATA_TEST_CASE(a_wrong_request_is_refused, data::make(kBad), bad) {
  BOOST_TEST(!parse_request(bad.head).has_value());
}

BOOST_AUTO_TEST_CASE(sixty_four_fields_are_taken_and_no_more) {
  BOOST_TEST(parse_request(with_fields(kMaxHeaders)).has_value());
  const auto refused = parse_request(with_fields(kMaxHeaders + 1));
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_CASE(a_head_of_8_kib_is_taken) {
  const std::string head = of_size(kMaxHeadBytes);
  HttpHeadReader reader;
  BOOST_TEST(reader.feed(head).has_value());
  BOOST_TEST(reader.complete());
  BOOST_TEST(parse_request(reader.head()).has_value());
}

BOOST_AUTO_TEST_CASE(a_longer_head_is_refused_whatever_its_pieces) {
  const std::string head = of_size(kMaxHeadBytes + 1);
  HttpHeadReader at_once;
  BOOST_TEST(!at_once.feed(head).has_value());

  HttpHeadReader by_byte;
  for (std::size_t i = 0; i < kMaxHeadBytes; ++i) {
    BOOST_TEST_REQUIRE(by_byte.feed(head.substr(i, 1)).has_value());
  }
  const auto refused = by_byte.feed(head.substr(kMaxHeadBytes, 1));
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_CASE(a_response_is_taken_apart) {
  const auto response = parse_response(
      "HTTP/1.1 302 Found\r\nLocation: https://elsewhere\r\nContent-Length: 5\r\n\r\n");
  BOOST_TEST_REQUIRE(response.has_value());
  BOOST_TEST(response->status == 302);
  BOOST_TEST((response->fields.only("location") == "https://elsewhere"));
  BOOST_TEST(!parse_response("HTTP/1.0 200 OK\r\n\r\n").has_value());
  BOOST_TEST(!parse_response("nonsense\r\n\r\n").has_value());
}

BOOST_AUTO_TEST_CASE(a_response_says_how_long_it_is_and_that_it_is_the_last) {
  const std::string message = to_message({.status = 404, .body = "Nothing here.\n"});
  HttpHeadReader reader;
  BOOST_TEST_REQUIRE(reader.feed(message).has_value());
  const auto head = parse_response(reader.head());
  BOOST_TEST_REQUIRE(head.has_value());
  BOOST_TEST(message.starts_with("HTTP/1.1 404 Not Found\r\n"));
  BOOST_TEST((head->fields.only("content-length") == "14"));
  BOOST_TEST((head->fields.only("connection") == "close"));
  BOOST_TEST(message.ends_with("\r\n\r\nNothing here.\n"));
}

BOOST_AUTO_TEST_CASE(percent_signs_are_decoded_strictly) {
  BOOST_TEST(percent_decoded("/a%2Fb%20c%c3%A4+").value() == "/a/b cä+");
  for (const char* bad : {"%", "%4", "%4g", "%00", "%0a", "%7f", "%ff", "%c3"}) {
    BOOST_TEST(!percent_decoded(bad).has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_query_is_asked_for_a_parameter) {
  const auto value = [](std::string_view query) {
    return query_parameter(query, "token").value().value_or("nothing");
  };
  BOOST_TEST(value("token=abc") == "abc");
  BOOST_TEST(value("x=1&token=a%2fb&token=other") == "a/b");
  BOOST_TEST(value("x&token") == "");
  BOOST_TEST(value("token=a=b") == "a=b");
  BOOST_TEST(value("tokens=a&") == "nothing");
  BOOST_TEST(value("") == "nothing");
  BOOST_TEST(!query_parameter("token=%zz", "token").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::net
