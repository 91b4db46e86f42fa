#pragma once

#include <functional>
#include <memory>
#include <string>

#include "daemon/loop/pipe_stream.h"
#include "protocol/base/result.h"

namespace plait::loop {

class Loop;

/// One try to reach the process that listens on a Unix socket. Destroying it gives up.
class PipeConnector {
 public:
  using OnDone = std::function<void(Result<std::unique_ptr<PipeStream>>)>;

  /// Fails only if `path` is longer than kMaxSocketPath. Everything else is told to `on_done`,
  /// once; it may destroy the connector.
  static Result<std::unique_ptr<PipeConnector>> connect(Loop& loop, const std::string& path,
                                                        OnDone on_done);
  ~PipeConnector();
  PipeConnector(const PipeConnector&) = delete;
  PipeConnector& operator=(const PipeConnector&) = delete;

 private:
  struct State;

  PipeConnector() = default;

  State* state_ = nullptr;  ///< owned by the request; null when all is done
};

}  // namespace plait::loop
