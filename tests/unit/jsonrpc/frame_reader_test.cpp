#include "protocol/jsonrpc/frame_reader.h"

#include <string>
#include <vector>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace plait::jsonrpc {
namespace {

namespace data = boost::unit_test::data;

const std::string kTwoBodies = framed(R"({"id":1})") + framed("{}");
const auto kEverySplit = data::xrange(std::size_t{0}, kTwoBodies.size());

/// The bodies in some chunks, each behind a bar; a refusal is "!".
std::string bodies_in(FrameReader& reader, const std::vector<std::string>& chunks) {
  std::string seen;
  for (const std::string& chunk : chunks) {
    reader.feed(chunk);
    auto body = reader.next();
    for (; body && *body; body = reader.next()) seen += **body + "|";
    if (!body) return seen + "!";
  }
  return seen;
}

std::string bodies_in(const std::string& stream) {
  FrameReader reader(/*max_body_bytes=*/1024);
  return bodies_in(reader, {stream});
}

/// A header of this many bytes, with the empty line.
std::string header_of_size(std::size_t size) {
  const std::string length = "Content-Length: 2\r\n";
  const std::string filler = "X: ";
  const std::size_t rest = size - length.size() - filler.size() - 4;
  return length + filler + std::string(rest, 'x') + "\r\n\r\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(frame_reader)

// A pipe may deliver any prefix first.
BOOST_DATA_TEST_CASE(two_bodies_survive_any_split, kEverySplit, split) {
  FrameReader reader(/*max_body_bytes=*/1024);
  BOOST_TEST(bodies_in(reader, {kTwoBodies.substr(0, split), kTwoBodies.substr(split)}) ==
             R"({"id":1}|{}|)");
}

BOOST_AUTO_TEST_CASE(bodies_survive_arriving_byte_by_byte) {
  FrameReader reader(/*max_body_bytes=*/1024);
  std::vector<std::string> bytes;
  for (const char byte : kTwoBodies + kTwoBodies) bytes.emplace_back(1, byte);
  BOOST_TEST(bodies_in(reader, bytes) == R"({"id":1}|{}|{"id":1}|{}|)");
}

BOOST_AUTO_TEST_CASE(a_body_may_be_empty) { BOOST_TEST(bodies_in(framed("")) == "|"); }

BOOST_AUTO_TEST_CASE(other_headers_and_the_spelling_of_names_do_not_matter) {
  BOOST_TEST(bodies_in("content-length:2\r\nContent-Type: application/json\r\n\r\n{}") ==
             "{}|");
  BOOST_TEST(bodies_in("CONTENT-LENGTH: \t2 \r\n\r\n{}") == "{}|");
}

BOOST_AUTO_TEST_CASE(headers_that_say_no_length_or_two_are_refused) {
  for (const char* header :
       {"Content-Type: x", "Content-Length", "Content-Length:", "Content-Length: -1",
        "Content-Length: +1", "Content-Length: 1x", "Content-Length: 0x1",
        "Content-Length: 1 1", "Content-Length: 99999999999999999999999",
        "Content-Length: 1\r\nContent-Length: 1", "Content-Length : 1",
        "no colon\r\nContent-Length: 1"}) {
    BOOST_TEST(bodies_in(std::string(header) + "\r\n\r\n{}") == "!", header);
  }
  BOOST_TEST(bodies_in("\r\n\r\n") == "!");
}

BOOST_AUTO_TEST_CASE(a_refusal_is_for_ever) {
  FrameReader reader(/*max_body_bytes=*/1024);
  BOOST_TEST(bodies_in(reader, {"X\r\n\r\n"}) == "!");
  BOOST_TEST(bodies_in(reader, {framed("{}")}) == "!");
}

BOOST_AUTO_TEST_CASE(a_body_may_be_as_long_as_the_limit_and_more_is_refused_unseen) {
  FrameReader reader(/*max_body_bytes=*/5);
  BOOST_TEST(bodies_in(reader, {framed("12345")}) == "12345|");
  reader.feed("Content-Length: 6\r\n\r\n");
  const auto refused = reader.next();
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_CASE(a_header_may_be_as_long_as_the_limit) {
  BOOST_TEST(bodies_in(header_of_size(kMaxFrameHeaderBytes) + "{}") == "{}|");
  BOOST_TEST(bodies_in(header_of_size(kMaxFrameHeaderBytes + 1) + "{}") == "!");
}

BOOST_AUTO_TEST_CASE(a_header_without_end_is_refused_at_the_limit) {
  FrameReader reader;
  reader.feed(std::string(kMaxFrameHeaderBytes, 'x'));
  BOOST_TEST(reader.next().has_value());
  reader.feed("x");
  const auto refused = reader.next();
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::jsonrpc
