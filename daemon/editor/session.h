#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/editor/open_file.h"
#include "daemon/support/agenda.h"
#include "daemon/workspace/shelf.h"
#include "daemon/workspace/workspace.h"
#include "protocol/jsonrpc/message.h"
#include "protocol/messages/editor/all.h"

namespace plait::editor {

/// Without a word from its user for so long, an editor's user is idle, and then away.
inline constexpr std::chrono::seconds kIdleAfter{60};
inline constexpr std::chrono::minutes kAwayAfter{10};
/// Fewer files are brought into step without a word about it.
inline constexpr std::size_t kMinProgressFiles = 20;
inline constexpr std::chrono::milliseconds kProgressPause{200};

/// Where a session's messages go.
class Line {
 public:
  Line() = default;
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  virtual void send(std::string_view body) = 0;
  virtual void close() = 0;

 protected:
  ~Line() = default;
};

/// The conversation with one editor (docs/protocol.md, "The editor protocol"): messages in,
/// messages out. What it asks for is done by the workspaces; what it has open is in its
/// OpenFiles.
///
/// Does no I/O. No input can do more than be answered with an error.
class Session final : private workspace::WorkspaceListener, private OpenFile::Owner {
 public:
  /// All of them outlive it.
  Session(Line& line, workspace::Shelf& shelf, messages::Software software);
  ~Session();

  void receive(std::string_view body);

  /// Whether a text is, or lately was, in its buffer of a file.
  [[nodiscard]] bool has_had(const std::string& file, std::string_view text) const;

 private:
  template <class M>
  class Responder;
  enum class Phase : std::uint8_t { New, Ready, ShutDown };
  struct Follow {
    std::string workspace;
    std::string participant;
    std::string user;  ///< empty: not seen yet
  };
  struct Transfer {
    bool is_told = false;
    std::size_t most = 0;
    MonotonicTime told_at;
  };

  void take(const jsonrpc::Request& request);
  void take(const jsonrpc::Notification& notification);
  template <class M>
  bool take_request(const jsonrpc::Request& request);
  template <class M>
  bool take_notification(const jsonrpc::Notification& notification);
  void answer(const jsonrpc::RequestId& id, jsonrpc::Json result);
  void refuse(const jsonrpc::RequestId& id, jsonrpc::RpcError error);
  template <class M>
  void tell(const M& message);

  // Lifecycle and workspaces
  void handle(const messages::Initialize& message,
              const Responder<messages::Initialize>& respond);
  void handle(const messages::WorkspaceShare& message,
              const Responder<messages::WorkspaceShare>& respond);
  void handle(const messages::WorkspaceJoin& message,
              const Responder<messages::WorkspaceJoin>& respond);
  void handle(const messages::WorkspaceOpen& message,
              const Responder<messages::WorkspaceOpen>& respond);
  void handle(const messages::WorkspaceLeave& message,
              const Responder<messages::WorkspaceLeave>& respond);
  void handle(const messages::WorkspaceAnswer& message,
              const Responder<messages::WorkspaceAnswer>& respond);
  void handle(const messages::WorkspaceList& message,
              const Responder<messages::WorkspaceList>& respond);
  void handle(const messages::WorkspaceInvite& message,
              const Responder<messages::WorkspaceInvite>& respond);
  // Documents
  void handle(const messages::DocumentOpen& message,
              const Responder<messages::DocumentOpen>& respond);
  void handle(const messages::DocumentResync& message,
              const Responder<messages::DocumentResync>& respond);
  void handle(const messages::DocumentUndo& message,
              const Responder<messages::DocumentUndo>& respond);
  void handle(const messages::DocumentRedo& message,
              const Responder<messages::DocumentRedo>& respond);
  void handle(const messages::DocumentEdit& message);
  void handle(const messages::DocumentSave& message);
  void handle(const messages::DocumentClose& message);
  // People
  void handle(const messages::PresenceUpdate& message);
  void handle(const messages::FollowStart& message,
              const Responder<messages::FollowStart>& respond);
  void handle(const messages::FollowStop& message,
              const Responder<messages::FollowStop>& respond);
  // Chat
  void handle(const messages::ChatSend& message, const Responder<messages::ChatSend>& respond);
  void handle(const messages::ChatEdit& message, const Responder<messages::ChatEdit>& respond);
  void handle(const messages::ChatDelete& message,
              const Responder<messages::ChatDelete>& respond);
  void handle(const messages::ChatReact& message,
              const Responder<messages::ChatReact>& respond);
  void handle(const messages::ChatHistory& message,
              const Responder<messages::ChatHistory>& respond);
  void handle(const messages::ChatSearch& message,
              const Responder<messages::ChatSearch>& respond);
  void handle(const messages::ChatExport& message,
              const Responder<messages::ChatExport>& respond);
  void handle(const messages::ChatTyping& message);
  void handle(const messages::ChatRead& message);

