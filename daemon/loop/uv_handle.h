#pragma once

#include <string_view>

#include <uv.h>

#include "daemon/loop/handle.h"
#include "protocol/base/result.h"

// For the .cpp files of this folder.

namespace plait::loop {

template <class Handle>
uv_handle_t* as_handle(Handle& handle) noexcept {
  return reinterpret_cast<uv_handle_t*>(&handle);
}

/// A connection or a listener, by each of its types.
union StreamHandle {
  uv_stream_t stream;
  uv_tcp_t tcp;
  uv_pipe_t pipe;
};

/// A State has a member `handle`, whose `data` points back at the State.
template <class State>
void CloseLater<State>::operator()(State* state) const noexcept {
  uv_close(as_handle(state->handle),
           [](uv_handle_t* closed) noexcept { delete static_cast<State*>(closed->data); });
}

/// What libuv answered, for a person: "listening on [::1]:80: permission denied".
[[nodiscard]] Error uv_error(int status, std::string_view doing);

/// For calls that fail only if the process is out of descriptors or memory, or if they are
/// wrong. Stops the program then.
void must(int status, const char* doing);

}  // namespace plait::loop
