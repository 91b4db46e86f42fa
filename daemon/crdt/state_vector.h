#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crdt/id.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace plait::crdt {

/// How much somebody has of each client: the first clock that is missing. No entry and clock
/// zero are the same.
///
/// Invariants (check_invariants): clients descend strictly, which is the order on the wire; no
/// clock is zero.
class StateVector {
 public:
  struct Entry {
    ClientId client{};
    Clock clock;

    constexpr bool operator==(const Entry&) const noexcept = default;
  };

  StateVector() = default;
  /// From entries in any order. Of several for one client the highest counts.
  explicit StateVector(std::vector<Entry> entries);

  [[nodiscard]] Clock get(ClientId client) const noexcept;
  [[nodiscard]] bool has(Id id) const noexcept { return id.clock < get(id.client); }
  /// Adding clients one at a time costs the number of entries each; for many there is the
  /// constructor.
  void set(ClientId client, Clock clock);

  /// The entries, the highest client first.
  [[nodiscard]] std::span<const Entry> entries() const noexcept { return entries_; }
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  void clear() noexcept { entries_.clear(); }

  /// Whether this one has everything that the other has.
  [[nodiscard]] bool includes(const StateVector& other) const noexcept;
  bool operator==(const StateVector&) const noexcept = default;

  void encode(ByteWriter& out) const;
  [[nodiscard]] std::string encode() const;
  /// Reads what encodeStateVector of Yjs writes; a client may come once, nothing may follow.
  static Result<StateVector> decode(std::string_view bytes);
  /// The same as a part of something longer.
  static Result<StateVector> read(ByteReader& reader);

  /// Aborts with a message if an invariant does not hold.
  void check_invariants() const;

 private:
  std::vector<Entry> entries_;
};

}  // namespace plait::crdt
