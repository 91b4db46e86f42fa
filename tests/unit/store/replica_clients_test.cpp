#include "daemon/store/replica_clients.h"

#include <cstdint>
#include <numeric>
#include <optional>
#include <vector>

#include "tests/unit/store/laptop.h"

namespace plait::store {
namespace {

struct Stock : Laptop {
  std::uint64_t left() {
    return *now<std::uint64_t>(
        [&](auto answer) { store.clients_left("w", std::move(answer)); });
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(replica_clients, Stock)

BOOST_AUTO_TEST_CASE(ids_are_taken_one_after_the_other_until_there_are_none) {
  BOOST_TEST((code_of(take_client()) == ErrorCode::NotFound));
  BOOST_TEST_REQUIRE(put_clients({11, 10}).has_value());
  BOOST_TEST(left() == 2U);
  const auto first = take_client();
  BOOST_TEST(first->client == 10U);
  BOOST_TEST(first->left == 1U);
  BOOST_TEST(take_client()->client == 11U);
  BOOST_TEST((code_of(take_client()) == ErrorCode::NotFound));
  BOOST_TEST(left() == 0U);
}

BOOST_AUTO_TEST_CASE(an_id_that_was_taken_never_comes_back) {
  BOOST_TEST_REQUIRE(put_clients({10, 11}).has_value());
  BOOST_TEST(take_client()->client == 10U);
  BOOST_TEST_REQUIRE(put_clients({10, 11, 12}).has_value());  // the same lease, told again
  BOOST_TEST(left() == 2U);
  BOOST_TEST(take_client()->client == 11U);
}

BOOST_AUTO_TEST_CASE(an_id_whose_commit_failed_was_not_taken) {
  BOOST_TEST_REQUIRE(put_clients({10}).has_value());
  std::optional<ErrorCode> code;
  store.take_client("w", [&](const Result<TakenClient>& taken) { code = code_of(taken); });
  store.steps().fail_sync();
  store.steps().answer();
  BOOST_TEST(code.has_value());
  BOOST_TEST(take_client()->client == 10U);
}

BOOST_AUTO_TEST_CASE(a_stock_that_is_dropped_is_as_good_as_taken) {
  BOOST_TEST_REQUIRE(put_clients({10, 11}).has_value());
  store.drop_clients("w", {});
  BOOST_TEST(left() == 0U);
  BOOST_TEST_REQUIRE(put_clients({10, 11, 12}).has_value());
  BOOST_TEST(take_client()->client == 12U);
}

BOOST_AUTO_TEST_CASE(a_stock_grows_to_its_limit) {
  std::vector<std::uint64_t> many(kMaxStockedClients);
  std::iota(many.begin(), many.end(), std::uint64_t{1});
  BOOST_TEST_REQUIRE(put_clients(many).has_value());
  BOOST_TEST((code_of(put_clients({1'000'000})) == ErrorCode::LimitExceeded));
  BOOST_TEST(left() == kMaxStockedClients);
  many.push_back(1'000'000);
  BOOST_TEST((code_of(put_clients(many)) == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_CASE(ids_are_what_javascript_can_count) {
  BOOST_TEST((code_of(put_clients({1, kLastStockedClient + 1})) == ErrorCode::OutOfRange));
  BOOST_TEST(left() == 0U);
  BOOST_TEST(put_clients({kLastStockedClient}).has_value());
  BOOST_TEST(take_client()->client == kLastStockedClient);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
