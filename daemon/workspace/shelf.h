#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/crypto/device_key.h"
#include "daemon/crypto/invite_link.h"
#include "daemon/store/replica_store.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "daemon/support/random.h"
#include "daemon/workspace/outside.h"
#include "daemon/workspace/workspace.h"
#include "protocol/jsonrpc/message.h"
#include "protocol/messages/editor/workspace.h"

namespace plait::workspace {

namespace messages = plait::messages::editor;

/// All shared folders of this machine: makes them, finds them, and puts them away.
///
/// A folder that was shared or joined before is opened when somebody wants it, and stays open.
class Shelf final : private WorkspaceListener {
 public:
  struct Parts {
    store::ReplicaStore& store;
    Outside& outside;
    Agenda& agenda;
    const Clock& clock;
    Random& random;
    const crypto::DeviceKey& device;
    connect::Software software;
  };

  /// All of them outlive it.
  explicit Shelf(Parts parts);
  ~Shelf();

  /// Reads what folders there are, and opens those that are kept in step without an editor.
  Result<void> load();

  template <class T>
  using Then = std::function<void(std::variant<T, jsonrpc::RpcError>)>;

  void share(const messages::WorkspaceShare& share,
             const Then<messages::WorkspaceShare::Reply>& then);
  void join(const messages::WorkspaceJoin& join,
            const Then<messages::WorkspaceJoin::Reply>& then);
  void open(const std::string& folder, const Then<Workspace*>& then);
  void leave(const std::string& id, const Then<messages::Done>& then);
  void invite(const messages::WorkspaceInvite& invite, const Then<std::string>& then);

  [[nodiscard]] std::vector<messages::Workspace> list() const;
  [[nodiscard]] messages::Workspace describe(const Workspace& workspace) const;
  /// Null if it is not open.
  [[nodiscard]] Workspace* find(std::string_view id) const noexcept;
  /// The workspace that a file is in, opened now if it has to be. Null if it is in none.
  struct Place {
    Workspace* workspace = nullptr;
    std::string path;  ///< in its folder
  };
  void locate(const std::string& path, const Then<Place>& then);
  /// The same, among those that are open.
  [[nodiscard]] std::optional<Place> locate_open(std::string_view path) const;
  [[nodiscard]] std::vector<Workspace*> all() const;

  void add_listener(WorkspaceListener& listener) { listeners_.push_back(&listener); }
  void remove_listener(WorkspaceListener& listener) { std::erase(listeners_, &listener); }
  /// Whether an editor has, or had, a text in a buffer.
  void set_buffers(Workspace::Buffers buffers);

  /// What an editor is called as a participant, among those of this machine.
  [[nodiscard]] std::string new_editor_id() { return "here-" + new_random_name(); }
  /// What the person of this machine wants to be called.
  void set_person(const std::string& name);
  [[nodiscard]] const std::string& person() const noexcept { return person_; }
  /// A number by which an editor knows a buffer: none was ever given before.
  [[nodiscard]] std::int64_t next_epoch() { return ++last_epoch_; }

  /// When everything that was ready has been dealt with, before editors are told of it.
  void end_of_turn();
  /// The process is about to end, and its editors are not.
  void seal();
  /// Some folder is kept in step with no editor there.
  [[nodiscard]] bool has_headless() const noexcept;
  [[nodiscard]] Agenda& agenda() noexcept { return parts_.agenda; }
  [[nodiscard]] const Clock& clock() const noexcept { return parts_.clock; }

 private:
  /// A workspace that is open, and what it stands on; the last goes first.
  struct Item {
    std::unique_ptr<folder::Disk> disk;
    std::unique_ptr<Workspace> workspace;
    std::unique_ptr<sync::Session> session;
    std::unique_ptr<Connection> connection;
    bool is_headless = false;
  };

  // WorkspaceListener, for all listeners
  void workspace_changed(const Workspace& workspace) override;
  void workspace_problem(const Workspace& workspace, std::string_view code,
                         const std::string& message, const std::string& path,
                         const std::string& kept_at) override;
  void workspace_progress(const Workspace& workspace) override;
  void participants_changed(const Workspace& workspace) override;
  void cursor_changed(const Workspace& workspace, const std::string& participant) override;
  void chat_changed(const Workspace& workspace, std::span<const ChatLine> lines) override;
  void file_replaced(const Workspace& workspace, const std::string& file) override;
  void workspace_gone(const Workspace& workspace) override;

  /// A folder that is not in a shared one, and has none in it.
  Result<std::string> free_folder(const std::string& folder, bool makes);
  /// A workspace that is new here: `begin` starts it, and says what came of it.
  void enter(const crypto::InviteLink& link, store::ReplicaWorkspace record,
             std::optional<std::string> password,
             std::function<void(Result<Workspace*>)> begin);
  /// It did not become one of ours after all.
  void discard(const std::string& id);
  void put_away_discarded();
  Result<Item*> put_up(const store::ReplicaWorkspace& record,
                       std::optional<sync::Invite> invite);
  void set_headless(const std::string& id, bool is_headless);
  void make_invite(Workspace& workspace, const messages::Access& access,
                   const std::string& host, const Then<std::string>& then);
  [[nodiscard]] std::string new_random_name();

  const Parts parts_;
  std::shared_ptr<Shelf*> self_;  ///< for answers: null once this is gone
  std::int64_t last_epoch_;
  std::string person_ = "somebody";
  std::vector<WorkspaceListener*> listeners_;
  Workspace::Buffers buffers_;
  std::map<std::string, store::ReplicaWorkspace, std::less<>> records_;
  std::map<std::string, Item, std::less<>> items_;
  std::vector<std::string> discarded_;  ///< until the end of the turn: they may be talking
  Alarm discard_alarm_;
};

}  // namespace plait::workspace
