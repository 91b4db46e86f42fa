#include "daemon/crdt/object_order.h"

#include <algorithm>
#include <numeric>
#include <optional>

namespace plait::crdt {
namespace {

/// The number that a key stands for if JavaScript takes it for an array index.
std::optional<std::uint32_t> array_index(std::string_view key) noexcept {
  if (key.empty() || key.size() > 10 || (key[0] == '0' && key.size() > 1)) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : key) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  // 2^32 - 1 is a length and no index.
  if (value >= UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

}  // namespace

bool is_object_order(std::span<std::string_view> keys) {
  std::optional<std::uint32_t> last;
  std::size_t indices = 0;
  for (; indices < keys.size(); ++indices) {
    const auto index = array_index(keys[indices]);
    if (!index) break;
    if (last && *index <= *last) return false;
    last = index;
  }
  const auto names = keys.subspan(indices);
  if (std::any_of(names.begin(), names.end(), [](auto name) { return array_index(name); })) {
    return false;
  }
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) == names.end();
}

std::vector<std::uint32_t> object_order(std::span<const std::string_view> keys) {
  std::vector<std::uint32_t> by_key(keys.size());
  std::iota(by_key.begin(), by_key.end(), 0U);
  std::sort(by_key.begin(), by_key.end(), [&](std::uint32_t a, std::uint32_t b) {
    const int order = keys[a].compare(keys[b]);
    return order != 0 ? order < 0 : a < b;
  });

  struct Place {
    std::uint64_t rank;  ///< an array index, or, behind all of those, where the key came first
    std::uint32_t member;
  };
  std::vector<Place> places;
  for (std::size_t i = 0; i < by_key.size();) {
    const std::uint32_t first = by_key[i];
    while (++i < by_key.size() && keys[by_key[i]] == keys[first]) {
    }
    const auto index = array_index(keys[first]);
    places.push_back({index ? *index : (std::uint64_t{1} << 32) + first, by_key[i - 1]});
  }
  std::sort(places.begin(), places.end(),
            [](const Place& a, const Place& b) { return a.rank < b.rank; });

  by_key.clear();
  for (const Place& place : places) by_key.push_back(place.member);
  return by_key;
}

}  // namespace plait::crdt
