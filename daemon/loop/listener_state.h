#pragma once

#include <chrono>

#include "daemon/loop/listener.h"
#include "daemon/loop/uv_handle.h"
#include "daemon/support/seldom.h"

// For the .cpp files of this folder.

namespace plait::loop {

/// What libuv holds on to for a Listener, until its close callback.
struct Listener::State {
  StreamHandle handle{};
  bool is_paused = false;
  bool has_waiting = false;  ///< libuv has taken a connection and waits for accept()
  Seldom complaints{std::chrono::seconds{10}};

  State() noexcept { handle.stream.data = this; }
  virtual ~State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// Takes the connection that has come, and hands it over.
  virtual void accept() = 0;

  /// Begins to listen; the handle is bound. libuv's status.
  [[nodiscard]] int listen();

 private:
  void complain(int status);
};

}  // namespace plait::loop
