#pragma once

#include <string_view>

namespace plait::crdt {

// How Yjs compares the values of formats. Values are JSON texts in the one form that
// JSON.stringify writes, so equal texts mean equal values.

inline constexpr std::string_view kNullValue = "null";

/// JavaScript's === of two values that were parsed on their own: no two objects are the same.
[[nodiscard]] bool same_format_value(std::string_view a, std::string_view b) noexcept;

/// Yjs's equalAttrs: objects are equal if their members are the same. Arrays count as objects.
[[nodiscard]] bool equal_format_values(std::string_view a, std::string_view b);

}  // namespace plait::crdt
