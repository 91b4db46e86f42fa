#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "daemon/app/daemon_hello.h"
#include "daemon/app/home.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/pipe_connector.h"
#include "daemon/loop/pipe_stream.h"
#include "daemon/loop/timer.h"
#include "daemon/loop/work.h"
#include "protocol/base/result.h"
#include "protocol/jsonrpc/frame_reader.h"

namespace plait::app {

/// How long it may take to find a daemon, or to start one, before that is a failure.
inline constexpr std::chrono::seconds kDialTime{20};
/// Between looks at a daemon that begins or ends.
inline constexpr std::chrono::milliseconds kDialPause{20};
/// How often one dialer asks a daemon to make way: two programs that replace each other's
/// daemon would never end.
inline constexpr int kMaxReplacements = 2;

/// Finds the daemon of a Home, starts it if there is none, and greets it.
///
/// A daemon that is older than this program is asked to end, and is started anew: its editors
/// come back by themselves. One that is newer stays, and this program goes on with it if both
/// speak the same protocol. However many dial at the same time, they end up with one daemon.
class DaemonDialer final : private loop::StreamHandler {
 public:
  /// What to do if there is no daemon.
  enum class Missing : std::uint8_t { Start, Fail };

  struct Connected {
    std::unique_ptr<loop::PipeStream> stream;  ///< nothing was read that is not the greeting's
    DaemonHello::Reply daemon;
  };
  /// Called once. NotFound if there is no daemon and none was to be started.
  using OnDone = std::function<void(Result<Connected>)>;

  /// What is borrowed outlives it. Destroying it gives up; `on_done` may.
  DaemonDialer(loop::Loop& loop, const Home& home, Missing missing, OnDone on_done);
  ~DaemonDialer() override = default;
  DaemonDialer(const DaemonDialer&) = delete;
  DaemonDialer& operator=(const DaemonDialer&) = delete;

 private:
  void dial();
  void connected(Result<std::unique_ptr<loop::PipeStream>> stream);
  void not_there(const Error& error);
  void start();
  void greeted(const std::string& body);
  void decide(const DaemonHello::Reply& daemon);
  void again(std::chrono::milliseconds after);
  void end(Result<Connected> result);

  void on_bytes(std::span<char> bytes) override;
  void on_end() override { again(kDialPause); }
  void on_failed(const Error& /*error*/) override { again(kDialPause); }
  void on_drained() override {}

  loop::Loop& loop_;
  const Home& home_;
  const Missing missing_;
  const OnDone on_done_;
  int replacements_ = 0;
  bool is_waiting_for_end_ = false;  ///< it was asked to stop
  std::string trouble_ = "the daemon does not answer";
  jsonrpc::FrameReader reader_{kMaxGreetingBytes};
  std::unique_ptr<loop::PipeConnector> connector_;
  std::unique_ptr<loop::PipeStream> stream_;
  std::optional<loop::Work> starting_;
  loop::Timer pause_;
  loop::Timer deadline_;
};

}  // namespace plait::app
