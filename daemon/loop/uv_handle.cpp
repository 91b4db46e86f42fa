#include "daemon/loop/uv_handle.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace plait::loop {
namespace {

std::string reason(int status) {
  std::array<char, 128> text{};
  return uv_strerror_r(status, text.data(), text.size());
}

}  // namespace

Error uv_error(int status, std::string_view doing) {
  const ErrorCode code = status == UV_ENOENT ? ErrorCode::NotFound : ErrorCode::System;
  return Error{code, reason(status)}.with_context(doing);
}

void must(int status, const char* doing) {
  if (status >= 0) [[likely]]
    return;
  std::fprintf(stderr, "%s: %s\n", doing, reason(status).c_str());
  std::abort();
}

}  // namespace plait::loop
