#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "daemon/crdt/id.h"
#include "daemon/crdt/item.h"
#include "daemon/crdt/run_index.h"

namespace plait::crdt {

/// The clients a replica has heard of, and each one's items by clock.
class ClientTable {
 public:
  struct Client {
    ClientId id{};
    RunIndex runs;
    /// The transaction that last gave this client new items, and where they start.
    std::uint64_t changed_in = 0;
    Clock before_change;
    std::uint32_t arrival = 0;  ///< the first client that got items has 1, the next 2, …
  };

  ClientTable() : clients_(1) {}  // slot zero is ClientRef::None

  /// None if nothing was ever added under this id.
  [[nodiscard]] ClientRef find(ClientId id) const noexcept {
    if (clients_[index_of(recent_)].id == id && recent_ != ClientRef::None) return recent_;
    const auto found = by_id_.find(number(id));
    if (found == by_id_.end()) return ClientRef::None;
    return recent_ = found->second;
  }
  [[nodiscard]] ClientRef find_or_add(ClientId id) {
    const ClientRef known = find(id);
    if (known != ClientRef::None) return known;
    const ClientRef added{static_cast<std::uint32_t>(clients_.size())};
    clients_.push_back(Client{id, {}, 0, {}});
    by_id_.emplace(number(id), added);
    return recent_ = added;
  }

  [[nodiscard]] Client& operator[](ClientRef ref) noexcept {
    return clients_.data()[index_of(ref)];
  }
  [[nodiscard]] const Client& operator[](ClientRef ref) const noexcept {
    return clients_.data()[index_of(ref)];
  }
  [[nodiscard]] ClientId id_of(ClientRef ref) const noexcept {
    return clients_.data()[index_of(ref)].id;
  }

  /// A client is about to get its first item.
  void note_arrival(ClientRef ref) noexcept { (*this)[ref].arrival = ++arrivals_; }

  /// The first clock that this replica does not have of a client.
  [[nodiscard]] Clock next_clock(ClientId id) const noexcept {
    const ClientRef ref = find(id);
    return ref == ClientRef::None ? Clock{} : clients_[index_of(ref)].runs.end();
  }

  /// Calls `visit(ClientRef, const Client&)` for every client that has items, in no order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::size_t i = 1; i < clients_.size(); ++i) {
      if (!clients_[i].runs.empty())
        visit(ClientRef{static_cast<std::uint32_t>(i)}, clients_[i]);
    }
  }
  /// Those clients, the highest id first: the order of everything that Yjs encodes.
  [[nodiscard]] std::vector<ClientRef> by_descending_id() const;

 private:
  std::vector<Client> clients_;
  std::unordered_map<std::uint64_t, ClientRef> by_id_;
  std::uint32_t arrivals_ = 0;
  mutable ClientRef recent_ = ClientRef::None;
};

}  // namespace plait::crdt
