#include "daemon/workspace/workspace.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "daemon/crdt/state_vector.h"
#include "protocol/base/assert.h"
#include "protocol/base/bytes.h"
#include "protocol/base/hex.h"
#include "protocol/messages/editor/limits.h"

namespace plait::workspace {

using document::FileKind;
using document::kTreeDocument;
using document::LocalDocument;
using document::LocalTree;
using document::TreeEntry;
using sync::connect::Role;

namespace {

/// The note with every client id that this device has used here.
constexpr const char* kOwnClientsNote = "own-clients";
/// Before versions are remembered whose documents are still being written.
constexpr std::chrono::milliseconds kVersionPause{100};

const std::string kTree(kTreeDocument);

std::string write_clients(const std::vector<crdt::ClientId>& clients) {
  ByteWriter out;
  for (const crdt::ClientId client : clients) {
    out.put_varuint(static_cast<std::uint64_t>(client));
  }
  return out.str();
}

std::vector<crdt::ClientId> read_clients(std::string_view bytes) {
  std::vector<crdt::ClientId> clients;
  for (ByteReader reader(bytes); !reader.at_end() && reader.ok();) {
    clients.push_back(crdt::ClientId{reader.varuint()});
  }
  return clients;
}

std::optional<crypto::Sha256Digest> digest_of(std::string_view digits) {
  const auto bytes = parse_hex(digits);
  crypto::Sha256Digest digest{};
  if (!bytes || bytes->size() != digest.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  return digest;
}

jsonrpc::RpcError refuse(messages::editor::EditorError code, std::string message) {
  return messages::editor::rpc_error(code, std::move(message));
}

}  // namespace

Workspace::Workspace(store::ReplicaWorkspace record, Parts parts, WorkspaceListener& listener)
    : record_(std::move(record)),
      parts_(parts),
      listener_(listener),
      self_(std::make_shared<Workspace*>(this)),
      role_(jsonrpc::enum_named<Role>(record_.role).value_or(Role::Viewer)),
      chat_(record_.id, {parts.store, parts.agenda, parts.clock, parts.random}, *this),
      documents_(record_.id, parts.store, parts.agenda, parts.clock, *this),
      keeper_(record_.id, parts.disk, parts.store, parts.agenda, parts.clock, parts.random,
              documents_, *this),
      blob_offers_(record_.id, {.disk = parts.disk,
                                .store = parts.store,
                                .agenda = parts.agenda,
                                .clock = parts.clock,
                                .path_of =
                                    [this](const std::string& file) {
                                      // It may not have been seen again yet.
                                      auto seen = keeper_.path_on_disk(file);
                                      return seen ? seen : path_of(file);
                                    },
                                .failed =
                                    [this](const Error& error, const std::string& path) {
                                      on_problem("blob", error.message, path, {});
                                    }}),
      versions_alarm_(parts.agenda, [this] { save_versions(); }),
      changed_alarm_(parts.agenda, [this] { listener_.workspace_changed(*this); }) {}

Workspace::~Workspace() { *self_ = nullptr; }

// The beginning -------------------------------------------------------------------------------

void Workspace::start(std::function<void(Result<void>)> then) {
  when_started(std::move(then));
  load();
}

void Workspace::load() {
  chat_.load([this](const Result<void>& loaded) {
    if (loaded) {
      load_clients();
    } else {
      started(loaded);
    }
  });
}

void Workspace::when_started(std::function<void(Result<void>)> then) {
  if (is_started_) {
    then({});
  } else if (then) {
    starters_.push_back(std::move(then));
  }
}

void Workspace::started(const Result<void>& result) {
  if (join_ && !result) std::exchange(join_, {})->then(Failure{result.error()});
  is_started_ = result.has_value();
  if (is_started_ && session_ != nullptr) blob_offers_.use(session_->blobs());
  const auto self = self_;
  for (const auto& then : std::exchange(starters_, {})) {
    if (*self != nullptr) then(result);
  }
}

void Workspace::use(std::unique_ptr<BlackBoxFile> black_box) {
  OpenBuffersHost& host = *this;
  open_buffers_ = std::make_unique<OpenBuffers>(std::move(black_box), documents_, parts_.agenda,
                                                parts_.clock, host);
}

void Workspace::load_clients() {
  parts_.store.note(record_.id, kOwnClientsNote,
                    [self = self_](Result<std::optional<std::string>> note) {
                      if (*self == nullptr) return;
                      Workspace& workspace = **self;
                      if (!note) {
                        workspace.started(Failure{note.error()});
                        return;
                      }
                      workspace.documents_.set_own_clients(read_clients(note->value_or("")));
                      workspace.load_tree();
                    });
}

void Workspace::load_tree() {
  parts_.store.open_document(
      record_.id, kTree, [self = self_](Result<store::ReplicaDocument> stored) {
        if (*self == nullptr) return;
        Workspace& workspace = **self;
        auto tree = stored ? LocalTree::load(stored->snapshot, stored->tail,
                                             workspace.documents_.own_clients())
                           : Result<std::unique_ptr<LocalTree>>(forward_error(stored));
        if (!tree) {
          workspace.started(Failure{tree.error()});
          return;
        }
        workspace.take_tree(*std::move(tree));
        workspace.tree_journal_->loaded(*stored);
        workspace.load_versions();
      });
}

void Workspace::take_tree(std::unique_ptr<LocalTree> tree) {
  tree_ = std::move(tree);
  tree_->set_observer(this);
  if (documents_.client()) tree_->set_client(*documents_.client());
  tree_journal_ = std::make_unique<DocumentJournal>(
      parts_.store, record_.id, kTree,
      DocumentJournal::Handlers{
          .encode = [this] { return tree_->encode(); },
          .written =
              [this](const std::vector<std::string>& updates) {
                tree_updates_.insert(tree_updates_.end(), updates.begin(), updates.end());
                send_tree();
              },
          .failed = [this](const Error& error) { journal_failed(error); }});
}

void Workspace::load_versions() {
  parts_.store.synced_versions(
      record_.id, [self = self_](Result<std::vector<store::SyncedVersion>> versions) {
        if (*self == nullptr) return;
        Workspace& workspace = **self;
        if (!versions) {
          workspace.started(Failure{versions.error()});
          return;
        }
        for (const store::SyncedVersion& known : *versions) {
          workspace.versions_.insert_or_assign(known.document,
                                               static_cast<std::int64_t>(known.version));
          // Written here before there was a server to take it.
          if (known.version == 0 && known.document != kTree) {
            workspace.new_.insert(known.document);
          }
        }
        workspace.tree_is_here_ = workspace.versions_.contains(kTree);
        workspace.load_offers();
      });
}

void Workspace::load_offers() {
  blob_offers_.load([this](Result<void> loaded) {
    if (loaded) {
      recover_buffers();
    } else {
      started(forward_error(loaded));
    }
  });
}

/// Before anybody else does something to their documents.
void Workspace::recover_buffers() {
  const auto loaded = [this] {
    is_loaded_ = true;
    take_client();
  };
  if (open_buffers_ == nullptr) {
    loaded();
  } else {
    open_buffers_->recover(loaded);
  }
}

void Workspace::take_client() {
  parts_.store.take_client(record_.id, [self = self_](Result<store::TakenClient> taken) {
    if (*self == nullptr) return;
    Workspace& workspace = **self;
    if (!taken) {
      // The server leases more as soon as it is there.
      workspace.begin_if_ready();
      if (!workspace.is_begun_ || workspace.join_) workspace.connect();
      return;
    }
    std::vector<crdt::ClientId> own = workspace.documents_.own_clients();
    const crdt::ClientId client{taken->client};
    own.push_back(client);
    // Remembered before it is used: what is written under it is ours after a restart, too.
    workspace.parts_.store.put_note(workspace.record_.id, kOwnClientsNote, write_clients(own),
                                    [self, client](const Result<void>& noted) {
                                      if (*self == nullptr) return;
                                      Workspace& mine = **self;
                                      if (!noted) mine.journal_failed(noted.error());
                                      mine.documents_.set_client(client);
                                      mine.tree_->set_client(client);
                                      mine.begin_if_ready();
                                      if (!mine.is_begun_ || mine.join_) mine.connect();
                                      mine.changed();
                                    });
  });
}

void Workspace::begin_if_ready() {
  if (is_begun_ || !is_loaded_ || !tree_is_here_) return;
  if (!documents_.client() && may_write()) return;
  is_begun_ = true;
  if (!join_) {
    begin();
    return;
  }
  join_->joining = std::make_unique<Joining>(parts_.disk, documents_, *tree_, join_->existing);
  join_->joining->find_needed([this](Result<std::vector<std::string>> needed) {
    if (!needed) {
      std::exchange(join_, {})->then(forward_error(needed));
      return;
    }
    for (const std::string& file : *needed) {
      if (!is_fetched(file)) join_->needed.insert(file);
    }
    compare_if_fetched();
  });
}

void Workspace::compare_if_fetched() {
  if (!join_ || !join_->joining || !join_->needed.empty()) return;
  join_->joining->compare([this](Result<Joining::Done> done) {
    Join join = *std::exchange(join_, {});
    if (!done) {
      join.then(forward_error(done));
      return;
    }
    Joined joined{std::move(done->comparison), false, std::move(done->backup)};
    joined.is_refused =
        join.existing == messages::editor::Existing::Refuse && joined.comparison.differs();
    if (joined.is_refused) {
      join.then(std::move(joined));
      return;
    }
    keeper_.begin_with(std::move(done->files));
    when_started(
        [then = std::move(join.then), joined = std::move(joined)](Result<void> result) {
          if (result) {
            then(joined);
          } else {
            then(forward_error(result));
          }
        });
    // What the folder's own .gitignore files let through was looked at when it was joined.
    parts_.disk.accept_ignore_rules([](const Result<void>& /*accepted*/) {});
    begin();
  });
}

void Workspace::begin() {
  // What others have written meanwhile comes once it is known what the disk held before.
  keeper_.start([this] { connect(); }, [this](const Result<void>& result) { started(result); });
}

void Workspace::connect() {
  if (const auto connect = std::exchange(connect_, {})) connect();
}

void Workspace::join(messages::editor::Existing existing,
                     std::function<void(Result<Joined>)> then) {
  join_ = Join{existing, std::move(then), nullptr, {}};
  load();
}

// How it stands -------------------------------------------------------------------------------

bool Workspace::is_read_only() const noexcept {
  return !may_write() || !documents_.client().has_value();
}

bool Workspace::may_write() const { return role_ == Role::Owner || role_ == Role::Editor; }

void Workspace::set_link(Link link) {
  if (std::exchange(link_, link) != link) changed();
}

std::size_t Workspace::pending_edits() const {
  return (session_ == nullptr ? 0 : session_->documents().unsaved()) + tree_updates_.size() +
         blob_offers_.size();
}

std::size_t Workspace::files_waiting() const {
  return std::max(keeper_.waiting(), to_fetch_.size() + fetching_.size());
}

std::optional<std::string> Workspace::path_of(const std::string& file) const {
  const TreeEntry* const entry = tree().find(file);
  if (entry == nullptr) return std::nullopt;
  return entry->shown_path;
}

void Workspace::changed() { changed_alarm_.set(parts_.clock.now()); }

void Workspace::save_record() {
  parts_.store.put_workspace(record_, {});
  changed();
}

// Files ---------------------------------------------------------------------------------------

void Workspace::open_text(const std::string& path, Opened then) {
  using messages::editor::EditorError;
  if (!tree_is_here_) {
    then(refuse(EditorError::Outside, "this workspace has not arrived yet"));
    return;
  }
  if (const TreeEntry* const entry = tree().at(path)) {
    open_known(*entry, std::move(then));
    return;
  }
  // It may have been made a moment ago.
  keeper_.look_at(path, [this, path, then = std::move(then)] {
    keeper_.flush_tree();
    if (const TreeEntry* const entry = tree().at(path)) {
      open_known(*entry, then);
      return;
    }
    parts_.disk.classify({path}, [then](const Result<std::vector<folder::Sharing>>& sharing) {
      const bool is_excluded =
          sharing && !sharing->empty() && sharing->front() != folder::Sharing::Shared;
      if (is_excluded) {
        then(refuse(EditorError::Excluded, "this file is not shared"));
      } else {
        then(refuse(EditorError::Outside, "there is no such file in the shared folder yet"));
      }
    });
  });
}

void Workspace::open_known(const TreeEntry& entry, Opened then) {
  using messages::editor::EditorError;
  if (entry.kind != FileKind::Text) {
    then(refuse(EditorError::NotText, "this file is not text"));
    return;
  }
  const std::string file = entry.id;
  if (!is_known(file)) {
    openers_[file].push_back(std::move(then));
    fetch(file, sync::Urgency::Now);
    return;
  }
  documents_.open(file, [this, then = std::move(then)](Result<Hold> hold) {
    if (!hold) {
      then(jsonrpc::RpcError{jsonrpc::StandardError::InternalError, hold.error().message});
      return;
    }
    std::optional<std::string> on_disk = keeper_.text_on_disk(**hold);
    then(OpenText{*std::move(hold), is_read_only(), std::move(on_disk)});
  });
}

std::optional<std::string> Workspace::on_disk(const std::string& file) {
  SharedDocument* const document = documents_.find(file);
  return document == nullptr ? std::nullopt : keeper_.text_on_disk(*document);
}

void Workspace::keep_copy(const std::string& file, const std::string& text,
                          std::string_view code, const std::string& message) {
  const std::string path = path_of(file).value_or(file);
  parts_.disk.keep_copy(
      path, text,
      [self = self_, path, code = std::string(code), message](const Result<std::string>& kept) {
        if (*self == nullptr) return;
        (*self)->on_problem(code, message, path, kept ? *kept : "");
      });
}

bool Workspace::is_known(const std::string& file) const {
  return versions_.contains(file) || new_.contains(file);
}

bool Workspace::is_written(const std::string& file) const {
  const SharedDocument* const document = documents_.find(file);
  return !tree_journal_->has_unwritten() &&
         (document == nullptr || !document->journal().has_unwritten());
}

bool Workspace::awaits_editor(const std::string& file) const {
  return open_buffers_ != nullptr && open_buffers_->awaits(file);
}

bool Workspace::is_fetched(const std::string& file) {
  if (is_known(file)) return true;
  fetch(file, sync::Urgency::Later);
  return false;
}

void Workspace::fetch(const std::string& file, sync::Urgency urgency) {
  if (urgency == sync::Urgency::Now) {
    fetching_.insert(file);
    synchronise(file, urgency);
  } else if (!fetching_.contains(file) && queued_.insert(file).second) {
    to_fetch_.push_back(file);
    fetch_next();
  }
}

void Workspace::fetch_next() {
  while (fetching_.size() < kMaxFetching && !to_fetch_.empty()) {
    const std::string file = std::move(to_fetch_.front());
    to_fetch_.pop_front();
    queued_.erase(file);
    // What is in step hears of everything as it is: it nobody would be told that it is.
    if (session_ != nullptr && session_->documents().is_in_step(file)) continue;
    if (!fetching_.insert(file).second) continue;
    synchronise(file, sync::Urgency::Later);
  }
}

/// Has the session keep a document in step, once it is in memory.
void Workspace::synchronise(const std::string& document, sync::Urgency urgency) {
  if (session_ == nullptr) return;
  if (in_step_.contains(document)) {
    session_->documents().open(document, urgency);
    return;
  }
  documents_.open(document, [this, document, urgency](Result<Hold> hold) {
    if (!hold) {
      fetching_.erase(document);
      on_problem("document", hold.error().message, path_of(document).value_or(""), {});
      return;
    }
    in_step_.insert_or_assign(document, *std::move(hold));
    if (session_ != nullptr) session_->documents().open(document, urgency);
  });
}

// The server's side ---------------------------------------------------------------------------

void Workspace::on_generation_changed(const std::string& generation) {
  // What was acknowledged may be lost, and ids that were leased may be given to others.
  parts_.store.drop_clients(record_.id, {});
  for (auto& [document, version] : versions_) version = 0;
  // It is told of once in each process.
  std::uint64_t number = 0;
  std::from_chars(generation.data(), generation.data() + generation.size(), number);
  if (std::exchange(record_.generation, number) != number) {
    chat_.forget();
    record_.feed_sequence = 0;
  }
  save_record();
  wants_client_ = true;
  if (session_ != nullptr) session_->want_clients(kClientStock);
}

void Workspace::on_online(const sync::connect::WorkspaceOpen::Reply& workspace) {
  trouble_.reset();
  roster_.came_online(workspace);
  if (const auto you = roster_.participants().find(roster_.you());
      you != roster_.participants().end()) {
    record_.user = you->second.user.id;
    const bool is_first = record_.feed_sequence == 0;
    if (is_first) record_.feed_sequence = static_cast<std::uint64_t>(workspace.feed_seq);
    chat_.came_online(you->second.user,
                      is_first ? std::optional(workspace.feed_seq) : std::nullopt);
  }
  set_link(Link::Online);
  on_workspace_changed(workspace.workspace);
  if (!documents_.client() && !wants_client_ && may_write()) {
    wants_client_ = true;
    session_->want_clients(kClientStock);
  }
  // What others are to find when they read of a file in the tree comes first.
  for (const std::string& document : new_) synchronise(document, sync::Urgency::Soon);
  for (const auto& [document, hold] : in_step_) {
    if (!new_.contains(document)) synchronise(document, sync::Urgency::Soon);
  }
  tree_updates_.clear();
  is_tree_open_ = false;
  send_tree();
  for (const std::string& document : fetching_) synchronise(document, sync::Urgency::Later);
  listener_.participants_changed(*this);
}

void Workspace::on_offline(const sync::Offline& why) {
  trouble_ = why;
  is_tree_open_ = false;
  roster_.went_offline();
  chat_.went_offline();
  set_link(sync::stops(why.why) ? Link::Offline : Link::Connecting);
  changed();
  listener_.participants_changed(*this);
  // Whoever waits for a workspace that was never here is told that it does not come.
  if (!tree_is_here_) started(fail(ErrorCode::Refused, why.reason));
}

void Workspace::on_workspace_changed(const sync::connect::Workspace& workspace) {
  role_ = workspace.role;
  record_.role = jsonrpc::name_of(workspace.role);
  record_.name = workspace.name;
  save_record();
  begin_if_ready();
}

void Workspace::on_draining(std::chrono::milliseconds /*back_after*/) {}

void Workspace::on_backlog(bool /*behind*/) {}

void Workspace::on_client_ids(std::span<const std::int64_t> ids) {
  std::vector<std::uint64_t> clients;
  for (const std::int64_t id : ids) clients.push_back(static_cast<std::uint64_t>(id));
  parts_.store.put_clients(record_.id, std::move(clients),
                           [self = self_](const Result<void>& put) {
                             if (*self == nullptr) return;
                             if (!put) (*self)->journal_failed(put.error());
                             if (std::exchange((*self)->wants_client_, false)) {
                               (*self)->take_client();
                             }
                           });
}

void Workspace::on_participants(const sync::connect::PresenceChanged& change) {
  roster_.apply(change);
  listener_.participants_changed(*this);
}

void Workspace::on_cursors(const sync::connect::CursorChanged& change) {
  roster_.apply(change);
  for (const sync::connect::Cursor& cursor : change.cursors) {
    listener_.cursor_changed(*this, cursor.participant_id);
  }
}

void Workspace::on_waiting(const sync::connect::MemberWaiting& /*waiting*/) {}

std::optional<std::int64_t> Workspace::feed_seen() {
  return static_cast<std::int64_t>(record_.feed_sequence);
}

void Workspace::on_feed(std::span<const sync::connect::FeedEntry> entries) {
  if (entries.empty()) return;
  chat_.hear(entries);
  record_.feed_sequence = static_cast<std::uint64_t>(entries.back().seq);
  parts_.store.put_workspace(record_, {});
}

// Chat ----------------------------------------------------------------------------------------

bool Workspace::is_chat_online() const { return session_ != nullptr && session_->is_online(); }

void Workspace::act_in_chat(const ChatAction& action, ChatAnswer<connect::OneMessage> then) {
  std::visit(
      [&]<class M>(const M& each) {
        session_->call<M>(each, std::move(then), sync::AfterCut::Repeat);
      },
      action);
}

void Workspace::ask_chat(const ChatQuestion& question, ChatAnswer<connect::MessagePage> then) {
  std::visit([&]<class M>(const M& each) { call<M>(each, std::move(then)); }, question);
}

void Workspace::ask_chat(const connect::ChatExport& question,
                         ChatAnswer<connect::ChatExport::Reply> then) {
  call<connect::ChatExport>(question, std::move(then));
}

void Workspace::chat_changed(std::span<const ChatLine> lines) {
  listener_.chat_changed(*this, lines);
}

void Workspace::chat_refused(const std::string& message) {
  on_problem("chatRefused", message, {}, {});
}

// The others ----------------------------------------------------------------------------------

void Workspace::show_here(const Editor& editor, const connect::PresenceUpdate& presence) {
  if (chat_.person().id.empty()) return;  // nobody knows yet who we are
  connect::Participant here;
  here.id = editor.id;
  here.user = chat_.person();
  here.role = role_;
  here.client = editor.client;
  here.activity = presence.activity;
  here.typing = presence.typing;
  here.document = presence.document;
  here.last_active_at = parts_.clock.wall().ms;
  const Roster::Shown shown =
      roster_.show_here(here, {editor.id, presence.document.value_or(""), presence.selections});
  // To the only editor here it is the one that the server tells of.
  const bool is_news = roster_.count_here() > 1 || link_ != Link::Online;
  if (is_news && shown.is_another) listener_.participants_changed(*this);
  if (is_news && shown.has_moved) listener_.cursor_changed(*this, editor.id);
}

void Workspace::show(const Editor& editor, connect::PresenceUpdate presence) {
  show_here(editor, presence);
  const bool is_rest = presence.activity != connect::Activity::Active;
  if (session_ == nullptr || (is_rest && roster_.is_active_here())) return;
  if (const auto client = documents_.client()) {
    presence.client_id = static_cast<std::int64_t>(static_cast<std::uint64_t>(*client));
  }
  session_->show(std::move(presence));
}

std::optional<std::string> Workspace::author(const LocalDocument& document,
                                             LocalDocument::Origin origin) const {
  if (origin == LocalDocument::kDisk) return std::nullopt;  // some program's doing
  if (origin != LocalDocument::kNetwork) {
    return roster_.you().empty() ? std::nullopt : std::optional(roster_.you());
  }
  const std::vector<crdt::ClientId> authors = document.authors();
  if (authors.size() != 1) return std::nullopt;
  return roster_.author(static_cast<std::uint64_t>(authors.front()));
}

void Workspace::hide(const Editor& editor) {
  roster_.leave_here(editor.id);
  if (roster_.count_here() > 0) listener_.participants_changed(*this);
}

// Documents, as the server sees them ----------------------------------------------------------

std::string Workspace::state_vector(const std::string& document) {
  if (document == kTree) return tree_->state_vector().encode();
  SharedDocument* const shared = documents_.find(document);
  PLAIT_ASSERT(shared != nullptr, "a document that is kept in step to be in memory");
  return shared->local().state_vector().encode();
}

Result<void> Workspace::take(const std::string& document, std::string_view update) {
  if (document == kTree) return tree_->apply(update);
  SharedDocument* const shared = documents_.find(document);
  PLAIT_ASSERT(shared != nullptr, "a document that is kept in step to be in memory");
  return shared->local().apply(update);
}

Result<sync::Answer> Workspace::answer(const std::string& document,
                                       std::string_view state_vector) {
  const auto known = crdt::StateVector::decode(state_vector);
  if (!known) return Failure{known.error()};
  if (document == kTree) {
    return sync::Answer{tree_->own_part(*known), tree_->has_more_of_others(*known)};
  }
  SharedDocument* const shared = documents_.find(document);
  PLAIT_ASSERT(shared != nullptr, "a document that is kept in step to be in memory");
  return sync::Answer{shared->local().own_part(*known),
                      shared->local().has_more_of_others(*known)};
}

std::optional<crypto::Sha256Digest> Workspace::text_hash(const std::string& document) {
  SharedDocument* const shared = documents_.find(document);
  if (shared == nullptr || shared->journal().has_unwritten()) return std::nullopt;
  return shared->local().hash();
}

bool Workspace::may_close(const std::string& document) {
  return document != kTree && !new_.contains(document) && !fetching_.contains(document);
}

void Workspace::on_synced(const std::string& document, std::optional<std::int64_t> version) {
  remember_version(document, version.value_or(0));
  fetching_.erase(document);
  if (document == kTree) {
    if (!std::exchange(tree_is_here_, true)) begin_if_ready();
  } else {
    keeper_.document_fetched(document);
    if (join_ && join_->needed.erase(document) > 0) compare_if_fetched();
    if (auto waiting = openers_.extract(document)) {
      const TreeEntry* const entry = tree().find(document);
      for (Opened& then : waiting.mapped()) {
        if (entry != nullptr) open_known(*entry, std::move(then));
      }
    }
  }
  fetch_next();
  changed();
}

void Workspace::on_saved(const std::string& document) {
  record_.synced = parts_.clock.wall();
  if (new_.erase(document) > 0 && new_.empty()) send_tree();
  changed();
}

void Workspace::on_closed(const std::string& document, std::optional<std::int64_t> version) {
  if (version) remember_version(document, *version);
  in_step_.erase(document);
}

void Workspace::on_refused(const std::string& document, const std::string& rule,
                           const std::string& reason) {
  start_anew(document, "the server refused it (" + rule + "): " + reason);
}

void Workspace::on_postponed(const std::string& document, const std::string& rule,
                             const std::string& reason) {
  on_problem(rule, reason, path_of(document).value_or(""), {});
}

void Workspace::on_diverged(const std::string& document) {
  start_anew(document, "it had become another text than the server's");
}

void Workspace::on_listed(std::span<const sync::ListedDocument> page, bool /*more*/) {
  for (const sync::ListedDocument& listed : page) {
    const auto known = versions_.find(listed.document);
    if (known == versions_.end() || known->second >= listed.version) continue;
    if (listed.document != kTree) fetch(listed.document, sync::Urgency::Later);
  }
}

void Workspace::on_touched(std::span<const std::string> documents, bool /*all*/) {
  for (const std::string& document : documents) {
    if (tree_ != nullptr && tree().find(document) != nullptr) {
      fetch(document, sync::Urgency::Soon);
    }
  }
}

/// A replica that the server does not go on with: its text is kept, and another one, under
/// another client id, takes its place.
void Workspace::start_anew(const std::string& document, const std::string& why) {
  if (document == kTree) {
    on_problem("treeReplaced", "The list of files was read anew: " + why, {}, {});
    parts_.store.remove_document(record_.id, kTree, {});
    auto fresh = LocalTree::load({}, {}, documents_.own_clients());
    if (!fresh) return;
    take_tree(*std::move(fresh));
    tree_is_here_ = false;
  } else {
    const std::string path = path_of(document).value_or(document);
    if (SharedDocument* const shared = documents_.find(document)) {
      keep_copy(document, shared->local().text(), "copyKept", path + " was read anew: " + why);
    }
    listener_.file_replaced(*this, document);
    in_step_.erase(document);
  }
  versions_.erase(document);
  new_.erase(document);
  wants_client_ = true;
  if (session_ != nullptr) session_->want_clients(1);
  if (document == kTree) {
    is_tree_open_ = false;
    send_tree();
    return;
  }
  documents_.forget(document, [this, document] { fetch(document, sync::Urgency::Now); });
}

void Workspace::remember_version(const std::string& document, std::int64_t version) {
  versions_.insert_or_assign(document, version);
  unsaved_versions_.insert(document);
  if (!versions_alarm_.at()) versions_alarm_.set(parts_.clock.now() + kVersionPause);
}

/// Only of documents whose updates are all on the way to the disk before it.
void Workspace::save_versions() {
  std::vector<store::SyncedVersion> versions;
  std::set<std::string, std::less<>> later;
  for (const std::string& document : std::exchange(unsaved_versions_, {})) {
    SharedDocument* const shared = documents_.find(document);
    const bool is_busy = document == kTree ? tree_journal_->is_busy()
                                           : shared != nullptr && shared->journal().is_busy();
    const auto known = versions_.find(document);
    if (known == versions_.end()) continue;
    if (is_busy) {
      later.insert(document);
    } else {
      versions.push_back({document, static_cast<std::uint64_t>(known->second)});
    }
  }
  if (!versions.empty()) parts_.store.set_synced(record_.id, std::move(versions), {});
  unsaved_versions_ = std::move(later);
  if (!unsaved_versions_.empty()) versions_alarm_.set(parts_.clock.now() + kVersionPause);
}

// What is done here ---------------------------------------------------------------------------

void Workspace::document_changes(SharedDocument& document, LocalDocument::Origin origin) {
  if (origin != LocalDocument::kDisk) keeper_.document_changes(document);
}

void Workspace::document_changed(SharedDocument& document, LocalDocument::Origin origin) {
  if (origin != LocalDocument::kDisk) keeper_.document_changed(document);
}

void Workspace::document_updated(const SharedDocument& document, std::string_view update) {
  if (open_buffers_ != nullptr) open_buffers_->document_updated(document, update);
}

void Workspace::document_written(const std::string& document,
                                 const std::vector<std::string>& updates) {
  SharedDocument* const shared = documents_.find(document);
  if (shared == nullptr || session_ == nullptr) return;
  if (!versions_.contains(document)) new_.insert(document);
  in_step_.try_emplace(document, Hold(*shared));
  for (const std::string& update : updates) session_->documents().send(document, update);
  changed();
}

void Workspace::journal_failed(const Error& error) {
  on_problem("journal",
             "What you type cannot be written to this disk, and is only in memory until the "
             "server has it: " +
                 error.message,
             {}, {});
}

void Workspace::change_tree(const std::vector<document::TreeChange>& changes) {
  for (const document::TreeChange& change : changes) {
    if (const auto* made = std::get_if<document::MakeFile>(&change)) {
      if (made->entry.kind != FileKind::Text) continue;
      if (versions_.contains(made->entry.id)) continue;  // the server knows it by now
      new_.insert(made->entry.id);
      // One with something in it is sent as soon as that is written here.
      SharedDocument* const shared = documents_.find(made->entry.id);
      if (shared != nullptr && !shared->journal().has_unwritten()) {
        synchronise(made->entry.id, sync::Urgency::Soon);
      }
    }
  }
  blob_offers_.save();
  if (auto changed = tree_->change(changes); !changed) {
    on_problem("tree", changed.error().message, {}, {});
    return;
  }
  keeper_.tree_changed();
}

void Workspace::updated(std::string_view update, LocalTree::Origin origin) {
  tree_journal_->add(update, origin != LocalTree::kNetwork);
  if (origin == LocalTree::kNetwork) keeper_.tree_changed();
}

/// The tree is said after the documents that it speaks of, so that nobody finds a file empty
/// that is not.
void Workspace::send_tree() {
  if (session_ == nullptr || !session_->is_online() || !new_.empty()) return;
  if (!std::exchange(is_tree_open_, true)) {
    // What the server lacks of it is in the answer to its question.
    tree_updates_.clear();
    session_->documents().open(kTree, sync::Urgency::Now);
    return;
  }
  for (const std::string& update : std::exchange(tree_updates_, {})) {
    session_->documents().send(kTree, update);
  }
}

const document::Tree& Workspace::tree() const { return tree_->tree(); }

void Workspace::fetch_blob(const std::string& blob,
                           std::function<void(Result<std::string>)> then) {
  const auto digest = digest_of(blob);
  if (!digest || session_ == nullptr) {
    then(fail(ErrorCode::NotFound, "there is no connection to get the file from"));
    return;
  }
  auto bytes = std::make_shared<std::string>();
  session_->blobs().get(
      *digest,
      [bytes](std::uint64_t size, std::uint64_t offset,
              std::string_view piece) -> Result<void> {
        if (offset != bytes->size() || size > kMaxFileBytes) {
          return fail(ErrorCode::LimitExceeded, "the file is too large");
        }
        bytes->append(piece);
        return {};
      },
      [bytes, then = std::move(then), wanted = *digest](Result<void> done) {
        if (!done) {
          then(forward_error(done));
        } else if (crypto::sha256(*bytes) != wanted) {
          then(fail(ErrorCode::Damaged, "the server sent other bytes than were asked for"));
        } else {
          then(std::move(*bytes));
        }
      });
}

void Workspace::offer_blob(const std::string& file, const std::string& blob) {
  blob_offers_.add(file, blob);
}

bool Workspace::was_in_an_editor(const std::string& file, std::string_view text) const {
  return buffers_ && buffers_(file, text);
}

void Workspace::on_problem(std::string_view code, const std::string& message,
                           const std::string& path, const std::string& kept_at) {
  listener_.workspace_problem(*this, code, message, path, kept_at);
  changed();
}

void Workspace::on_progress() { listener_.workspace_progress(*this); }

}  // namespace plait::workspace
