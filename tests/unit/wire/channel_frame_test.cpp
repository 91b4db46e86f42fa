#include "protocol/wire/channel_frame.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "protocol/base/hex.h"
#include "tests/support/vectors.h"
#include "tests/unit/wire/message_json.h"

namespace plait::wire {
namespace {

using jsonrpc::Json;

std::string frame(Channel channel, const Message& message) {
  ByteWriter out;
  encode_frame(channel, message, out);
  return out.str();
}

std::string frame_on(std::uint64_t channel) {
  ByteWriter out;
  out.put_varuint(channel);
  encode(QueryAwareness{}, out);
  return out.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(channel_frame)

BOOST_AUTO_TEST_CASE(frames_of_the_vectors_are_read_and_written) {
  const Json vectors = support::read_vectors("wire/frames.json");
  for (const Json& one : support::cases_of(vectors, "frames")) {
    BOOST_TEST_CONTEXT(support::text_of(one, "name")) {
      const std::string bytes = support::bytes_of(one, "bytes");
      const auto decoded = decode_frame(bytes);
      BOOST_TEST_REQUIRE(decoded.has_value());
      BOOST_TEST(static_cast<std::int64_t>(decoded->channel) ==
                 *one.find("channel")->as_integer());
      BOOST_TEST(write_json(test::as_json(decoded->message)) ==
                 write_json(*one.find("message")));
      BOOST_TEST(hex_of(frame(decoded->channel, decoded->message)) == hex_of(bytes));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_page_shows_the_bytes_of_the_exchange) {
  std::string page = support::read_repository_file("docs/protocol.md");
  std::erase(page, ' ');
  const Json vectors = support::read_vectors("wire/frames.json");
  std::size_t from = 0;
  for (const Json& one : support::cases_of(vectors, "exchange")) {
    BOOST_TEST_CONTEXT(support::text_of(one, "name")) {
      BOOST_TEST(decode_frame(support::bytes_of(one, "bytes")).has_value());
      from = page.find(support::text_of(one, "bytes"), from);
      BOOST_TEST_REQUIRE(from != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_the_vectors_refuse_is_refused) {
  const Json vectors = support::read_vectors("wire/frames.json");
  for (const Json& one : support::cases_of(vectors, "refused")) {
    const auto decoded = decode_frame(support::bytes_of(one, "bytes"));
    BOOST_TEST_REQUIRE(!decoded.has_value(), support::text_of(one, "name"));
    BOOST_TEST(name_of(decoded.error().code) == support::text_of(one, "error"));
  }
}

BOOST_AUTO_TEST_CASE(a_channel_may_be_as_high_as_the_limit) {
  const auto highest = static_cast<std::uint64_t>(kMaxChannel);
  const auto decoded = decode_frame(frame_on(highest));
  BOOST_TEST_REQUIRE(decoded.has_value());
  BOOST_TEST((decoded->channel == kMaxChannel));
  const auto higher = decode_frame(frame_on(highest + 1));
  BOOST_TEST_REQUIRE(!higher.has_value());
  BOOST_TEST((higher.error().code == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_CASE(a_frame_may_be_as_long_as_a_message) {
  const auto sized = [](std::size_t size) {
    return frame(Channel{1}, SyncUpdate{std::string(size - 7, 'x')});
  };
  BOOST_TEST(sized(kMaxMessageBytes).size() == kMaxMessageBytes);
  BOOST_TEST(decode_frame(sized(kMaxMessageBytes)).has_value());
  BOOST_TEST(!decode_frame(sized(kMaxMessageBytes + 1)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::wire
