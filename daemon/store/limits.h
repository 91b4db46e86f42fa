#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace plait::store {

inline Result<void> check_at_most(std::string_view what, std::size_t size, std::size_t limit) {
  if (size <= limit) return {};
  return fail(ErrorCode::LimitExceeded, std::string(what)
                                            .append(" of ")
                                            .append(std::to_string(size))
                                            .append(", the limit is ")
                                            .append(std::to_string(limit)));
}

/// A limit that somebody ran into.
struct LimitHit {
  std::string what;
  std::uint64_t limit = 0;
};

/// What check_at_most() refused with; nothing for any other error.
inline std::optional<LimitHit> limit_hit(const Error& error) {
  constexpr std::string_view kOf = " of ";
  constexpr std::string_view kLimit = ", the limit is ";
  const std::string_view text = error.message;
  const std::size_t at = text.rfind(kLimit);
  const std::size_t of = text.rfind(kOf, at);
  if (error.code != ErrorCode::LimitExceeded || at == text.npos || of == text.npos) {
    return std::nullopt;
  }
  LimitHit hit{std::string(text.substr(0, of)), 0};
  const std::string_view digits = text.substr(at + kLimit.size());
  std::from_chars(digits.data(), digits.data() + digits.size(), hit.limit);
  return hit;
}

}  // namespace plait::store
