#pragma once

#include <cstddef>
#include <string_view>

#include "daemon/net/close_code.h"
#include "daemon/net/websocket_codec.h"

namespace plait::sync {

/// Where a Session's messages go: one connection.
class Line {
 public:
  Line() = default;
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  virtual void send(net::MessageKind kind, std::string_view payload) = 0;
  /// After this nothing is sent, and what arrives is of no interest.
  virtual void close(net::CloseCode code, std::string_view reason) = 0;
  /// What waits to leave.
  [[nodiscard]] virtual std::size_t queued_bytes() const = 0;

 protected:
  ~Line() = default;
};

}  // namespace plait::sync
