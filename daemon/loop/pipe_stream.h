#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "daemon/loop/stream.h"

namespace plait::loop {

class Loop;

/// Bytes that the path of a socket may have; the kernel's address has room for no more.
inline constexpr std::size_t kMaxSocketPath = 107;

/// A connection between two processes of one machine, from a PipeListener or a PipeConnector.
class PipeStream final : public Stream {
 public:
  /// Takes over a pipe or a socket that this process was given, and closes it in the end. Files
  /// and terminals are refused: the kernel cannot say when they are ready.
  static Result<std::unique_ptr<PipeStream>> adopt(Loop& loop, int descriptor);

  /// The user whose process is at the other end, as the kernel knows it. Nothing if the
  /// connection is gone.
  [[nodiscard]] std::optional<std::uint32_t> peer_user() const noexcept;

  // For this folder only: a stream that is not connected yet.
  [[nodiscard]] static std::unique_ptr<PipeStream> unconnected(Loop& loop);
  [[nodiscard]] State& state() noexcept { return *state_; }

 private:
  using Stream::Stream;
};

}  // namespace plait::loop
