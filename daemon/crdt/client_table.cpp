#include "daemon/crdt/client_table.h"

#include <algorithm>

namespace plait::crdt {

std::vector<ClientRef> ClientTable::by_descending_id() const {
  std::vector<ClientRef> order;
  for_each([&](ClientRef ref, const Client&) { order.push_back(ref); });
  std::sort(order.begin(), order.end(),
            [this](ClientRef a, ClientRef b) { return id_of(a) > id_of(b); });
  return order;
}

}  // namespace plait::crdt
