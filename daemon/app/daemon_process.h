#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>

#include "daemon/app/editor_port.h"
#include "daemon/app/home.h"
#include "daemon/app/log_file.h"
#include "daemon/loop/end_of_turn.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/pipe_listener.h"
#include "daemon/loop/signal.h"
#include "daemon/loop/timer.h"
#include "protocol/base/result.h"

namespace plait::app {

/// Editors and programs that may be connected at one time; more are hung up on.
inline constexpr std::size_t kMaxEditors = 256;
/// What it waits for the disk and for slow editors when it has to go.
inline constexpr std::chrono::seconds kDaemonDrainTime{10};

/// `plait daemon` behind the command line: listens on the socket in a Home, for programs of the
/// same user, until nobody needs it or it is told to go.
class DaemonProcess final : private EditorPort::Owner {
 public:
  using MakeHost = std::function<Result<std::unique_ptr<EditorHost>>(loop::Loop& loop)>;

  /// `home` outlives it, and the caller has its lock. `log` may be null.
  static Result<std::unique_ptr<DaemonProcess>> start(const Home& home, const MakeHost& make,
                                                      std::chrono::milliseconds idle_exit,
                                                      LogFile* log);
  ~DaemonProcess();

  /// Until it is drained.
  void run() { loop_.run(); }

 private:
  DaemonProcess(std::chrono::milliseconds idle_exit, LogFile* log);

  void accept(std::unique_ptr<loop::PipeStream> stream);
  std::unique_ptr<EditorPeer> welcome(EditorLine& line) override;
  void stop() override;
  void end_of_turn();
  void watch_idleness();

  loop::Loop loop_;
  const std::chrono::milliseconds idle_exit_;
  LogFile* const log_;
  bool is_stopping_ = false;
  std::unique_ptr<EditorHost> host_;
  std::list<std::unique_ptr<EditorPort>> ports_;  // before the host: its peers belong to it
  std::unique_ptr<loop::PipeListener> listener_;
  loop::Timer idle_;
  loop::Timer drain_deadline_;
  loop::EndOfTurn end_of_turn_;
  loop::Signal terminate_;
  loop::Signal interrupt_;
};

}  // namespace plait::app
