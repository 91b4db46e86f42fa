#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace plait::crdt {

// JavaScript lists an object's members in an order of its own: first the keys that are array
// indices, ascending, then the others as they were first set. Yjs writes objects in that order.

/// Whether members with these keys are in that order and each is there once. Sorts the keys.
[[nodiscard]] bool is_object_order(std::span<std::string_view> keys);

/// What is left, in that order, when members with these keys are set one after the other:
/// indices into `keys`. A key that comes again keeps its place and gets the later member.
[[nodiscard]] std::vector<std::uint32_t> object_order(std::span<const std::string_view> keys);

}  // namespace plait::crdt
