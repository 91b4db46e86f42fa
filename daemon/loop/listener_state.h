#pragma once

#include "daemon/loop/listener.h"
#include "daemon/loop/uv_handle.h"

// For the .cpp files of this folder.

namespace plait::loop {

/// What libuv holds on to for a Listener, until its close callback.
struct Listener::State {
  StreamHandle handle{};
  bool is_paused = false;
  bool has_waiting = false;  ///< libuv has taken a connection and waits for accept()

  State() noexcept { handle.stream.data = this; }
  virtual ~State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// Takes the connection that has come, and hands it over.
  virtual void accept() = 0;

  /// Begins to listen; the handle is bound. libuv's status.
  [[nodiscard]] int listen();
};

}  // namespace plait::loop
