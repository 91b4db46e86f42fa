#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/document/local_tree.h"
#include "daemon/folder/disk.h"
#include "daemon/store/replica_store.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "daemon/support/random.h"
#include "daemon/sync/session.h"
#include "daemon/workspace/blob_offers.h"
#include "daemon/workspace/chat.h"
#include "daemon/workspace/documents.h"
#include "daemon/workspace/joining.h"
#include "daemon/workspace/keeper.h"
#include "daemon/workspace/keeper_host.h"
#include "daemon/workspace/open_buffers.h"
#include "daemon/workspace/roster.h"
#include "protocol/messages/connect/all.h"
#include "protocol/messages/connect/errors.h"
#include "protocol/messages/editor/errors.h"

namespace plait::workspace {

class Workspace;

/// Who follows a workspace: the editors of this machine, and its command line.
class WorkspaceListener {
 public:
  WorkspaceListener() = default;
  WorkspaceListener(const WorkspaceListener&) = delete;
  WorkspaceListener& operator=(const WorkspaceListener&) = delete;

  /// Its name, our role, how the connection stands, what waits to be saved.
  virtual void workspace_changed(const Workspace& workspace) = 0;
  virtual void workspace_problem(const Workspace& workspace, std::string_view code,
                                 const std::string& message, const std::string& path,
                                 const std::string& kept_at) = 0;
  /// Files that are not in step yet, and how many there are.
  virtual void workspace_progress(const Workspace& workspace) = 0;
  virtual void participants_changed(const Workspace& workspace) = 0;
  virtual void cursor_changed(const Workspace& workspace, const std::string& participant) = 0;
  /// Messages that are new or another; none: what was read.
  virtual void chat_changed(const Workspace& workspace, std::span<const ChatLine> lines) = 0;
  /// The replica of a file is another one now: what was open in it has to be opened again.
  virtual void file_replaced(const Workspace& workspace, const std::string& file) = 0;
  /// It is about to be put away: nothing of it may be used any more.
  virtual void workspace_gone(const Workspace& workspace) = 0;

