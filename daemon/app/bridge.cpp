#include "daemon/app/bridge.h"

#include <chrono>
#include <csignal>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/app/bridge_session.h"
#include "daemon/app/daemon_dialer.h"
#include "daemon/app/home.h"
#include "daemon/app/standard_streams.h"
#include "daemon/loop/end_of_turn.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/signal.h"
#include "daemon/loop/timer.h"
#include "daemon/support/clock.h"
#include "protocol/jsonrpc/frame_reader.h"

namespace plait::app {
namespace {

using std::chrono::milliseconds;

/// With more than this waiting for one side, nothing more is read from the other.
constexpr std::size_t kBridgeBacklogBytes = std::size_t{1} << 20;
/// Daemons that may be lost one soon after the other; then there is something wrong that a new
/// one does not mend.
constexpr int kMaxRestarts = 5;
constexpr milliseconds kFirstRestartPause{100};
/// A daemon that lived as long as this is a good one, and the count begins anew.
constexpr std::chrono::seconds kSteadyTime{60};
/// For answers that an editor still waits for when it has closed its end.
constexpr std::chrono::seconds kGoodbyeTime{2};
constexpr int kSignalExitCode = 128;

/// One side of the bridge: bytes that come, as bodies.
class Side final : public loop::StreamHandler {
 public:
  struct Callbacks {
    std::function<void()> on_more;
    std::function<void()> on_drained;
    std::function<void()> on_end;
  };
  explicit Side(Callbacks callbacks) : callbacks_(std::move(callbacks)) {}

  /// The next body that has come whole.
  auto next() { return reader_.next(); }
  /// Of another connection.
  void begin_anew() { reader_ = jsonrpc::FrameReader(); }

 private:
  void on_bytes(std::span<char> bytes) override {
    reader_.feed({bytes.data(), bytes.size()});
    callbacks_.on_more();
  }
  void on_drained() override { callbacks_.on_drained(); }
  void on_end() override { callbacks_.on_end(); }
  void on_failed(const Error& /*error*/) override { callbacks_.on_end(); }

  const Callbacks callbacks_;
  jsonrpc::FrameReader reader_;
};

class Bridge {
 public:
  Bridge(loop::Loop& loop, const Home& home, StandardStreams& streams);

  Result<int> run() {
    loop_.run();
    return std::move(outcome_);
  }

 private:
  // The daemon.
  void dial();
  void dialled(Result<DaemonDialer::Connected> daemon);
  void lost(std::string_view why);

  void carry_from_editor();
  void carry_from_daemon();
  void deliver(Result<BridgeSession::Out> out);
  void send();
  void read_on();

  void editor_ended();
  void end(Result<int> outcome);

  loop::Loop& loop_;
  const Home& home_;
  StandardStreams& streams_;
  const SystemClock clock_;
  BridgeSession session_;
  std::string to_editor_;  ///< of this turn
  std::string to_daemon_;
  bool editor_has_ended_ = false;
  bool is_over_ = false;
  int restarts_ = 0;
  MonotonicTime came_at_;
  Result<int> outcome_ = 0;

