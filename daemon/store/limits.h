#pragma once

#include <cstddef>
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

}  // namespace plait::store
