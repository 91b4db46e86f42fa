#include "daemon/server/blob_desk.h"

#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/digest.h"
#include "daemon/server/limits.h"
#include "protocol/messages/connect/all.h"
#include "protocol/messages/connect/errors.h"
#include "tests/unit/server/club.h"

namespace plait::server {
namespace {

using connect::ConnectError;

std::string some_picture() {
  std::string bytes(100'000, '.');
  bytes += "picture";
  return bytes;
}

struct Post : Club {
  Post() : ann(guest("Ann")) {}

  void sends(ConnectPerson& person, std::string_view blob, std::size_t from,
             std::size_t count) {
    ByteWriter frame;
    wire::encode_frame(wire::kBlobChannel,
                       wire::BlobChunk{crypto::sha256(blob), from, blob.substr(from, count)},
                       frame);
    person.client.say(net::MessageKind::Binary, frame.view());
  }
  std::int64_t announces(ConnectPerson& person, std::string_view blob) {
    return get<connect::BlobPut>(
               person, {{crypto::sha256(blob)}, static_cast<std::int64_t>(blob.size())})
        .offset;
  }
  connect::BlobFinish end_of(std::string_view blob) { return {{crypto::sha256(blob)}}; }
  std::string fetched(ConnectPerson& person, std::string_view blob, std::int64_t offset,
                      std::int64_t length) {
    get<connect::BlobGet>(person, {{crypto::sha256(blob)}, offset, length});
    return person.client.take_blob();
  }

  ConnectPerson& ann;
  const std::string picture = some_picture();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(blob_desk, Post)

BOOST_AUTO_TEST_CASE(a_blob_is_sent_and_fetched_in_pieces) {
  BOOST_TEST(announces(ann, picture) == 0);
  sends(ann, picture, 0, 60'000);
  sends(ann, picture, 60'000, picture.size());
  get(ann, end_of(picture));
  ConnectPerson& vera = guest("Vera");
  BOOST_TEST(fetched(vera, picture, 0, 70'000) + fetched(vera, picture, 70'000, 70'000) ==
             picture);
  BOOST_TEST(fetched(vera, picture, static_cast<std::int64_t>(picture.size()), 10).empty());
  BOOST_TEST(announces(ann, picture) == static_cast<std::int64_t>(picture.size()));
  get(ann, end_of(picture));
}

BOOST_AUTO_TEST_CASE(after_a_cut_it_goes_on_where_it_was) {
  announces(ann, picture);
  sends(ann, picture, 0, 60'000);
  settle();
  ann.goes();
  ann.comes(*server);
  settle();
  BOOST_TEST(announces(ann, picture) == 60'000);
  sends(ann, picture, 60'000, picture.size());
  get(ann, end_of(picture));
  BOOST_TEST(fetched(ann, picture, 100'000, 10) == "picture");
}

BOOST_AUTO_TEST_CASE(what_was_not_announced_or_leaves_a_gap_is_dropped) {
  sends(ann, picture, 0, picture.size());
  BOOST_TEST(refusal(ann, end_of(picture)) == code(ConnectError::Conflict));
  announces(ann, picture);
  sends(ann, picture, 10, 100);
  BOOST_TEST(refusal(ann, end_of(picture)) == code(ConnectError::Conflict));
  BOOST_TEST(announces(ann, picture) == 0);
}

BOOST_AUTO_TEST_CASE(bytes_with_another_hash_are_forgotten) {
  const std::string other(picture.size(), 'x');
  announces(ann, picture);
  ByteWriter frame;
  wire::encode_frame(wire::kBlobChannel, wire::BlobChunk{crypto::sha256(picture), 0, other},
                     frame);
  ann.client.say(net::MessageKind::Binary, frame.view());
  BOOST_TEST(refusal(ann, end_of(picture)) == code(ConnectError::Conflict));
  BOOST_TEST(announces(ann, picture) == 0);
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_not_found) {
  BOOST_TEST(refusal<connect::BlobGet>(ann, {{crypto::sha256(picture)}, 0, 10}) ==
             code(ConnectError::NotFound));
  announces(ann, picture);
  sends(ann, picture, 0, 10);
  BOOST_TEST(refusal<connect::BlobGet>(ann, {{crypto::sha256(picture)}, 0, 10}) ==
             code(ConnectError::NotFound));
  // Workspaces do not share blobs.
  announces(ann, picture);
  sends(ann, picture, 10, picture.size());
  ConnectPerson& zoe = guest("Zoe", "v");
  BOOST_TEST(refusal<connect::BlobGet>(zoe, {{crypto::sha256(picture)}, 0, 10}) ==
             code(ConnectError::NotFound));
}

BOOST_AUTO_TEST_CASE(a_quota_is_named_with_its_limit) {
  // A member may keep a gigabyte.
  constexpr std::int64_t kLargest = connect::kMaxBlobBytes;
  const auto announce = [&](int i) {
    return ask<connect::BlobPut>(ann, {{crypto::sha256(std::to_string(i))}, kLargest});
  };
  const auto fits = static_cast<int>(store::BlobQuota{}.member / std::uint64_t{kLargest});
  for (int i = 0; i < fits; ++i) {
    BOOST_TEST(announce(i).index() == 0U);
    // Only so many at the same time.
    ask<connect::BlobFinish>(ann, {{crypto::sha256(std::to_string(i))}});
  }
  const auto refused = announce(fits);
  const auto* error = std::get_if<jsonrpc::RpcError>(&refused);
  BOOST_TEST_REQUIRE((error != nullptr));
  BOOST_TEST(error->code == code(ConnectError::LimitReached));
  BOOST_TEST(*error->data.find("limit")->as_string() == "user bytes");
  BOOST_TEST(*error->data.find("maximum")->as_integer() ==
             static_cast<std::int64_t>(store::BlobQuota{}.member));
}

BOOST_AUTO_TEST_CASE(so_many_are_sent_at_the_same_time) {
  for (std::size_t i = 0; i < kMaxUploads; ++i) announces(ann, std::to_string(i));
  BOOST_TEST(refusal<connect::BlobPut>(ann, {{crypto::sha256("more")}, 4}) ==
             code(ConnectError::LimitReached));
  sends(ann, "0", 0, 1);
  get(ann, end_of("0"));
  announces(ann, "more");
}

BOOST_AUTO_TEST_CASE(so_much_is_fetched_at_the_same_time) {
  announces(ann, picture);
  sends(ann, picture, 0, picture.size());
  get(ann, end_of(picture));
  const connect::BlobGet all{{crypto::sha256(picture)}, 0, connect::kMaxBlobPiece};
  const std::size_t fits = kMaxBlobBacklog / static_cast<std::size_t>(connect::kMaxBlobPiece);
  for (std::size_t i = 0; i < fits; ++i) ann.client.call(all);
  ann.client.call(all);
  settle();
  BOOST_TEST_REQUIRE(ann.client.errors().size() == 1U);
  BOOST_TEST(ann.client.errors()[0].code == code(ConnectError::TooFast));
  BOOST_TEST(ann.client.take_blob().size() == fits * picture.size());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
