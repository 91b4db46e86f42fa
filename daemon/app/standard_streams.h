#pragma once

#include <memory>
#include <optional>
#include <thread>

#include "daemon/loop/loop.h"
#include "daemon/loop/pipe_stream.h"
#include "protocol/base/result.h"

namespace plait::app {

/// Standard input and output of this process as streams of a loop, whatever they are. Files and
/// terminals have threads that copy, since the kernel does not say when they are ready.
class StandardStreams {
 public:
  /// The loop outlives it.
  static Result<StandardStreams> open(loop::Loop& loop);

  StandardStreams(StandardStreams&&) = default;
  StandardStreams& operator=(StandardStreams&&) = delete;
  StandardStreams(const StandardStreams&) = delete;
  StandardStreams& operator=(const StandardStreams&) = delete;
  /// All that was written and has left the stream has then arrived.
  ~StandardStreams();

  [[nodiscard]] loop::PipeStream& in() noexcept { return *in_; }
  [[nodiscard]] loop::PipeStream& out() noexcept { return *out_; }

 private:
  StandardStreams() = default;

  std::optional<std::thread> copies_out_;
  std::unique_ptr<loop::PipeStream> in_;
  std::unique_ptr<loop::PipeStream> out_;
};

}  // namespace plait::app
