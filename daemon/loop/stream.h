#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "daemon/loop/handle.h"
#include "protocol/base/result.h"

namespace plait::loop {

/// What a stream tells the one who uses it. Any of these may destroy the stream.
class StreamHandler {
 public:
  virtual ~StreamHandler() = default;

  /// The bytes are valid, and may be changed, until this returns.
  virtual void on_bytes(std::span<char> bytes) = 0;
  /// The peer will send nothing more, but may still read. Called once.
  virtual void on_end() = 0;
  /// The connection is gone; what was queued is lost. Called once, and nothing after it.
  virtual void on_failed(const Error& error) = 0;
  /// All that had to wait in the queue has been sent.
  virtual void on_drained() = 0;
};

/// A connection: bytes in both directions. TcpStream and PipeStream are the kinds there are.
///
/// Costs no buffer while nothing is queued. Destroying it closes it at once and drops what is
/// queued; to have that sent first, call shutdown() and wait for on_drained().
class Stream {
 public:
  virtual ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// From now on `handler`, which is borrowed, hears of everything. Also goes on reading after
  /// stop_reading().
  void start_reading(StreamHandler& handler);
  /// The same without reading: for what can only be written to.
  void report_to(StreamHandler& handler) noexcept;
  /// The peer is slowed down as the kernel's buffers fill. That it has ended, or failed, is
  /// noticed only when reading or writing.
  void stop_reading() noexcept;

  /// Sends at once what the kernel takes, and queues a copy of the rest, which is sent as one
  /// when it goes on. The queue has no bound of its own: whoever writes looks at queued_bytes()
  /// and decides what a slow peer is worth. After a failure nothing happens.
  void write(std::string_view bytes);
  /// What the kernel has not taken yet.
  [[nodiscard]] std::size_t queued_bytes() const noexcept;
  /// Nothing more will be written. The peer sees the end after what is queued; it may go on
  /// sending.
  void shutdown();

  // For this folder only.
  struct State;

 protected:
  explicit Stream(HandlePtr<State> state) noexcept;

  HandlePtr<State> state_;
};

}  // namespace plait::loop