  // workspace::WorkspaceListener
  void workspace_changed(const workspace::Workspace& workspace) override;
  void workspace_problem(const workspace::Workspace& workspace, std::string_view code,
                         const std::string& message, const std::string& path,
                         const std::string& kept_at) override;
  void workspace_progress(const workspace::Workspace& workspace) override;
  void participants_changed(const workspace::Workspace& workspace) override;
  void cursor_changed(const workspace::Workspace& workspace,
                      const std::string& participant) override;
  void chat_changed(const workspace::Workspace& workspace,
                    std::span<const workspace::ChatLine> lines) override;
  void file_replaced(const workspace::Workspace& workspace, const std::string& file) override;
  void workspace_gone(const workspace::Workspace& workspace) override;

  // OpenFile::Owner
  void say(const messages::DocumentApply& message) override { tell(message); }
  void say(const messages::DocumentVerify& message) override { tell(message); }
  void say(const messages::DocumentStale& message) override { tell(message); }
  std::int64_t next_epoch() override { return shelf_.next_epoch(); }
  void on_repaired(const OpenFile& file, const std::string& before) override;
  void on_discarded(const OpenFile& file, const std::string& text) override;

  /// A workspace that this editor has to do with from now on.
  void attend(workspace::Workspace& workspace);
  [[nodiscard]] bool attends(const workspace::Workspace& workspace) const;
  [[nodiscard]] workspace::Workspace* attended(const std::string& id) const;
  template <class M, class Begin>
  void open(const M& message, const Responder<M>& respond, Begin begin);
  [[nodiscard]] OpenFile* find(const std::string& uri);
  void close(const std::string& uri);
  [[nodiscard]] std::string uri_of(const workspace::Workspace& workspace,
                                   const std::string& file) const;
  [[nodiscard]] std::vector<messages::Selection> shown(const workspace::Workspace& workspace,
                                                       const connect::Cursor& cursor) const;
  void show_cursors(const OpenFile& file);
  void keep_following(const workspace::Workspace& workspace);
  void show_followed(const workspace::Workspace& workspace);
  void stop_following(const std::string& reason);
  void be_active();
  void be_less_active();
  void show_presence();
  [[nodiscard]] connect::PresenceUpdate presence_in(const workspace::Workspace& workspace);
  /// Null, and the editor is told so, if there is no such workspace.
  template <class M>
  [[nodiscard]] workspace::Chat* chat_of(const M& message, const Responder<M>& respond) const;
  [[nodiscard]] messages::ChatMessage shown(const workspace::Workspace& workspace,
                                            const workspace::ChatLine& line) const;
  /// What answers with one message, or a page of them, as this editor shows them.
  template <class M>
  [[nodiscard]] workspace::Chat::Then with_line(const M& message, const Responder<M>& respond);
  template <class M>
  [[nodiscard]] workspace::ChatAnswer<workspace::ChatPage> with_page(
      const M& message, const Responder<M>& respond);

  Line& line_;
  workspace::Shelf& shelf_;
  const messages::Software software_;
  std::shared_ptr<Session*> self_;  ///< for answers: null once this is gone
  Phase phase_ = Phase::New;
  PositionEncoding encoding_ = PositionEncoding::Utf16;
  std::set<std::string, std::less<>> attended_;
  std::map<std::string, std::unique_ptr<OpenFile>, std::less<>> files_;  ///< by URI
  std::set<std::string, std::less<>> opening_;
  std::map<std::string, Transfer, std::less<>> transfers_;
  workspace::Workspace::Editor here_;  ///< this editor, to others of this machine
  std::optional<Follow> follow_;
  messages::PresenceUpdate presence_;  ///< as the editor said it last
  connect::Activity activity_ = connect::Activity::Active;
  Alarm idle_;
};

template <class M>
class Session::Responder {
 public:
  using Reply = typename M::Reply;

  Responder(std::shared_ptr<Session*> session, jsonrpc::RequestId id)
      : session_(std::move(session)), id_(std::move(id)) {}

  void answer(const Reply& reply) const {
    if (*session_ != nullptr) (*session_)->answer(id_, jsonrpc::write_fields(reply));
  }
  void refuse(const jsonrpc::RpcError& error) const {
    if (*session_ != nullptr) (*session_)->refuse(id_, error);
  }
  void operator()(const std::variant<Reply, jsonrpc::RpcError>& outcome) const {
    if (const auto* reply = std::get_if<Reply>(&outcome)) {
      answer(*reply);
    } else {
      refuse(std::get<jsonrpc::RpcError>(outcome));
    }
  }
  /// False once the editor has gone.
  [[nodiscard]] bool is_heard() const noexcept { return *session_ != nullptr; }

 private:
  std::shared_ptr<Session*> session_;
  jsonrpc::RequestId id_;
};

template <class M>
void Session::tell(const M& message) {
  if (phase_ != Phase::Ready) return;
  line_.send(write_message(
      jsonrpc::Notification{std::string(M::kMethod), jsonrpc::write_fields(message)}));
}

}  // namespace plait::editor
