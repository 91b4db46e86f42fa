#include "daemon/crdt/undo_step.h"

#include <algorithm>

namespace plait::crdt {

void OrderedRanges::add(ClientId client, Clock clock, std::uint32_t length) {
  if (length == 0) return;
  const bool known =
      !clients_.empty() &&
      (clients_.back() == client || std::ranges::find(clients_, client) != clients_.end());
  if (!known) clients_.push_back(client);
  ranges_.add(client, clock, length);
}

}  // namespace plait::crdt
