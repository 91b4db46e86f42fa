#include "daemon/crdt/client_table.h"

#include <cstdint>
#include <set>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace plait::crdt {

BOOST_AUTO_TEST_SUITE(client_table)

BOOST_AUTO_TEST_CASE(nobody_is_known_at_first) {
  const ClientTable clients;
  BOOST_TEST((clients.find(ClientId{}) == ClientRef::None));
  BOOST_TEST((clients.find(ClientId{7}) == ClientRef::None));
  BOOST_TEST((clients.next_clock(ClientId{7}) == Clock{}));
}

BOOST_AUTO_TEST_CASE(a_client_keeps_its_handle) {
  ClientTable clients;
  const ClientRef zero = clients.find_or_add(ClientId{0});
  const ClientRef large = clients.find_or_add(ClientId{(std::uint64_t{1} << 53) - 1});
  BOOST_TEST((zero != ClientRef::None));
  BOOST_TEST((large != zero));
  for (std::uint64_t i = 1; i < 100; ++i) static_cast<void>(clients.find_or_add(ClientId{i}));
  BOOST_TEST((clients.find_or_add(ClientId{0}) == zero));
  BOOST_TEST((clients.find(ClientId{(std::uint64_t{1} << 53) - 1}) == large));
  BOOST_TEST((clients.id_of(zero) == ClientId{0}));
}

BOOST_AUTO_TEST_CASE(a_client_that_is_only_referred_to_has_no_clock) {
  ClientTable clients;
  const ClientRef seen = clients.find_or_add(ClientId{5});
  int visited = 0;
  clients.for_each([&](ClientRef, const ClientTable::Client&) { ++visited; });
  BOOST_TEST(visited == 0);
  BOOST_TEST(clients.by_descending_id().empty());

  clients[seen].runs.append(ItemRef{1}, 4);
  BOOST_TEST((clients.next_clock(ClientId{5}) == Clock(4)));
  clients.for_each([&](ClientRef ref, const ClientTable::Client&) {
    BOOST_TEST((ref == seen));
    ++visited;
  });
  BOOST_TEST(visited == 1);
}

BOOST_AUTO_TEST_CASE(clients_are_ordered_by_descending_id) {
  ClientTable clients;
  for (const std::uint64_t id : {3U, 900U, 0U, 41U}) {
    clients[clients.find_or_add(ClientId{id})].runs.append(ItemRef{1}, 1);
  }
  std::vector<std::uint64_t> order;
  for (const ClientRef ref : clients.by_descending_id()) {
    order.push_back(number(clients.id_of(ref)));
  }
  BOOST_TEST((order == std::vector<std::uint64_t>{900, 41, 3, 0}));
}

BOOST_AUTO_TEST_CASE(arrivals_are_counted) {
  ClientTable clients;
  const ClientRef a = clients.find_or_add(ClientId{2});
  const ClientRef b = clients.find_or_add(ClientId{1});
  clients.note_arrival(b);
  clients.note_arrival(a);
  BOOST_TEST(clients[b].arrival == 1U);
  BOOST_TEST(clients[a].arrival == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