 protected:
  ~WorkspaceListener() = default;
};

/// How the workspace and its server stand.
enum class Link : std::uint8_t { Offline, Connecting, Online };

/// Documents that are brought into step at the same time.
inline constexpr std::size_t kMaxFetching = 64;
/// Client ids that are kept for starting without a server.
inline constexpr std::int64_t kClientStock = 16;

/// One shared folder on this machine: its documents, its files on disk, and the conversation
/// with its server. Editors and the command line use it; it works the same without a server.
///
/// Does no I/O: disk, store and session are handed in.
class Workspace final : private sync::Host,
                        private DocumentsHost,
                        private KeeperHost,
                        private OpenBuffersHost,
                        private ChatHost,
                        private document::LocalTree::Observer {
 public:
  struct Parts {
    folder::Disk& disk;
    store::ReplicaStore& store;
    Agenda& agenda;
    const Clock& clock;
    Random& random;
  };

  /// All of them outlive it.
  Workspace(store::ReplicaWorkspace record, Parts parts, WorkspaceListener& listener);
  ~Workspace() override;

  /// For the session, which is made with it.
  [[nodiscard]] sync::Host& host() noexcept { return *this; }
  /// The session that it has, and how that is connected: once what is remembered is loaded,
  /// since a server that is near asks for it at once.
  void use(sync::Session& session, std::function<void()> connect) {
    session_ = &session;
    connect_ = std::move(connect);
  }

  /// Before it starts: where it writes down what editors have open.
  void use(std::unique_ptr<BlackBoxFile> black_box);

  /// Loads what is remembered, and brings the folder into step from then on. `then` is told
  /// when there is something that editors can open.
  void start(std::function<void(Result<void>)> then);
  /// The same for a folder that joins, which may hold files. Nothing is changed in it if the
  /// answer is a refusal.
  struct Joined {
    FolderComparison comparison;
    bool is_refused = false;
    std::optional<std::string> backup;
  };
  void join(messages::editor::Existing existing, std::function<void(Result<Joined>)> then);
  /// At once, if that is so already.
  void when_started(std::function<void(Result<void>)> then);

  // How it stands -----------------------------------------------------------------------------

  [[nodiscard]] const store::ReplicaWorkspace& record() const noexcept { return record_; }
  [[nodiscard]] const std::string& id() const noexcept { return record_.id; }
  [[nodiscard]] sync::connect::Role role() const noexcept { return role_; }
  [[nodiscard]] bool is_read_only() const noexcept;
  [[nodiscard]] Link link() const noexcept { return link_; }
  void set_link(Link link);
  /// Why there is no conversation with the server.
  [[nodiscard]] const std::optional<sync::Offline>& trouble() const noexcept {
    return trouble_;
  }
  /// Updates that the server is not known to have on disk.
  [[nodiscard]] std::size_t pending_edits() const;
  /// Files that are not in step, of all.
  [[nodiscard]] std::size_t files_waiting() const;
  [[nodiscard]] std::size_t file_count() const { return tree().entries().size(); }
  [[nodiscard]] const Roster& roster() const noexcept { return roster_; }

  // Files -------------------------------------------------------------------------------------

  struct OpenText {
    Hold document;
    bool is_read_only = false;
    /// What is on disk, if the document is ahead of that.
    std::optional<std::string> on_disk;
  };
  using Opened = std::function<void(std::variant<OpenText, jsonrpc::RpcError>)>;
  /// The text of the file at a path in the folder, as soon as it is here.
  void open_text(const std::string& path, Opened then);
  void file_opened(const std::string& file) override { keeper_.opened(file); }
  /// By an editor, which has written one of these texts.
  void file_saved(const std::string& file, std::vector<std::string> texts) {
    keeper_.saved(file, std::move(texts));
  }
  void file_closed(const std::string& file) override { keeper_.closed(file); }
  /// Where the file is in the folder; nothing if it has gone.
  [[nodiscard]] std::optional<std::string> path_of(const std::string& file) const;
  /// The document if it is in memory.
  [[nodiscard]] SharedDocument* find(const std::string& file) { return documents_.find(file); }

  /// What outlives this process of the buffers that editors have open; null: nothing.
  [[nodiscard]] OpenBuffers* open_buffers() noexcept { return open_buffers_.get(); }

  /// Whether some editor has, or lately had, a text in its buffer.
  using Buffers = std::function<bool(const std::string& file, std::string_view text)>;
  void set_buffers(Buffers buffers) { buffers_ = std::move(buffers); }

  /// The text on disk, if the document is ahead of it and that is known.
  [[nodiscard]] std::optional<std::string> on_disk(const std::string& file);
  /// A text that would be lost is kept outside of the folder, and the person is told.
  void keep_copy(const std::string& file, const std::string& text, std::string_view code,
                 const std::string& message);

  [[nodiscard]] Chat& chat() noexcept { return chat_; }
  [[nodiscard]] const Chat& chat() const noexcept { return chat_; }

  // The others --------------------------------------------------------------------------------

  /// An editor of this machine, as a participant.
  struct Editor {
    std::string id;
    std::string client;  ///< what software
  };
  /// What its user does, for the other editors here.
  void show_here(const Editor& editor, const connect::PresenceUpdate& presence);
  /// The same, and for people on other machines, who are shown the one that was used last.
  void show(const Editor& editor, connect::PresenceUpdate presence);
  void hide(const Editor& editor);
  /// The participant who made the latest change of a document, if it was one alone and it is
  /// known who that is.
  [[nodiscard]] std::optional<std::string> author(const document::LocalDocument& document,
                                                  document::LocalDocument::Origin origin) const;
  /// Fails at once without a connection.
  template <class M>
  void call(const M& message, std::function<void(sync::Outcome<M>)> then) {
    if (session_ == nullptr || !session_->is_online()) {
      then(sync::connect::rpc_error(sync::connect::ConnectError::Unavailable,
                                    "there is no connection"));
      return;
    }
    session_->call<M>(message, std::move(then));
  }
  template <class M>
  void notify(const M& message) {
    if (session_ != nullptr) session_->notify(message);
  }
  /// What waits for a person to say that it is meant.
  [[nodiscard]] const Questions& questions() const noexcept { return keeper_.questions(); }
  void answer(Questions::Kind kind, bool accept) {
    keeper_.answer(kind, accept);
    changed();
  }

 private:
  // sync::Host
  void on_generation_changed(const std::string& generation) override;
  void on_online(const sync::connect::WorkspaceOpen::Reply& workspace) override;
  void on_offline(const sync::Offline& why) override;
  void on_workspace_changed(const sync::connect::Workspace& workspace) override;
  void on_draining(std::chrono::milliseconds back_after) override;
  void on_backlog(bool behind) override;
  void on_client_ids(std::span<const std::int64_t> ids) override;
  void on_participants(const sync::connect::PresenceChanged& change) override;
  void on_cursors(const sync::connect::CursorChanged& change) override;
  void on_waiting(const sync::connect::MemberWaiting& waiting) override;
  std::optional<std::int64_t> feed_seen() override;
  void on_feed(std::span<const sync::connect::FeedEntry> entries) override;
  std::string state_vector(const std::string& document) override;
  Result<void> take(const std::string& document, std::string_view update) override;
  Result<sync::Answer> answer(const std::string& document,
                              std::string_view state_vector) override;
  std::optional<crypto::Sha256Digest> text_hash(const std::string& document) override;
  bool may_close(const std::string& document) override;
  void on_synced(const std::string& document, std::optional<std::int64_t> version) override;
  void on_saved(const std::string& document) override;
  void on_closed(const std::string& document, std::optional<std::int64_t> version) override;
  void on_refused(const std::string& document, const std::string& rule,
                  const std::string& reason) override;
  void on_postponed(const std::string& document, const std::string& rule,
                    const std::string& reason) override;
  void on_diverged(const std::string& document) override;
  void on_listed(std::span<const sync::ListedDocument> page, bool more) override;
  void on_touched(std::span<const std::string> documents, bool all) override;

  // DocumentsHost
  void document_changes(SharedDocument& document,
                        document::LocalDocument::Origin origin) override;
  void document_changed(SharedDocument& document,
                        document::LocalDocument::Origin origin) override;
  void document_updated(const SharedDocument& document, std::string_view update) override;
  void document_written(const std::string& document,
                        const std::vector<std::string>& updates) override;
  void journal_failed(const Error& error) override;

  // KeeperHost
  [[nodiscard]] const document::Tree& tree() const override;
  [[nodiscard]] bool may_write() const override;
  void change_tree(const std::vector<document::TreeChange>& changes) override;
  [[nodiscard]] bool is_written(const std::string& file) const override;
  [[nodiscard]] bool awaits_editor(const std::string& file) const override;
  [[nodiscard]] bool is_fetched(const std::string& file) override;
  void fetch_blob(const std::string& blob,
                  std::function<void(Result<std::string>)> then) override;
  void offer_blob(const std::string& file, const std::string& blob) override;
  [[nodiscard]] bool was_in_an_editor(const std::string& file,
                                      std::string_view text) const override;
  void on_problem(std::string_view code, const std::string& message, const std::string& path,
                  const std::string& kept_at) override;
  void on_progress() override;

  // ChatHost
  [[nodiscard]] bool is_chat_online() const override;
  void act_in_chat(const ChatAction& action, ChatAnswer<connect::OneMessage> then) override;
  void ask_chat(const ChatQuestion& question, ChatAnswer<connect::MessagePage> then) override;
  void ask_chat(const connect::ChatExport& question,
                ChatAnswer<connect::ChatExport::Reply> then) override;
  void chat_changed(std::span<const ChatLine> lines) override;
  void chat_refused(const std::string& message) override;

  // document::LocalTree::Observer
  void updated(std::string_view update, document::LocalTree::Origin origin) override;

  void load();
  void load_clients();
  void load_tree();
  void load_versions();
  void load_offers();
  void recover_buffers();
  void take_client();
  void take_tree(std::unique_ptr<document::LocalTree> tree);
  void begin_if_ready();
  void begin();
  void connect();
  void compare_if_fetched();
  void started(const Result<void>& result);
  [[nodiscard]] bool is_known(const std::string& file) const;
  void fetch(const std::string& file, sync::Urgency urgency);
  void fetch_next();
  void synchronise(const std::string& document, sync::Urgency urgency);
  void send_tree();
  void remember_version(const std::string& document, std::int64_t version);
  void save_versions();
  void start_anew(const std::string& document, const std::string& why);
  void open_known(const document::TreeEntry& entry, Opened then);
  void save_record();
  void changed();

  store::ReplicaWorkspace record_;
  const Parts parts_;
  WorkspaceListener& listener_;
  std::shared_ptr<Workspace*> self_;  ///< for answers: null once this is gone
  sync::Session* session_ = nullptr;
  sync::connect::Role role_;
  Link link_ = Link::Offline;
  std::optional<sync::Offline> trouble_;
  Buffers buffers_;
  Roster roster_;
  Chat chat_;

  Documents documents_;
  std::unique_ptr<document::LocalTree> tree_;
  std::unique_ptr<DocumentJournal> tree_journal_;
  Keeper keeper_;
  BlobOffers blob_offers_;

  std::unique_ptr<OpenBuffers> open_buffers_;

  std::function<void()> connect_;
  bool is_loaded_ = false;
  bool is_begun_ = false;      ///< the keeper was started
  bool tree_is_here_ = false;  ///< as it was on the server at some time
  bool is_tree_open_ = false;  ///< on this connection
  bool wants_client_ = false;  ///< a new id, as soon as the server has leased some
  bool is_started_ = false;    ///< and has found out what is on disk
  std::vector<std::function<void(Result<void>)>> starters_;

  struct Join {
    messages::editor::Existing existing;
    std::function<void(Result<Joined>)> then;
    std::unique_ptr<Joining> joining;
    std::set<std::string, std::less<>> needed;  ///< documents that are not here yet
  };
  std::optional<Join> join_;

  std::map<std::string, std::int64_t, std::less<>> versions_;  ///< of documents that were here
  std::map<std::string, Hold, std::less<>> in_step_;  ///< documents that the session has open
  std::set<std::string, std::less<>> new_;  ///< made here, and not known to be on the server
  std::vector<std::string> tree_updates_;   ///< that wait for those
  std::deque<std::string> to_fetch_;
  std::set<std::string, std::less<>> queued_;  ///< the same
  std::set<std::string, std::less<>> fetching_;
  std::map<std::string, std::vector<Opened>, std::less<>> openers_;  ///< until it is fetched
  std::set<std::string, std::less<>> unsaved_versions_;
  Alarm versions_alarm_;
  Alarm changed_alarm_;
};

}  // namespace plait::workspace
