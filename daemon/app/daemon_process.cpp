#include "daemon/app/daemon_process.h"

#include <csignal>
#include <optional>
#include <utility>

#include <unistd.h>

#include "daemon/support/log.h"

namespace plait::app {

Result<std::unique_ptr<DaemonProcess>> DaemonProcess::start(const Home& home,
                                                            const MakeHost& make,
                                                            std::chrono::milliseconds idle_exit,
                                                            LogFile* log) {
  std::unique_ptr<DaemonProcess> process(new DaemonProcess(idle_exit, log));
  auto host = make(process->loop_);
  if (!host) return forward_error(host);
  process->host_ = *std::move(host);
  auto listener = loop::PipeListener::listen(
      process->loop_, home.short_path_of(kDaemonSocket),
      [it = process.get()](std::unique_ptr<loop::PipeStream> stream) {
        it->accept(std::move(stream));
      });
  if (!listener) {
    return Failure{std::move(listener).error().with_context(home.path_of(kDaemonSocket))};
  }
  process->listener_ = *std::move(listener);
  log::info("the daemon listens", {{"version", this_program().version}});
  return process;
}

DaemonProcess::DaemonProcess(std::chrono::milliseconds idle_exit, LogFile* log)
    : idle_exit_(idle_exit),
      log_(log),
      idle_(loop_,
            [this] {
              log::info("nobody needs the daemon any more");
              stop();
            }),
      drain_deadline_(loop_, [this] { loop_.stop(); }),
      end_of_turn_(loop_, [this] { end_of_turn(); }),
      terminate_(loop_, SIGTERM, [this] { stop(); }),
      interrupt_(loop_, SIGINT, [this] { stop(); }) {}

DaemonProcess::~DaemonProcess() = default;

void DaemonProcess::accept(std::unique_ptr<loop::PipeStream> stream) {
  const std::optional<std::uint32_t> user = stream->peer_user();
  if (!user || *user != ::geteuid()) {
    return log::warning("somebody else came to the daemon's socket",
                        {{"user", user.value_or(0)}});
  }
  if (ports_.size() >= kMaxEditors) return log::warning("too many editors at one time");
  EditorPort::Owner& me = *this;
  ports_.push_back(std::make_unique<EditorPort>(me, std::move(stream)));
}

std::unique_ptr<EditorPeer> DaemonProcess::welcome(EditorLine& line) {
  return host_->welcome(line);
}

void DaemonProcess::stop() {
  if (std::exchange(is_stopping_, true)) return;
  log::info("the daemon ends");
  listener_.reset();  // and with it the socket
  host_->drain();
  drain_deadline_.start(kDaemonDrainTime);
}

void DaemonProcess::end_of_turn() {
  if (host_ == nullptr) return;
  host_->end_of_turn();
  for (const auto& port : ports_) port->end_of_turn();
  ports_.remove_if([](const auto& port) { return port->is_over(); });
  if (log_ != nullptr) log_->rotate_if_large();
  if (!is_stopping_) return watch_idleness();
  std::size_t unsent = 0;
  for (const auto& port : ports_) unsent += port->queued_bytes();
  if (unsent == 0 && host_->is_drained()) loop_.stop();
}

void DaemonProcess::watch_idleness() {
  if (!ports_.empty() || host_->is_busy()) {
    idle_.stop();
  } else if (!idle_.is_running()) {
    idle_.start(idle_exit_);
  }
}

}  // namespace plait::app
