#pragma once

#include <functional>
#include <memory>
#include <string>

#include "daemon/loop/listener.h"
#include "daemon/loop/pipe_stream.h"
#include "protocol/base/result.h"

namespace plait::loop {

class Loop;

/// Accepts connections on a Unix socket that only this user may connect to (mode 0600).
class PipeListener final : public Listener {
 public:
  using OnAccept = std::function<void(std::unique_ptr<PipeStream>)>;

  /// Takes the place of a socket that is there already: one that was killed left it behind. The
  /// caller holds a lock on the folder, or knows by other means that nobody listens there.
  /// Anything else of that name is left alone, and this fails.
  static Result<std::unique_ptr<PipeListener>> listen(Loop& loop, const std::string& path,
                                                      OnAccept on_accept);

 private:
  struct PipeState;

  using Listener::Listener;
};

}  // namespace plait::loop
