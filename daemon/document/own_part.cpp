#include "daemon/document/own_part.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace plait::document {
namespace {

bool contains(std::span<const crdt::ClientId> clients, crdt::ClientId client) {
  return std::find(clients.begin(), clients.end(), client) != clients.end();
}

}  // namespace

std::string own_part(const crdt::Document& document, std::span<const crdt::ClientId> own,
                     const crdt::StateVector& known) {
  const crdt::StateVector here = document.state_vector();
  std::vector<crdt::StateVector::Entry> entries;
  for (const auto& [client, clock] : here.entries()) {
    entries.push_back({client, contains(own, client) ? known.get(client) : clock});
  }
  return document.encode_state(crdt::StateVector(std::move(entries)));
}

bool has_more_of_others(const crdt::Document& document, std::span<const crdt::ClientId> own,
                        const crdt::StateVector& known) {
  const crdt::StateVector here = document.state_vector();
  return std::any_of(here.entries().begin(), here.entries().end(), [&](const auto& entry) {
    return known.get(entry.client) < entry.clock && !contains(own, entry.client);
  });
}

}  // namespace plait::document
