#include "daemon/store/blob_tables.h"

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/digest.h"
#include "daemon/store/documents.h"
#include "tests/unit/store/store_world.h"

namespace plait::store {
namespace {

constexpr BlobQuota kQuota{.blob = 100, .workspace = 150, .member = 120};

struct Uploads : InMemory {
  Uploads() : InMemory(kQuota) {}

  static BlobKey key_of(std::string_view content) { return {"w", crypto::sha256(content)}; }

  Result<BlobState> send(std::string_view content, std::uint64_t offset, std::size_t length,
                         std::string author = "ann") {
    return blobs.put({key_of(content), std::move(author), kNow, content.size(), offset,
                      std::string(content.substr(offset, length))});
  }
  Result<BlobState> send_all(std::string_view content, std::string author = "ann") {
    return send(content, 0, content.size(), std::move(author));
  }

  BlobTables& blobs = tables.blobs;
};

const std::string kContent = "0123456789";

bool is(const Result<BlobState>& result, const BlobState& expected) {
  return result.has_value() && *result == expected;
}

/// Of a blob's first chunk: from here on it counts.
BlobState begun(BlobState state) {
  state.is_new = true;
  return state;
}

template <class T>
bool fails(const Result<T>& result, ErrorCode code) {
  return !result.has_value() && result.error().code == code;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(blob_tables, Uploads)

BOOST_AUTO_TEST_CASE(a_blob_arrives_in_pieces_and_is_read_in_others) {
  BOOST_TEST(is(send(kContent, 0, 4), begun({10, 4})));
  BOOST_TEST(is(send(kContent, 4, 3), {10, 7}));
  BOOST_TEST(fails(blobs.read(key_of(kContent), 0, 10), ErrorCode::NotFound));
  BOOST_TEST(is(send(kContent, 7, 3), {10, 10}));
  for (std::size_t offset = 0; offset <= kContent.size(); ++offset) {
    for (std::size_t length = 0; length <= kContent.size() + 2; ++length) {
      BOOST_TEST(blobs.read(key_of(kContent), offset, length).value() ==
                 kContent.substr(offset, length));
    }
  }
  BOOST_TEST(fails(blobs.read(key_of(kContent), 11, 1), ErrorCode::OutOfRange));
}

BOOST_AUTO_TEST_CASE(an_upload_goes_on_where_it_was_cut) {
  BOOST_TEST(fails(blobs.state(key_of(kContent)), ErrorCode::NotFound));
  BOOST_TEST(send(kContent, 0, 4).has_value());
  BOOST_TEST(is(blobs.state(key_of(kContent)), {10, 4}));
  BOOST_TEST(is(send(kContent, 0, 4), {10, 4}));  // again
  BOOST_TEST(is(send(kContent, 6, 4), {10, 4}));  // too far
  BOOST_TEST(is(send(kContent, 4, 6), {10, 10}));
  BOOST_TEST(is(send(kContent, 4, 6), {10, 10}));  // nothing is missing any more
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_their_hash_are_forgotten) {
  const BlobKey key = key_of("something else");
  const auto put = blobs.put({key, "ann", kNow, 3, 0, "abc"});
  BOOST_TEST(is(put, begun({3, 0, /*mismatch=*/true})));
  BOOST_TEST(fails(blobs.state(key), ErrorCode::NotFound));
  BOOST_TEST(blobs.sum("w").value() == 0U);
}

BOOST_AUTO_TEST_CASE(a_blob_may_be_empty) {
  BOOST_TEST(is(send_all(""), begun({0, 0})));
  BOOST_TEST(is(send_all(""), {0, 0}));
  BOOST_TEST(blobs.read(key_of(""), 0, 10).value().empty());
  BOOST_TEST(
      is(blobs.put({key_of("x"), "ann", kNow, 0, 0, ""}), begun({0, 0, /*mismatch=*/true})));
}

BOOST_AUTO_TEST_CASE(a_blob_keeps_the_size_it_was_announced_with) {
  BOOST_TEST(send(kContent, 0, 4).has_value());
  BOOST_TEST(
      fails(blobs.put({key_of(kContent), "ann", kNow, 11, 4, "4"}), ErrorCode::Malformed));
  BOOST_TEST(fails(blobs.put({key_of(kContent), "ann", kNow, 10, 4, "4567890"}),
                   ErrorCode::OutOfRange));
}

BOOST_AUTO_TEST_CASE(workspaces_do_not_share_blobs) {
  BOOST_TEST(send_all(kContent).has_value());
  BlobKey elsewhere = key_of(kContent);
  elsewhere.workspace = "v";
  BOOST_TEST(fails(blobs.state(elsewhere), ErrorCode::NotFound));
}

BOOST_AUTO_TEST_CASE(quotas_count_what_is_announced) {
  BOOST_TEST(fails(send(std::string(101, 'a'), 0, 1), ErrorCode::LimitExceeded));
  BOOST_TEST(send(std::string(100, 'a'), 0, 1).has_value());
  BOOST_TEST(fails(send(std::string(21, 'b'), 0, 1), ErrorCode::LimitExceeded));
  BOOST_TEST(send(std::string(20, 'b'), 0, 1).has_value());
  BOOST_TEST(fails(send(std::string(31, 'c'), 0, 1, "bob"), ErrorCode::LimitExceeded));
  BOOST_TEST(send(std::string(30, 'c'), 0, 1, "bob").has_value());
  BOOST_TEST(blobs.sum("w").value() == 150U);
  BOOST_TEST(blobs.sum("w", "ann").value() == 120U);
}

BOOST_AUTO_TEST_CASE(documents_leave_less_room) {
  const auto announce = [&](std::uint64_t size, std::uint64_t documents) {
    BlobChunk first{key_of("what comes"), "ann", kNow, size, 0, ""};
    first.documents = documents;
    return blobs.put(first);
  };
  BOOST_TEST(fails(announce(100, 51), ErrorCode::LimitExceeded));
  BOOST_TEST(announce(100, 50).has_value());
  BOOST_TEST(announce(100, 51).has_value());  // it counts already
}

BOOST_AUTO_TEST_CASE(what_is_removed_makes_room) {
  const std::string content(100, 'a');
  BOOST_TEST(send_all(content).has_value());
  BOOST_TEST(fails(send_all(std::string(90, 'b')), ErrorCode::LimitExceeded));
  BOOST_TEST(blobs.remove(key_of(content)).has_value());
  BOOST_TEST(send_all(std::string(90, 'b')).has_value());
  BOOST_TEST(!blobs.remove(key_of(content)).has_value());
}

BOOST_AUTO_TEST_CASE(uploads_that_never_end_are_dropped) {
  BOOST_TEST(send_all(kContent).has_value());
  BOOST_TEST(send("never to end", 0, 5).has_value());
  BOOST_TEST(blobs.drop_unfinished(kNow).value() == 0U);
  BOOST_TEST(blobs.drop_unfinished({kNow.ms + 1}).value() == 1U);
  BOOST_TEST(fails(blobs.state(key_of("never to end")), ErrorCode::NotFound));
  BOOST_TEST(blobs.read(key_of(kContent), 0, 10).value() == kContent);
}

BOOST_AUTO_TEST_CASE(chunks_may_be_as_large_as_their_limit_and_no_larger) {
  InMemory world;
  const std::string content(kMaxBlobChunkBytes + 1, 'x');
  const BlobKey key = key_of(content);
  const std::string most = content.substr(1);
  BOOST_TEST(fails(world.tables.blobs.put({key, "ann", kNow, content.size(), 0, content}),
                   ErrorCode::LimitExceeded));
  BOOST_TEST(world.tables.blobs.put({key, "ann", kNow, content.size(), 0, most}).has_value());
  BOOST_TEST(
      world.tables.blobs.put({key, "ann", kNow, content.size(), most.size(), "x"})->complete());
  BOOST_TEST(world.tables.blobs.read(key, 1, kMaxBlobChunkBytes).value() == most);
  BOOST_TEST(
      fails(world.tables.blobs.read(key, 0, kMaxBlobChunkBytes + 1), ErrorCode::LimitExceeded));
  const std::string workspace(kMaxWorkspaceIdBytes, 'w');
  const std::string author(kMaxAuthorBytes, 'a');
  BOOST_TEST(world.tables.blobs.put({{workspace, {}}, author, kNow, 2, 0, "x"}).has_value());
  BOOST_TEST(
      !world.tables.blobs.put({{workspace + "w", {}}, author, kNow, 2, 0, "x"}).has_value());
  BOOST_TEST(
      !world.tables.blobs.put({{workspace, {}}, author + "a", kNow, 2, 0, "x"}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
