#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace plait::jsonrpc {

/// The header of a frame, with the empty line that ends it.
inline constexpr std::size_t kMaxFrameHeaderBytes = std::size_t{4} << 10;

/// What an editor may send in one body.
inline constexpr std::size_t kMaxFrameBodyBytes = std::size_t{32} << 20;

/// Cuts a byte stream into JSON-RPC bodies framed by Content-Length headers, as LSP does.
///
/// Does no I/O: feed() takes whatever arrived, next() hands out what is whole. A framing error
/// is sticky, since nothing after it can be trusted; the owner closes the connection. Not
/// thread-safe.
class FrameReader {
 public:
  /// A larger body is refused from its header alone, before it is buffered.
  explicit FrameReader(std::size_t max_body_bytes = kMaxFrameBodyBytes) noexcept
      : max_body_bytes_(max_body_bytes) {}

  void feed(std::string_view bytes);

  /// The next whole body, nullopt if more bytes are needed, or the error.
  Result<std::optional<std::string>> next();

 private:
  /// Reads the header if all of it is there; false if it is not yet.
  Result<bool> read_header();

  std::size_t max_body_bytes_;
  std::string buffer_;
  std::size_t done_ = 0;     ///< bytes at the start of the buffer that were handed out
  std::size_t scanned_ = 0;  ///< bytes behind them in which no header ends
  std::optional<std::size_t> body_bytes_;  ///< of the frame whose header was read
  std::optional<Error> failure_;
};

/// Puts the header on a body.
[[nodiscard]] std::string framed(std::string_view body);

}  // namespace plait::jsonrpc
