#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/app/daemon_dialer.h"
#include "daemon/app/home.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/pipe_stream.h"
#include "daemon/people/outcome.h"
#include "protocol/base/result.h"
#include "protocol/jsonrpc/fields.h"
#include "protocol/jsonrpc/frame_reader.h"
#include "protocol/messages/editor/all.h"

namespace plait::app {

/// Somebody without an editor who asks the daemon for one thing after the other, as an editor
/// would, and waits for each answer.
class DaemonClient final : private loop::StreamHandler {
 public:
  /// What the daemon says while an answer is waited for.
  struct Listener {
    std::function<void(const messages::editor::Progress&)> on_progress = [](const auto&) {};
    std::function<void(const messages::editor::WorkspaceProblem&)> on_problem =
        [](const auto&) {};
  };

  /// Finds the daemon of this user's Home, or starts it, and introduces itself.
  static Result<std::unique_ptr<DaemonClient>> connect(DaemonDialer::Missing missing,
                                                       Listener listener);
  ~DaemonClient() override = default;
  DaemonClient(const DaemonClient&) = delete;
  DaemonClient& operator=(const DaemonClient&) = delete;

  /// The daemon's answer, or what it says instead. Takes as long as it takes.
  template <class M>
  people::Outcome<typename M::Reply> call(const M& message) {
    const auto answer = ask(M::kMethod, jsonrpc::write_fields(message));
    if (!answer) return answer.refusal();
    auto reply = jsonrpc::read_fields<typename M::Reply>(*answer, "result");
    if (reply) return *std::move(reply);
    return jsonrpc::RpcError(jsonrpc::StandardError::InternalError, reply.error().message);
  }

  [[nodiscard]] const DaemonHello::Reply& daemon() const noexcept { return daemon_; }

 private:
  DaemonClient(Home home, Listener listener)
      : home_(std::move(home)), listener_(std::move(listener)) {}

  Result<void> dial(DaemonDialer::Missing missing);
  people::Outcome<jsonrpc::Json> ask(std::string_view method, jsonrpc::Json params);
  void take(const std::string& body);
  void hear(const jsonrpc::Notification& notification);
  void end(jsonrpc::RpcError why);

  void on_bytes(std::span<char> bytes) override;
  void on_end() override;
  void on_failed(const Error& /*error*/) override { on_end(); }
  void on_drained() override {}

  const Home home_;
  const Listener listener_;
  DaemonHello::Reply daemon_;
  std::int64_t last_id_ = 0;
  std::optional<people::Outcome<jsonrpc::Json>> answer_;
  jsonrpc::FrameReader reader_;
  loop::Loop loop_;
  std::unique_ptr<loop::PipeStream> stream_;
};

}  // namespace plait::app
