#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crdt/id.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace plait::crdt {

/// Units of one client that were deleted.
struct DeleteRange {
  ClientId client{};
  Clock clock;
  std::uint32_t length = 0;

  [[nodiscard]] constexpr Clock end() const noexcept { return clock + length; }
  constexpr bool operator==(const DeleteRange&) const noexcept = default;
};

/// A set of deleted ids, held as ranges. Adding is cheap; ranges are put in order and joined
/// when the set is looked at next, so looking counts as a change where threads are concerned.
///
/// Invariants once it is looked at (check_invariants): the clients descend and each one's
/// clocks ascend, as on the wire; no range is empty; ranges of one client neither overlap nor
/// touch.
class DeleteSet {
 public:
  /// Forgets everything and keeps the memory.
  void clear() noexcept {
    ranges_.clear();
    in_order_ = true;
  }
  [[nodiscard]] bool empty() const noexcept { return ranges_.empty(); }

  void add(ClientId client, Clock clock, std::uint32_t length);
  void add(const DeleteSet& other);

  [[nodiscard]] bool contains(Id id) const noexcept;
  /// All ranges, the highest client first. Good until the next change.
  [[nodiscard]] std::span<const DeleteRange> ranges() const noexcept;
  /// Those of one client.
  [[nodiscard]] std::span<const DeleteRange> ranges_of(ClientId client) const noexcept;
  bool operator==(const DeleteSet& other) const noexcept;

  void encode(ByteWriter& out) const;
  [[nodiscard]] std::string encode() const;
  /// Reads what Yjs's writeDeleteSet writes, in any order; nothing may follow.
  static Result<DeleteSet> decode(std::string_view bytes);
  /// The same as a part of something longer.
  static Result<DeleteSet> read(ByteReader& reader);

  /// Aborts with a message if an invariant does not hold.
  void check_invariants() const;

 private:
  void put_in_order() const noexcept;

  mutable std::vector<DeleteRange> ranges_;
  mutable bool in_order_ = true;
};

/// Writes ranges, the highest client first, as a delete set. They need not be disjoint or
/// sorted within a client.
void put_delete_ranges(ByteWriter& out, std::span<const DeleteRange> ranges);

}  // namespace plait::crdt
