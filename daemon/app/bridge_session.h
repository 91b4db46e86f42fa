#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/jsonrpc/message.h"

namespace plait::app {

/// Requests of one editor that wait for an answer. An editor that asks for more without
/// listening is at fault, and its bridge ends.
inline constexpr std::size_t kMaxRequestsInFlight = 10'000;

/// What a bridge has to know of the talk between an editor and the daemon to put another daemon
/// in the place of one that is gone. Does no I/O: bodies of messages go in, and what is to be
/// sent to either side comes out.
///
/// A new daemon knows nothing of the editor. It is told `initialize` again, word for word, and
/// the workspaces that were open, whom the editor follows and where its user is; these answers
/// are nobody's but the bridge's. Requests that the old one took with it are answered with an
/// error that says so. Then the editor is asked to resync each document that it has open, and
/// so nothing that was typed is lost.
class BridgeSession {
 public:
  /// Bodies to send, in order.
  struct Out {
    std::vector<std::string> to_editor;
    std::vector<std::string> to_daemon;
  };

  /// LimitExceeded if too many requests wait.
  Result<Out> from_editor(std::string body);
  /// Unsupported if the daemon does not take the editor as the one before did.
  Result<Out> from_daemon(std::string body);

  /// The daemon is gone. Until daemon_came() nothing is to come from the editor.
  Out daemon_went();
  /// Another one is there.
  Out daemon_came();
  /// Whether the editor may be listened to: not while a new daemon is being told what it
  /// has to know.
  [[nodiscard]] bool is_ready() const noexcept { return replayed_.empty(); }

  /// Whether the editor waits for an answer.
  [[nodiscard]] bool is_waiting() const noexcept { return !in_flight_.empty(); }

  /// The editor asked for the end, so nobody needs another daemon.
  [[nodiscard]] bool is_ending() const noexcept { return shutdown_ || exited_; }
  /// It said `exit`.
  [[nodiscard]] bool has_exited() const noexcept { return exited_; }
  /// As LSP has it: 0 if `shutdown` came before the end.
  [[nodiscard]] int exit_code() const noexcept { return shutdown_ ? 0 : 1; }

 private:
  /// What a request was about, as far as it matters when it is answered.
  struct Asked {
    enum class What : std::uint8_t {
      Anything,
      Initialize,
      Workspace,
      Leave,
      Document,
      Follow,
      Unfollow,
      Shutdown
    };
    What what = What::Anything;
    /// The document's, or the id of the workspace that is left, or the params of following.
    std::string name;
  };

  void asked(const jsonrpc::Request& request, std::string_view body);
  void noted(const jsonrpc::Notification& notification);
  void answered(const Asked& asked, const jsonrpc::Json& result);
  /// An answer to what the bridge itself asked.
  Result<Out> take_replayed(const jsonrpc::RequestId& id, const jsonrpc::Json* result);
  /// All workspaces are open again.
  Out go_on();

  std::map<jsonrpc::RequestId, Asked> in_flight_;
  std::string initialize_;  ///< as the editor sent it; empty: it did not yet
  jsonrpc::RequestId initialize_id_;
  std::optional<std::string> encoding_;            ///< that was agreed on
  std::map<std::string, std::string> workspaces_;  ///< id to folder
  std::map<std::string, std::int64_t> documents_;  ///< name to epoch
  std::string presence_;  ///< as the editor said it last; empty: it did not
  std::string follow_;    ///< the params of following somebody; empty: it follows nobody
  std::map<jsonrpc::RequestId, Asked> replayed_;  ///< asked by the bridge
  bool shutdown_ = false;
  bool exited_ = false;
};

}  // namespace plait::app
