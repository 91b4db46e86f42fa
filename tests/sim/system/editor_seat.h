#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/app/bridge_session.h"
#include "daemon/editor/session.h"
#include "daemon/workspace/shelf.h"
#include "protocol/jsonrpc/frame_reader.h"
#include "tests/sim/chance.h"
#include "tests/sim/network.h"
#include "tests/sim/trace.h"
#include "tests/support/scripted_editor.h"

namespace plait::sim::system {

/// One editor on a machine, the bridge that it started, and its session in the daemon, if one
/// runs. The pipes between them keep the order, and take their time.
class EditorSeat final : private editor::Line {
 public:
  struct Around {
    Agenda& agenda;
    const SimClock& clock;
    Trace& trace;
    microseconds slowest{2000};  ///< of the pipes
    std::size_t number = 0;
    /// The daemon is about to hear something, and does when `hear` is called.
    std::function<void(std::string_view body, const std::function<void()>& hear)> on_saying;
  };
  EditorSeat(Around around, Chance chance);
  ~EditorSeat();

  [[nodiscard]] support::ScriptedEditor& editor() noexcept { return *editor_; }
  [[nodiscard]] const support::ScriptedEditor& editor() const noexcept { return *editor_; }
  [[nodiscard]] const std::set<std::string>& uris() const noexcept { return uris_; }
  [[nodiscard]] std::size_t number() const noexcept { return around_.number; }

  void opens(const std::string& uri, const std::string& text, bool is_modified);
  void closes(const std::string& uri);
  /// It dies with all that it has, and is started anew with nothing open.
  void ends();
  /// What the editor has said leaves it.
  void speaks();

  void daemon_came(workspace::Shelf& shelf);
  void daemon_went();
  [[nodiscard]] bool has_had(const std::string& file, std::string_view text) const;
  /// Nothing is on its way, and no buffer waits for an answer.
  [[nodiscard]] bool is_settled() const;
  /// What the daemon said that it may not say.
  [[nodiscard]] const std::optional<std::string>& problem() const { return problem_; }

 private:
  // editor::Line
  void send(std::string_view body) override;
  void close() override {}

  void to_daemon(const std::string& body);
  void to_editor(const std::string& body);
  void hand_on(app::BridgeSession::Out out);
  [[nodiscard]] MonotonicTime arrival(MonotonicTime& latest);

  const Around around_;
  Chance chance_;
  std::optional<support::ScriptedEditor> editor_;
  std::uint64_t editor_life_ = 0;
  std::set<std::string> uris_;
  jsonrpc::FrameReader reader_;
  app::BridgeSession bridge_;
  std::unique_ptr<editor::Session> session_;
  std::uint64_t life_ = 0;          ///< of the session
  std::deque<std::string> unsaid_;  ///< by an editor whose bridge has no daemon to tell
  std::size_t in_flight_ = 0;
  MonotonicTime latest_at_daemon_;
  MonotonicTime latest_at_editor_;
  std::optional<std::string> problem_;
};

}  // namespace plait::sim::system
