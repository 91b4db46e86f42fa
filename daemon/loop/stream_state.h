#pragma once

#include <memory>
#include <string>

#include "daemon/loop/stream.h"
#include "daemon/loop/uv_handle.h"

// For the .cpp files of this folder.

namespace plait::loop {

/// What libuv holds on to for a Stream, until its close callback.
struct Stream::State {
  /// What the kernel did not take. Two strings, since libuv reads the one that it is sending.
  struct Queue {
    uv_write_t request{};
    std::string sending;
    std::string waiting;
  };

  StreamHandle handle{};
  StreamHandler* handler = nullptr;
  std::unique_ptr<Queue> queue;               ///< null while nothing is queued
  std::unique_ptr<uv_shutdown_t> last_write;  ///< there from shutdown() on
  bool has_ended = false;                     ///< the peer sends nothing more
  bool has_failed = false;

  State() noexcept { handle.stream.data = this; }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void send_waiting();
  void send_end();
  void fail(int status);

  void on_read(ssize_t count, const uv_buf_t& buffer);
  void on_written(int status);
};

}  // namespace plait::loop