  Side editor_;
  Side output_;
  Side daemon_side_;
  std::unique_ptr<loop::PipeStream> daemon_;
  std::optional<DaemonDialer> dialer_;
  loop::Timer restart_;
  loop::Timer goodbye_;
  loop::EndOfTurn end_of_turn_;
  loop::Signal terminate_;
  loop::Signal interrupt_;
  loop::Signal hang_up_;
};

Bridge::Bridge(loop::Loop& loop, const Home& home, StandardStreams& streams)
    : loop_(loop),
      home_(home),
      streams_(streams),
      editor_({[this] { carry_from_editor(); }, [] {}, [this] { editor_ended(); }}),
      output_({[] {}, [this] { read_on(); }, [this] { end(session_.exit_code()); }}),
      daemon_side_({[this] { carry_from_daemon(); }, [this] { read_on(); },
                    [this] { lost("it ended"); }}),
      restart_(loop, [this] { dial(); }),
      goodbye_(loop, [this] { is_over_ ? loop_.stop() : end(session_.exit_code()); }),
      end_of_turn_(loop, [this] { send(); }),
      terminate_(loop, SIGTERM, [this] { end(kSignalExitCode + SIGTERM); }),
      interrupt_(loop, SIGINT, [this] { end(kSignalExitCode + SIGINT); }),
      hang_up_(loop, SIGHUP, [this] { end(kSignalExitCode + SIGHUP); }) {
  streams_.out().report_to(output_);
  dial();
}

// --- The daemon --------------------------------------------------------------------------

void Bridge::dial() {
  dialer_.emplace(
      loop_, home_, DaemonDialer::Missing::Start,
      [this](Result<DaemonDialer::Connected> daemon) { dialled(std::move(daemon)); });
}

void Bridge::dialled(Result<DaemonDialer::Connected> daemon) {
  dialer_.reset();
  if (!daemon) return end(forward_error(daemon));
  came_at_ = clock_.now();
  daemon_ = std::move(daemon->stream);
  daemon_side_.begin_anew();
  daemon_->start_reading(daemon_side_);
  deliver(session_.daemon_came());
  read_on();
}

void Bridge::lost(std::string_view why) {
  if (is_over_) return;
  to_daemon_.clear();
  streams_.in().stop_reading();
  if (daemon_ != nullptr) {
    daemon_.reset();
    if (clock_.now() - came_at_ > kSteadyTime) restarts_ = 0;
    deliver(session_.daemon_went());
  }
  if (session_.is_ending() || editor_has_ended_) return end(session_.exit_code());
  if (restarts_ >= kMaxRestarts) {
    return end(fail(ErrorCode::System, "the daemon ends again and again (" + std::string(why) +
                                           "): see " + home_.path_of(kLogFolder)));
  }
  restart_.start(kFirstRestartPause * (1 << restarts_++));
}

// --- Messages ----------------------------------------------------------------------------

void Bridge::carry_from_editor() {
  while (!is_over_ && daemon_ != nullptr && session_.is_ready()) {
    auto body = editor_.next();
    if (!body) return end(forward_error(body));
    if (!*body) return;
    deliver(session_.from_editor(**std::move(body)));
    if (session_.has_exited()) return editor_ended();
    if (to_daemon_.size() + daemon_->queued_bytes() > kBridgeBacklogBytes) {
      return streams_.in().stop_reading();
    }
  }
}

void Bridge::carry_from_daemon() {
  while (!is_over_ && daemon_ != nullptr) {
    auto body = daemon_side_.next();
    if (!body) return lost("it sent what is no message");
    if (!*body) break;
    const bool was_ready = session_.is_ready();
    deliver(session_.from_daemon(**std::move(body)));
    if (!was_ready && session_.is_ready()) read_on();
    if (daemon_ != nullptr &&
        to_editor_.size() + streams_.out().queued_bytes() > kBridgeBacklogBytes) {
      return daemon_->stop_reading();
    }
  }
  if (editor_has_ended_ && !session_.is_waiting()) end(session_.exit_code());
}

void Bridge::deliver(Result<BridgeSession::Out> out) {
  if (!out) return end(forward_error(out));
  for (const std::string& body : out->to_editor) to_editor_ += jsonrpc::framed(body);
  for (const std::string& body : out->to_daemon) to_daemon_ += jsonrpc::framed(body);
}

/// At the end of each turn: what came together leaves together.
void Bridge::send() {
  if (daemon_ != nullptr) daemon_->write(std::exchange(to_daemon_, {}));
  streams_.out().write(std::exchange(to_editor_, {}));
  if (is_over_ && streams_.out().queued_bytes() == 0) loop_.stop();
}

/// What waited for one side is gone: on with what the other one has said meanwhile.
void Bridge::read_on() {
  if (is_over_) return;
  if (daemon_ != nullptr && streams_.out().queued_bytes() <= kBridgeBacklogBytes) {
    daemon_->start_reading(daemon_side_);
    carry_from_daemon();
  }
  if (daemon_ != nullptr && session_.is_ready() && !editor_has_ended_ && !is_over_ &&
      daemon_->queued_bytes() <= kBridgeBacklogBytes) {
    streams_.in().start_reading(editor_);
    carry_from_editor();
  }
}

// --- The end -----------------------------------------------------------------------------

void Bridge::editor_ended() {
  if (std::exchange(editor_has_ended_, true)) return;
  streams_.in().stop_reading();
  if (!session_.is_waiting()) return end(session_.exit_code());
  goodbye_.start(kGoodbyeTime);
}

/// What was said is sent first, if the editor takes it.
void Bridge::end(Result<int> outcome) {
  if (std::exchange(is_over_, true)) return;
  outcome_ = std::move(outcome);
  restart_.stop();
  dialer_.reset();
  goodbye_.start(kGoodbyeTime);
}

}  // namespace

Result<int> run_bridge() {
  const auto folder = home_folder();
  if (!folder) return Failure{folder.error()};
  auto home = Home::open(*folder);
  if (!home) return forward_error(home);
  loop::Loop loop;
  auto streams = StandardStreams::open(loop);
  if (!streams) return forward_error(streams);
  return Bridge(loop, *home, *streams).run();
}

}  // namespace plait::app
