#include "daemon/sync/blob_transfers.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/digest.h"
#include "tests/unit/sync/journey.h"

namespace plait::sync {
namespace {

std::string picture(std::size_t size, char first = 'a') {
  std::string bytes;
  while (bytes.size() < size)
    bytes.append(1000, static_cast<char>(first + static_cast<int>(bytes.size() / 1000 % 26)));
  bytes.resize(size);
  return bytes;
}

struct Gallery : Journey {
  void put(Traveller& person, const std::string& bytes) {
    person.session.blobs().put(
        crypto::sha256(bytes), bytes.size(),
        [&bytes](std::uint64_t offset, std::size_t count) -> Result<std::string> {
          return bytes.substr(static_cast<std::size_t>(offset), count);
        },
        [this](const Result<void>& result) { note(result); });
  }
  void get_it(Traveller& person, const std::string& bytes) {
    person.session.blobs().get(
        crypto::sha256(bytes),
        [this](std::uint64_t size, std::uint64_t offset, std::string_view piece) {
          BOOST_TEST(offset == got.size());
          BOOST_TEST(offset + piece.size() <= size);
          got += piece;
          return Result<void>{};
        },
        [this](const Result<void>& result) { note(result); });
  }
  void note(const Result<void>& result) {
    ++done;
    if (!result) failure = result.error().code;
  }

  int done = 0;
  std::optional<ErrorCode> failure;
  std::string got;
};

BOOST_FIXTURE_TEST_SUITE(blob_transfers, Gallery)

BOOST_AUTO_TEST_CASE(a_blob_goes_there_and_comes_back) {
  const std::string bytes = picture(1'000'000);
  Traveller& ann = visitor("Ann");
  put(ann, bytes);
  settle(40);
  BOOST_TEST(done == 1);
  Traveller& ben = visitor("Ben");
  get_it(ben, bytes);
  settle(40);
  BOOST_TEST(done == 2);
  BOOST_TEST((got == bytes));
  BOOST_TEST(!failure.has_value());
}

BOOST_AUTO_TEST_CASE(an_empty_one_too) {
  Traveller& ann = visitor("Ann");
  put(ann, got);
  settle();
  get_it(ann, "");
  settle();
  BOOST_TEST(done == 2);
  BOOST_TEST(!failure.has_value());
}

BOOST_AUTO_TEST_CASE(no_more_of_it_is_under_way_than_typing_can_wait_for) {
  const std::string bytes = picture(10'000'000);
  Traveller& ann = visitor("Ann");
  put(ann, bytes);
  turn();
  const std::size_t before = ann.said_bytes();
  turn();
  BOOST_TEST(ann.said_bytes() - before < kBlobWindowBytes + 4096);
}

BOOST_AUTO_TEST_CASE(a_cut_costs_what_was_on_its_way) {
  const std::string bytes = picture(2'000'000);
  Traveller& ann = visitor("Ann");
  put(ann, bytes);
  for (int cut = 0; cut < 20 && done == 0; ++cut) {
    settle(4);
    ann.goes();
    ann.comes(*server);
  }
  settle(40);
  BOOST_TEST(done == 1);
  BOOST_TEST(ann.said_bytes() < 2 * bytes.size() + 20 * kBlobWindowBytes);

  get_it(ann, bytes);
  for (int cut = 0; cut < 30 && done == 1; ++cut) {
    settle(4);
    ann.goes();
    ann.comes(*server);
  }
  settle(40);
  BOOST_TEST(done == 2);
  BOOST_TEST((got == bytes));
}

BOOST_AUTO_TEST_CASE(what_nobody_has_put_is_not_found) {
  Traveller& ann = visitor("Ann");
  get_it(ann, "nobody's");
  settle();
  BOOST_TEST((failure == ErrorCode::NotFound));
}

BOOST_AUTO_TEST_CASE(who_may_only_read_puts_nothing) {
  const std::string bytes = picture(1000);
  Traveller& vera = visitor("Vera");
  put(vera, bytes);
  settle();
  BOOST_TEST((failure == ErrorCode::Refused));
}

BOOST_AUTO_TEST_CASE(many_go_a_few_at_a_time) {
  std::vector<std::string> all;
  all.reserve(20);
  for (int i = 0; i < 20; ++i) all.push_back(picture(1000 + static_cast<std::size_t>(i)));
  Traveller& ann = visitor("Ann");
  for (const std::string& bytes : all) put(ann, bytes);
  BOOST_TEST(ann.said("blob/put") == kBlobsAtOnce);
  settle(80);
  BOOST_TEST(done == 20);
  BOOST_TEST(ann.session.blobs().size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_file_that_changed_meanwhile_fails) {
  const std::string announced = picture(1000);
  const std::string found = picture(1000, 'b');
  Traveller& ann = visitor("Ann");
  ann.session.blobs().put(
      crypto::sha256(announced), announced.size(),
      [&](std::uint64_t offset, std::size_t count) -> Result<std::string> {
        return found.substr(static_cast<std::size_t>(offset), count);
      },
      [this](const Result<void>& result) { note(result); });
  for (int i = 0; i < 5; ++i) {
    settle();
    wait(kBlobPause);
  }
  BOOST_TEST((failure == ErrorCode::Damaged));
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::sync
