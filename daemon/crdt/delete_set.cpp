#include "daemon/crdt/delete_set.h"

#include <algorithm>

#include "protocol/base/assert.h"

namespace plait::crdt {
namespace {

bool is_before(const DeleteRange& a, const DeleteRange& b) noexcept {
  return a.client != b.client ? a.client > b.client : a.clock < b.clock;
}

}  // namespace

void DeleteSet::add(ClientId client, Clock clock, std::uint32_t length) {
  if (length == 0) return;
  PLAIT_ASSERT(clock.value() + std::uint64_t{length} <= kClockLimit, "clocks below the limit");
  if (!ranges_.empty()) {
    DeleteRange& last = ranges_.back();
    if (last.client == client) {
      // Typing the delete key, or backspace: the range grows at its end, or at its start.
      if (last.end() == clock) {
        last.length += length;
        return;
      }
      if (clock + length == last.clock) {
        last.clock = clock;
        last.length += length;
        in_order_ = in_order_ && ranges_.size() == 1;
        return;
      }
    }
    in_order_ =
        in_order_ && (last.client > client || (last.client == client && last.end() < clock));
  }
  ranges_.push_back({client, clock, length});
}

void DeleteSet::add(const DeleteSet& other) {
  if (&other == this) return;
  for (const DeleteRange& range : other.ranges_) add(range.client, range.clock, range.length);
}

void DeleteSet::put_in_order() const noexcept {
  if (in_order_) return;
  in_order_ = true;
  std::sort(ranges_.begin(), ranges_.end(), is_before);
  std::size_t last = 0;
  for (std::size_t i = 1; i < ranges_.size(); ++i) {
    DeleteRange& left = ranges_[last];
    const DeleteRange& right = ranges_[i];
    if (left.client == right.client && left.end() >= right.clock) {
      left.length = std::max(left.end(), right.end()) - left.clock;
    } else {
      ranges_[++last] = right;
    }
  }
  if (!ranges_.empty()) ranges_.resize(last + 1);
}

bool DeleteSet::contains(Id id) const noexcept {
  put_in_order();
  const auto after = std::upper_bound(ranges_.begin(), ranges_.end(),
                                      DeleteRange{id.client, id.clock, 0}, is_before);
  if (after == ranges_.begin()) return false;
  const DeleteRange& candidate = *(after - 1);
  return candidate.client == id.client && id.clock < candidate.end();
}

std::span<const DeleteRange> DeleteSet::ranges() const noexcept {
  put_in_order();
  return ranges_;
}

std::span<const DeleteRange> DeleteSet::ranges_of(ClientId client) const noexcept {
  put_in_order();
  const auto [first, last] = std::equal_range(
      ranges_.begin(), ranges_.end(), DeleteRange{client, {}, 0},
      [](const DeleteRange& a, const DeleteRange& b) { return a.client > b.client; });
  return {first, last};
}

bool DeleteSet::operator==(const DeleteSet& other) const noexcept {
  return std::ranges::equal(ranges(), other.ranges());
}

void DeleteSet::encode(ByteWriter& out) const { put_delete_ranges(out, ranges()); }

std::string DeleteSet::encode() const {
  ByteWriter out;
  encode(out);
  return out.str();
}

Result<DeleteSet> DeleteSet::decode(std::string_view bytes) {
  ByteReader reader(bytes);
  auto decoded = read(reader);
  if (decoded && !reader.at_end()) {
    return fail(ErrorCode::Malformed, "bytes follow the end of the delete set");
  }
  return decoded;
}

Result<DeleteSet> DeleteSet::read(ByteReader& reader) {
  DeleteSet decoded;
  const std::uint64_t clients = reader.varuint();
  for (std::uint64_t i = 0; i < clients && reader.ok(); ++i) {
    const ClientId client{reader.varuint()};
    const std::uint64_t count = reader.varuint();
    for (std::uint64_t j = 0; j < count && reader.ok(); ++j) {
      const std::uint64_t clock = reader.varuint();
      const std::uint64_t length = reader.varuint();
      if (!reader.ok()) break;
      if (length == 0) return fail(ErrorCode::Malformed, "a deletion is empty");
      if (clock >= kClockLimit || length > kClockLimit - clock) {
        return fail(ErrorCode::Malformed, "a deletion reaches beyond 2^31");
      }
      decoded.add(client, Clock(static_cast<std::uint32_t>(clock)),
                  static_cast<std::uint32_t>(length));
    }
  }
  if (!reader.ok()) return fail(ErrorCode::Malformed, "the delete set is cut short");
  return decoded;
}

void DeleteSet::check_invariants() const {
  const auto all = ranges();
  for (std::size_t i = 0; i < all.size(); ++i) {
    PLAIT_ASSERT(all[i].length > 0, "no empty range in a delete set");
    if (i == 0) continue;
    PLAIT_ASSERT(is_before(all[i - 1], all[i]), "the ranges of a delete set to be in order");
    PLAIT_ASSERT(all[i - 1].client != all[i].client || all[i - 1].end() < all[i].clock,
                 "the ranges of a delete set to be apart");
  }
}

void put_delete_ranges(ByteWriter& out, std::span<const DeleteRange> ranges) {
  const auto end_of_client = [&](std::size_t i) {
    const ClientId client = ranges[i].client;
    while (i < ranges.size() && ranges[i].client == client) ++i;
    return i;
  };
  std::size_t clients = 0;
  for (std::size_t i = 0; i < ranges.size(); i = end_of_client(i)) ++clients;
  out.put_varuint(clients);
  for (std::size_t i = 0; i < ranges.size();) {
    const std::size_t end = end_of_client(i);
    out.put_varuint(number(ranges[i].client));
    out.put_varuint(end - i);
    for (; i < end; ++i) {
      out.put_varuint(ranges[i].clock.value());
      out.put_varuint(ranges[i].length);
    }
  }
}

}  // namespace plait::crdt
