#pragma once

#include <cstdint>

#include "daemon/crdt/item.h"

namespace plait::crdt {

/// An item on its way into a list, as far as its place depends on it.
struct Newcomer {
  ClientId id{};
  Point origin;
  Point right_origin;
};

/// Walks over what others put at the same place, from `other` up to `right`, and returns the
/// item that the newcomer goes behind: `left` or one further on (the loop in Item.integrate of
/// Yjs, and in YATA).
///
/// A newcomer goes behind those whose origin is its own and whose client is lower, and behind
/// everything that hangs on what it goes behind; it stops before what hangs on something to the
/// left of its origin.
///
/// `Lists` says what the lists look like: item(ref), next(item), id_of(client), find(point) for
/// the item that holds a unit. It remembers what was walked over: mark(ref, place), and
/// place_of(ref), which is kNotScanned for anything else. step(ref, sibling) is told of each
/// item that is looked at, and may end the walk by returning false.
inline constexpr std::uint32_t kNotScanned = UINT32_MAX;

template <class Lists>
ItemRef scan_conflicts(Lists& lists, const Newcomer& newcomer, ItemRef left, ItemRef other,
                       ItemRef right) {
  std::uint32_t place = 0;
  std::uint32_t settled = 0;  // what was scanned before this is to the left for good
  while (other != ItemRef::None && other != right) {
    const Item& o = lists.item(other);
    const bool sibling = o.origin() == newcomer.origin;
    if (!lists.step(other, sibling)) break;
    lists.mark(other, place);
    if (sibling) {
      if (lists.id_of(o.client) < newcomer.id) {
        left = other;
        settled = place + 1;
      } else if (o.right_origin() == newcomer.right_origin) {
        break;
      }
    } else if (o.origin_client != ClientRef::None) {
      const std::uint32_t origin = lists.place_of(lists.find(o.origin()));
      if (origin == kNotScanned) break;
      if (origin < settled) {
        left = other;
        settled = place + 1;
      }
    } else {
      break;
    }
    ++place;
    other = lists.next(o);
  }
  return left;
}

}  // namespace plait::crdt
