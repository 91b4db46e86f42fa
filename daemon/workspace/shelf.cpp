#include "daemon/workspace/shelf.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "protocol/base/assert.h"
#include "protocol/base/base64.h"
#include "protocol/base/file_uri.h"
#include "protocol/base/hex.h"
#include "protocol/messages/editor/errors.h"

namespace plait::workspace {

using messages::EditorError;
using messages::rpc_error;

namespace {

/// The setting with the ids of folders that are kept in step with no editor there.
constexpr const char* kHeadlessSetting = "headless";
constexpr const char* kPersonSetting = "person";
/// Of each kind, in the answer to somebody who joins with another folder.
constexpr std::size_t kMaxComparedPaths = 1000;

jsonrpc::RpcError problem(const Error& error) {
  return {jsonrpc::StandardError::InternalError, error.message};
}

/// A URI, or a path as a person types it.
Result<std::string> path_in(const std::string& folder) {
  if (folder.starts_with("file:")) return path_of_file_uri(folder);
  if (!folder.starts_with('/')) {
    return fail(ErrorCode::Malformed, "a folder is named by its whole path");
  }
  return path_of_file_uri(file_uri(folder));
}

bool is_inside(std::string_view path, std::string_view folder) {
  return path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

jsonrpc::Json list_of(const std::vector<std::string>& paths) {
  jsonrpc::Json::Array list;
  for (const std::string& path : paths) {
    if (list.size() == kMaxComparedPaths) break;
    list.emplace_back(path);
  }
  return jsonrpc::Json(std::move(list));
}

jsonrpc::RpcError differs(const FolderComparison& comparison) {
  jsonrpc::Json::Object data;
  data.push_back({"same", list_of(comparison.same)});
  data.push_back({"onlyLocal", list_of(comparison.only_local)});
  data.push_back({"onlyRemote", list_of(comparison.only_remote)});
  data.push_back({"different", list_of(comparison.different)});
  return rpc_error(EditorError::FolderDiffers,
                   "this folder holds other files than the workspace",
                   jsonrpc::Json(std::move(data)));
}

std::string name_of(std::string_view folder) {
  const std::string_view last = folder.substr(folder.rfind('/') + 1);
  return last.empty() ? "folder" : std::string(last);
}

}  // namespace

Shelf::Shelf(Parts parts)
    : parts_(std::move(parts)),
      self_(std::make_shared<Shelf*>(this)),
      // Higher than any of the process before this one.
      last_epoch_(parts_.clock.wall().ms),
      discard_alarm_(parts_.agenda, [this] { put_away_discarded(); }) {}

Shelf::~Shelf() { *self_ = nullptr; }

Result<void> Shelf::load() {
  auto settings = parts_.store.load_settings();
  if (!settings) return forward_error(settings);
  auto records = parts_.store.load_workspaces();
  if (!records) return forward_error(records);
  if (const auto person = settings->find(kPersonSetting); person != settings->end()) {
    person_ = person->second;
  }
  for (store::ReplicaWorkspace& record : *records) {
    records_.insert_or_assign(record.id, std::move(record));
  }
  const std::string headless = (*settings)[kHeadlessSetting];
  for (const auto& [id, record] : records_) {
    if (headless.find(id + " ") == std::string::npos) continue;
    if (record.state != store::ReplicaWorkspace::State::Active) continue;
    auto item = put_up(record, std::nullopt);
    if (!item) continue;  // the folder is not there now
    (*item)->is_headless = true;
    (*item)->workspace->start({});
  }
  return {};
}

// Opening and closing -------------------------------------------------------------------------

Result<std::string> Shelf::free_folder(const std::string& folder, bool makes) {
  auto path = path_in(folder);
  if (!path) return path;
  auto real = parts_.outside.real_folder(*path, makes);
  if (!real) return real;
  for (const auto& [id, record] : records_) {
    if (record.state != store::ReplicaWorkspace::State::Active) continue;
    if (record.folder != *real &&
        (is_inside(*real, record.folder) || is_inside(record.folder, *real))) {
      return fail(ErrorCode::Refused,
                  record.folder + " is shared already, and the one is inside of the other");
    }
  }
  return real;
}

Result<Shelf::Item*> Shelf::put_up(const store::ReplicaWorkspace& record,
                                   std::optional<sync::Invite> invite) {
  auto disk = parts_.outside.open_disk(record.id, record.folder);
  if (!disk) return forward_error(disk);
  auto black_box = parts_.outside.open_black_box(record.id);
  if (!black_box) return forward_error(black_box);
  ServerPlace server{record.host, record.port, {}};
  if (record.fingerprint) server.fingerprint = crypto::Fingerprint{*record.fingerprint};
  if (record.embedded) {
    auto own = parts_.outside.embedded_server();
    if (!own) return forward_error(own);
    server = *std::move(own);
  }
  Item& item = items_[record.id];
  item.disk = *std::move(disk);
  item.workspace = std::make_unique<Workspace>(
      record,
      Workspace::Parts{*item.disk, parts_.store, parts_.agenda, parts_.clock, parts_.random},
      static_cast<WorkspaceListener&>(*this));
  item.workspace->set_buffers(buffers_);
  item.workspace->use(*std::move(black_box));
  item.session = std::make_unique<sync::Session>(
      sync::Session::Config{.device = parts_.device,
                            .person = person_,
                            .software = parts_.software,
                            .workspace = record.id,
                            .replica = new_random_name(),
                            .invite = std::move(invite),
                            .is_pinned = server.fingerprint.has_value(),
                            .generation = {}},
      item.workspace->host(), parts_.clock);
  item.workspace->use(*item.session, [this, &item, server] {
    item.connection = parts_.outside.connect(*item.session, server);
  });
  return &item;
}

std::string Shelf::new_random_name() {
  std::array<std::uint8_t, 16> bytes{};
  parts_.random.fill(bytes);
  return hex_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void Shelf::enter(const crypto::InviteLink& link, store::ReplicaWorkspace record,
                  std::optional<std::string> password,
                  std::function<void(Result<Workspace*>)> begin) {
  record.id = link.workspace;
  sync::Invite invite;
  const auto secret = from_base64url(link.secret.text());
  PLAIT_ASSERT(secret && secret->size() == invite.secret.data.size(), "a secret to be whole");
  std::copy(secret->begin(), secret->end(), invite.secret.data.begin());
  invite.password = std::move(password);
  records_.insert_or_assign(record.id, record);
  parts_.store.put_workspace(record, [self = self_, record, invite = std::move(invite),
                                      begin = std::move(begin)](Result<void> put) mutable {
    if (*self == nullptr) return;
    auto item =
        put ? (*self)->put_up(record, std::move(invite)) : Result<Item*>(forward_error(put));
    if (item) {
      begin((*item)->workspace.get());
    } else {
      (*self)->discard(record.id);
      begin(forward_error(item));
    }
  });
}

void Shelf::discard(const std::string& id) {
  discarded_.push_back(id);
  discard_alarm_.set(parts_.clock.now());
}

void Shelf::put_away_discarded() {
  for (const std::string& id : std::exchange(discarded_, {})) {
    if (const Workspace* const workspace = find(id)) workspace_gone(*workspace);
    items_.erase(id);
    records_.erase(id);
    parts_.store.remove_workspace(id, {});
  }
}

void Shelf::share(const messages::WorkspaceShare& share,
                  const Then<messages::WorkspaceShare::Reply>& then) {
  auto folder = free_folder(share.folder, /*makes=*/false);
  if (!folder) {
    then(problem(folder.error()));
    return;
  }
  const messages::Access access = share.access.value_or(messages::Access{});
  const std::string host = share.host.value_or("");
  const bool is_headless = share.headless.value_or(false);
  const auto answer = [self = self_, access, host, then](Workspace& workspace) {
    if (*self == nullptr) return;
    (*self)->make_invite(
        workspace, access, host, [self, id = workspace.id(), then](auto outcome) {
          Workspace* const made = *self == nullptr ? nullptr : (*self)->find(id);
          if (made == nullptr) return;
          if (auto* refusal = std::get_if<jsonrpc::RpcError>(&outcome)) {
            then(*refusal);
            return;
          }
          then(messages::WorkspaceShare::Reply{(*self)->describe(*made),
                                               std::get<std::string>(outcome)});
        });
  };
  const auto known = std::ranges::find_if(records_, [&](const auto& at) {
    return at.second.folder == *folder &&
           at.second.state == store::ReplicaWorkspace::State::Active;
  });
  if (known != records_.end()) {
    open(*folder, [self = self_, answer, is_headless, then](auto opened) {
      if (auto* refusal = std::get_if<jsonrpc::RpcError>(&opened)) {
        then(*refusal);
        return;
      }
      Workspace& workspace = *std::get<Workspace*>(opened);
      if (is_headless && *self != nullptr)
        (*self)->set_headless(workspace.id(), /*is_headless=*/true);
      answer(workspace);
    });
    return;
  }
  store::ReplicaWorkspace record;
  record.name = share.name.value_or(name_of(*folder));
  record.folder = *folder;
  record.role = "owner";
  const auto begin = [self = self_, answer, is_headless, then](Result<Workspace*> made) {
    if (!made) {
      then(problem(made.error()));
      return;
    }
    Workspace& workspace = **made;
    workspace.start([self, &workspace, answer, is_headless, then](const Result<void>& started) {
      if (*self == nullptr) return;
      if (!started) {
        (*self)->discard(workspace.id());
        then(rpc_error(EditorError::NotJoined, started.error().message));
        return;
      }
      if (is_headless) (*self)->set_headless(workspace.id(), /*is_headless=*/true);
      answer(workspace);
    });
  };
  if (share.server) {
    auto link = crypto::InviteLink::parse(*share.server);
    if (!link) {
      then(rpc_error(
          EditorError::NoWorkspace,
          "to share on a server, give the invite of its workspace: " + link.error().message));
      return;
    }
    record.host = link->host;
    record.port = link->port;
    if (link->fingerprint) record.fingerprint = link->fingerprint->digest;
    enter(*link, std::move(record), std::nullopt, begin);
    return;
  }
  record.embedded = true;
  const std::string name = record.name;
  parts_.outside.make_workspace(name, [self = self_, record = std::move(record), begin,
                                       then](Result<crypto::InviteLink> link) mutable {
    if (*self == nullptr) return;
    if (!link) {
      then(problem(link.error()));
      return;
    }
    (*self)->enter(*link, std::move(record), std::nullopt, begin);
  });
}

void Shelf::join(const messages::WorkspaceJoin& join,
                 const Then<messages::WorkspaceJoin::Reply>& then) {
  auto link = crypto::InviteLink::parse(join.invite);
  if (!link) {
    then(jsonrpc::RpcError{jsonrpc::StandardError::InvalidParams, link.error().message});
    return;
  }
  auto folder = free_folder(join.folder, /*makes=*/true);
  if (!folder) {
    then(problem(folder.error()));
    return;
  }
  if (const auto known = records_.find(link->workspace); known != records_.end()) {
    if (known->second.folder != *folder &&
        known->second.state == store::ReplicaWorkspace::State::Active) {
      then(problem(Error{ErrorCode::Refused, "this workspace is on this machine already, in " +
                                                 known->second.folder}));
      return;
    }
    if (known->second.state == store::ReplicaWorkspace::State::Active) {
      open(*folder, [self = self_, then](auto opened) {
        if (auto* refusal = std::get_if<jsonrpc::RpcError>(&opened)) {
          then(*refusal);
        } else if (*self != nullptr) {
          then(messages::WorkspaceJoin::Reply{(*self)->describe(*std::get<Workspace*>(opened)),
                                              {}});
        }
      });
      return;
    }
  }
  store::ReplicaWorkspace record;
  record.name = name_of(*folder);
  record.folder = *folder;
  record.host = link->host;
  record.port = link->port;
  if (link->fingerprint) record.fingerprint = link->fingerprint->digest;
  record.role = "viewer";
  const auto existing = join.existing.value_or(messages::Existing::Refuse);
  const bool is_headless = join.headless.value_or(false);
  enter(*link, std::move(record), join.password,
        [self = self_, existing, is_headless, then](Result<Workspace*> made) {
          if (!made) {
            then(problem(made.error()));
            return;
          }
          Workspace& workspace = **made;
          workspace.join(existing, [self, &workspace, is_headless,
                                    then](const Result<Workspace::Joined>& joined) {
            if (*self == nullptr) return;
            if (!joined || joined->is_refused) {
              (*self)->discard(workspace.id());
              const auto& trouble = workspace.trouble();
              const bool wants_password =
                  trouble && trouble->why == sync::Absence::PasswordWanted;
              then(joined ? differs(joined->comparison)
                          : rpc_error(wants_password ? EditorError::PasswordWanted
                                                     : EditorError::NotJoined,
                                      joined.error().message));
              return;
            }
            if (is_headless) (*self)->set_headless(workspace.id(), /*is_headless=*/true);
            messages::WorkspaceJoin::Reply reply{(*self)->describe(workspace), {}};
            if (joined->backup) reply.backup = file_uri(*joined->backup);
            then(std::move(reply));
          });
        });
}

void Shelf::open(const std::string& folder, const Then<Workspace*>& then) {
  auto path = path_in(folder);
  auto real = path ? parts_.outside.real_folder(*path, /*makes=*/false) : std::move(path);
  const auto known = std::ranges::find_if(records_, [&](const auto& at) {
    return real && at.second.folder == *real &&
           at.second.state == store::ReplicaWorkspace::State::Active;
  });
  if (known == records_.end()) {
    then(rpc_error(EditorError::NoWorkspace, "this folder is not shared, or not any more"));
    return;
  }
  if (Workspace* const workspace = find(known->first)) {
    // A person looks at it, and is not to wait for the next attempt to reach its server.
    if (const auto& connection = items_.at(known->first).connection) connection->try_now();
    workspace->when_started(
        [workspace, then](const Result<void>& /*started*/) { then(workspace); });
    return;
  }
  auto item = put_up(known->second, std::nullopt);
  if (!item) {
    then(problem(item.error()));
    return;
  }
  Workspace* const workspace = (*item)->workspace.get();
  workspace->start([workspace, then](const Result<void>& started) {
    if (started) {
      then(workspace);
    } else {
      then(problem(started.error()));
    }
  });
}

void Shelf::leave(const std::string& id, const Then<messages::Done>& then) {
  const auto known = records_.find(id);
  if (known == records_.end()) {
    then(rpc_error(EditorError::NoWorkspace, "there is no such workspace here"));
    return;
  }
  set_headless(id, /*is_headless=*/false);
  if (const Workspace* const workspace = find(id)) workspace_gone(*workspace);
  items_.erase(id);
  records_.erase(known);
  parts_.store.remove_workspace(id, [then](const Result<void>& removed) {
    if (removed) {
      then(messages::Done{});
    } else {
      then(problem(removed.error()));
    }
  });
}

void Shelf::set_headless(const std::string& id, bool is_headless) {
  if (const auto item = items_.find(id); item != items_.end()) {
    item->second.is_headless = is_headless;
  }
  std::string all;
  for (const auto& [each, item] : items_) {
    if (item.is_headless) all += each + " ";
  }
  parts_.store.put_setting(kHeadlessSetting, std::move(all), {});
}

bool Shelf::has_headless() const noexcept {
  return std::ranges::any_of(items_, [](const auto& at) { return at.second.is_headless; });
}

// Invites -------------------------------------------------------------------------------------

void Shelf::invite(const messages::WorkspaceInvite& invite, const Then<std::string>& then) {
  Workspace* const workspace = find(invite.workspace_id);
  if (workspace == nullptr) {
    then(rpc_error(EditorError::NoWorkspace, "this workspace is not open"));
    return;
  }
  make_invite(*workspace, invite.access, {}, then);
}

void Shelf::make_invite(Workspace& workspace, const messages::Access& access,
                        const std::string& host, const Then<std::string>& then) {
  const store::ReplicaWorkspace& record = workspace.record();
  ServerPlace place{record.host, record.port, {}};
  if (record.fingerprint) place.fingerprint = crypto::Fingerprint{*record.fingerprint};
  if (record.embedded) {
    auto own = parts_.outside.public_place(host);
    if (!own) {
      then(problem(own.error()));
      return;
    }
    place = *std::move(own);
  }
  connect::InviteCreate create;
  create.role = access.role.value_or(connect::Role::Editor);
  create.expires_in_seconds = access.expires_in_seconds;
  create.max_uses = access.max_uses;
  create.password = access.password;
  create.approval = access.approval;
  workspace.call<connect::InviteCreate>(
      create, [place, id = record.id, then](sync::Outcome<connect::InviteCreate> outcome) {
        if (auto* refusal = std::get_if<jsonrpc::RpcError>(&outcome)) {
          then(*refusal);
          return;
        }
        const auto& made = std::get<connect::InviteCreate::Reply>(outcome);
        const auto& bytes = made.secret.data;
        auto secret = crypto::InviteSecret::parse(
            to_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
        auto text =
            secret ? crypto::InviteLink{place.host, place.port, id, *secret, place.fingerprint}
                         .text()
                   : Result<std::string>(forward_error(secret));
        if (text) {
          then(*std::move(text));
        } else {
          then(problem(text.error()));
        }
      });
}

// Finding -------------------------------------------------------------------------------------

Workspace* Shelf::find(std::string_view id) const noexcept {
  const auto item = items_.find(id);
  return item == items_.end() ? nullptr : item->second.workspace.get();
}

std::vector<Workspace*> Shelf::all() const {
  std::vector<Workspace*> all;
  for (const auto& [id, item] : items_) all.push_back(item.workspace.get());
  return all;
}

std::optional<Shelf::Place> Shelf::locate_open(std::string_view path) const {
  for (const auto& [id, item] : items_) {
    const std::string& folder = item.workspace->record().folder;
    if (path.size() > folder.size() + 1 && is_inside(path, folder)) {
      return Place{item.workspace.get(), std::string(path.substr(folder.size() + 1))};
    }
  }
  return std::nullopt;
}

void Shelf::locate(const std::string& path, const Then<Place>& then) {
  if (const auto open = locate_open(path)) {
    // Before it has started nobody may write in it, also who will be able to.
    open->workspace->when_started([self = self_, path, then](const Result<void>& started) {
      if (*self == nullptr) return;
      auto place = (*self)->locate_open(path);
      if (!started || !place) {
        then(started ? rpc_error(EditorError::Outside, "this folder is not shared any more")
                     : problem(started.error()));
      } else {
        then(*std::move(place));
      }
    });
    return;
  }
  for (const auto& [id, record] : records_) {
    if (record.state != store::ReplicaWorkspace::State::Active) continue;
    if (path == record.folder || !is_inside(path, record.folder)) continue;
    open(record.folder, [self = self_, path, then](auto opened) {
      if (*self == nullptr) return;
      auto place = (*self)->locate_open(path);
      if (auto* refusal = std::get_if<jsonrpc::RpcError>(&opened)) {
        then(*refusal);
      } else if (place) {
        then(*std::move(place));
      }
    });
    return;
  }
  then(rpc_error(EditorError::Outside, "this file is in no shared folder"));
}

namespace {

std::optional<std::vector<messages::Question>> questions_of(const Workspace& workspace) {
  std::vector<messages::Question> questions;
  for (const auto& [kind, name] : messages::kQuestionKinds) {
    const std::vector<std::string> files = workspace.questions().open(kind);
    if (files.empty()) continue;
    messages::Question question{kind, static_cast<std::int64_t>(files.size()), {}};
    for (const std::string& file : files) {
      if (question.uris.size() == messages::kMaxQuestionUris) break;
      const auto path = workspace.path_of(file);
      if (path) question.uris.push_back(file_uri(workspace.record().folder + "/" + *path));
    }
    questions.push_back(std::move(question));
  }
  if (questions.empty()) return std::nullopt;
  return questions;
}

}  // namespace

messages::Workspace Shelf::describe(const Workspace& workspace) const {
  const store::ReplicaWorkspace& record = workspace.record();
  messages::Workspace described;
  described.id = record.id;
  described.name = record.name.empty() ? name_of(record.folder) : record.name;
  described.folder = file_uri(record.folder);
  described.role = workspace.role();
  switch (workspace.link()) {
    case Link::Offline: described.connection = messages::Connection::Offline; break;
    case Link::Connecting: described.connection = messages::Connection::Connecting; break;
    case Link::Online:
      described.connection =
          record.embedded ? messages::Connection::Embedded : messages::Connection::Online;
      break;
  }
  described.pending_edits = static_cast<std::int64_t>(workspace.pending_edits());
  if (record.synced) described.last_synced_at = record.synced->ms;
  described.read_only = workspace.is_read_only();
  if (const std::size_t waiting = workspace.files_waiting(); waiting > 0) {
    described.files_waiting = static_cast<std::int64_t>(waiting);
  }
  described.questions = questions_of(workspace);
  return described;
}

std::vector<messages::Workspace> Shelf::list() const {
  std::vector<messages::Workspace> all;
  for (const auto& [id, record] : records_) {
    if (record.state != store::ReplicaWorkspace::State::Active) continue;
    if (const Workspace* const workspace = find(id)) {
      all.push_back(describe(*workspace));
      continue;
    }
    messages::Workspace closed;
    closed.id = record.id;
    closed.name = record.name.empty() ? name_of(record.folder) : record.name;
    closed.folder = file_uri(record.folder);
    closed.role = jsonrpc::enum_named<connect::Role>(record.role).value_or(closed.role);
    if (record.synced) closed.last_synced_at = record.synced->ms;
    all.push_back(std::move(closed));
  }
  return all;
}

void Shelf::set_person(const std::string& name) {
  if (std::exchange(person_, name) != name) parts_.store.put_setting(kPersonSetting, name, {});
}

void Shelf::set_buffers(Workspace::Buffers buffers) {
  buffers_ = std::move(buffers);
  for (auto& [id, item] : items_) item.workspace->set_buffers(buffers_);
}

void Shelf::end_of_turn() {
  for (auto& [id, item] : items_) {
    if (OpenBuffers* const buffers = item.workspace->open_buffers()) buffers->end_of_turn();
  }
}

void Shelf::seal() {
  end_of_turn();
  for (auto& [id, item] : items_) {
    if (OpenBuffers* const buffers = item.workspace->open_buffers()) buffers->seal();
  }
}

// Telling everybody ---------------------------------------------------------------------------

// Whoever is told may stop listening meanwhile.
void Shelf::workspace_changed(const Workspace& workspace) {
  records_.insert_or_assign(workspace.id(), workspace.record());
  for (WorkspaceListener* listener : std::vector(listeners_)) {
    listener->workspace_changed(workspace);
  }
}

void Shelf::workspace_problem(const Workspace& workspace, std::string_view code,
                              const std::string& message, const std::string& path,
                              const std::string& kept_at) {
  for (WorkspaceListener* listener : std::vector(listeners_)) {
    listener->workspace_problem(workspace, code, message, path, kept_at);
  }
}

void Shelf::workspace_progress(const Workspace& workspace) {
  for (WorkspaceListener* listener : std::vector(listeners_)) {
    listener->workspace_progress(workspace);
  }
}

void Shelf::participants_changed(const Workspace& workspace) {
  for (WorkspaceListener* listener : std::vector(listeners_)) {
    listener->participants_changed(workspace);
  }
}

void Shelf::cursor_changed(const Workspace& workspace, const std::string& participant) {
  for (WorkspaceListener* listener : std::vector(listeners_)) {
    listener->cursor_changed(workspace, participant);
  }
}

void Shelf::chat_changed(const Workspace& workspace, std::span<const ChatLine> lines) {
  for (WorkspaceListener* listener : std::vector(listeners_)) {
    listener->chat_changed(workspace, lines);
  }
}

void Shelf::file_replaced(const Workspace& workspace, const std::string& file) {
  for (WorkspaceListener* listener : std::vector(listeners_)) {
    listener->file_replaced(workspace, file);
  }
}

void Shelf::workspace_gone(const Workspace& workspace) {
  for (WorkspaceListener* listener : std::vector(listeners_)) {
    listener->workspace_gone(workspace);
  }
}

}  // namespace plait::workspace
