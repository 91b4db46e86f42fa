#include "protocol/wire/message.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "protocol/base/hex.h"
#include "tests/support/seeded_random.h"
#include "tests/support/vectors.h"
#include "tests/unit/wire/message_json.h"

namespace plait::wire {
namespace {

using jsonrpc::Json;
using support::SeededRandom;

std::string encoded(const Message& message) {
  ByteWriter out;
  encode(message, out);
  return out.str();
}

ErrorCode refusal(std::string_view bytes) {
  const auto decoded = decode_message(bytes);
  BOOST_TEST_REQUIRE(!decoded.has_value(), hex_of(bytes));
  return decoded.error().code;
}

/// The message with a payload behind it that brings it to this size.
std::string update_of_size(std::size_t size) {
  constexpr std::size_t kLengthBytes = 4;  // of a payload of some megabytes
  return encoded(SyncUpdate{std::string(size - 2 - kLengthBytes, 'x')});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(message)

BOOST_AUTO_TEST_CASE(messages_of_the_vectors_are_read_and_written) {
  for (const char* file : {"wire/messages.json", "wire/y-protocols.json"}) {
    const Json vectors = support::read_vectors(file);
    for (const Json& one : support::cases_of(vectors, "messages")) {
      BOOST_TEST_CONTEXT(support::text_of(one, "name")) {
        const std::string bytes = support::bytes_of(one, "bytes");
        const auto decoded = decode_message(bytes);
        BOOST_TEST_REQUIRE(decoded.has_value());
        BOOST_TEST(write_json(test::as_json(*decoded)) == write_json(*one.find("message")));
        BOOST_TEST(hex_of(encoded(*decoded)) == hex_of(bytes));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(what_the_vectors_refuse_is_refused) {
  const Json vectors = support::read_vectors("wire/messages.json");
  for (const Json& one : support::cases_of(vectors, "refused")) {
    BOOST_TEST_CONTEXT(support::text_of(one, "name")) {
      BOOST_TEST(name_of(refusal(support::bytes_of(one, "bytes"))) ==
                 support::text_of(one, "error"));
    }
  }
}

BOOST_AUTO_TEST_CASE(every_beginning_of_a_message_is_cut_short_unless_it_ends_with_a_blob) {
  const std::string payload(200, 'x');
  for (const Message& message : {Message{SyncStep1{payload}}, Message{Awareness{payload}},
                                 Message{PermissionDenied{payload}}, Message{QueryAwareness{}},
                                 Message{Durable{1'000'000}}, Message{TextHash{300, {}}}}) {
    const std::string whole = encoded(message);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      BOOST_TEST((refusal(whole.substr(0, size)) == ErrorCode::Malformed));
    }
    BOOST_TEST((refusal(whole + "x") == ErrorCode::Malformed));
  }
}

BOOST_AUTO_TEST_CASE(a_message_may_be_as_long_as_the_limit) {
  const std::string longest = update_of_size(kMaxMessageBytes);
  BOOST_TEST(longest.size() == kMaxMessageBytes);
  BOOST_TEST(decode_message(longest).has_value());
  BOOST_TEST((refusal(update_of_size(kMaxMessageBytes + 1)) == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_CASE(a_reason_may_be_as_long_as_its_limit) {
  const auto reason = [](std::size_t size) {
    return encoded(PermissionDenied{std::string(size, 'x')});
  };
  BOOST_TEST(decode_message(reason(kMaxReasonBytes)).has_value());
  BOOST_TEST((refusal(reason(kMaxReasonBytes + 1)) == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_CASE(a_chunk_may_be_as_long_as_its_limit) {
  const auto chunk = [](std::size_t size) {
    return encoded(BlobChunk{.blob = {}, .offset = 0, .data = std::string(size, 'x')});
  };
  BOOST_TEST(decode_message(chunk(kMaxBlobChunkBytes)).has_value());
  BOOST_TEST((refusal(chunk(kMaxBlobChunkBytes + 1)) == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_CASE(random_bytes_are_refused_or_written_as_they_were) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  std::size_t accepted = 0;
  for (int i = 0; i < 300'000; ++i) {
    std::string bytes;
    for (std::size_t size = random.below(12); size > 0; --size) {
      bytes.push_back(
          static_cast<char>(random.one_in(3) ? random.below(256) : random.below(20)));
    }
    const auto decoded = decode_message(bytes);
    if (!decoded) continue;
    ++accepted;
    BOOST_TEST_REQUIRE(encoded(*decoded) == bytes, hex_of(bytes));
  }
  BOOST_TEST(accepted > 1'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::wire
