#pragma once

#include "daemon/loop/handle.h"

namespace plait::loop {

/// Waits for connections. TcpListener and PipeListener are the kinds there are; destroying one
/// closes its socket, and connections that nobody took are refused.
class Listener {
 public:
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// New connections wait in the kernel's queue.
  void pause() noexcept;
  /// One that came meanwhile may be handed over before this returns.
  void resume();

  // For this folder only.
  struct State;

 protected:
  explicit Listener(HandlePtr<State> state) noexcept;
  ~Listener();

  HandlePtr<State> state_;
};

}  // namespace plait::loop
