#include "tests/sim/system/machine.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "daemon/document/local_document.h"
#include "daemon/document/tree.h"
#include "protocol/base/assert.h"
#include "protocol/base/file_uri.h"
#include "protocol/messages/editor/all.h"
#include "tests/support/black_box_parts.h"

namespace plait::sim::system {
namespace {

crypto::DeviceKey new_device(Random& random) {
  auto key = crypto::DeviceKey::generate(random);
  PLAIT_ASSERT(key, "a device key to be made");
  return *std::move(key);
}

}  // namespace

std::string uri_of(std::string_view path) {
  return file_uri(std::string(kFolder) + "/" + std::string(path));
}

std::string path_of(std::string_view uri) {
  const auto path = path_of_file_uri(uri);
  PLAIT_ASSERT(path && path->starts_with(kFolder), "a file in the folder");
  return path->substr(kFolder.size() + 1);
}

Machine::Machine(std::size_t number, const Around& around, const Habits& habits, Chance chance)
    : number_(number),
      around_(around),
      habits_(habits),
      chance_(chance),
      clock_(around.clock),
      random_(chance.fork(1)),
      device_(new_device(random_)),
      commits_(store_.steps(), {around.agenda, around.clock, around.trace, chance_}, number,
               habits.most_commit) {
  for (std::size_t i = 0; i < habits.editors; ++i) {
    seats_.push_back(std::make_unique<EditorSeat>(
        EditorSeat::Around{around_.agenda, around_.clock, around_.trace,
                           std::chrono::milliseconds{2}, 10 * number_ + i,
                           [this](std::string_view body, const std::function<void()>& hear) {
                             editor_says(body, hear);
                           }},
        chance.fork(2 + i)));
  }
}

Machine::~Machine() {
  seats_.clear();
  daemon_.reset();
}

// The daemon ----------------------------------------------------------------------------------

void Machine::start() {
  if (daemon_ != nullptr) return;
  around_.trace.note(around_.clock.now(), "daemon starts", number_);
  daemon_ = std::make_unique<Daemon>();
  workspace::Outside& outside = *this;
  daemon_->shelf = std::make_unique<workspace::Shelf>(workspace::Shelf::Parts{
      store_, outside, daemon_->agenda, clock_, random_, device_, {"daemon", "1"}});
  daemon_->shelf->set_person("m" + std::to_string(number_));
  daemon_->shelf->set_buffers([this](const std::string& file, std::string_view text) {
    return std::ranges::any_of(seats_,
                               [&](const auto& seat) { return seat->has_had(file, text); });
  });
  const auto loaded = daemon_->shelf->load();
  PLAIT_ASSERT(loaded, "what a daemon remembers to be readable");
  for (const auto& seat : seats_) seat->daemon_came(*daemon_->shelf);
}

void Machine::crash(Chance& chance) {
  if (daemon_ == nullptr) return;
  around_.trace.note(around_.clock.now(), "daemon dies", number_);
  commits_.crash(chance);
  for (const auto& seat : seats_) seat->daemon_went();
  daemon_.reset();
  // What it asked for on its way out never happened.
  commits_.stop();
}

void Machine::join(const std::string& invite) {
  workspace::messages::WorkspaceJoin join;
  join.invite = invite;
  join.folder = kFolder;
  join.headless = true;
  join.existing = workspace::messages::Existing::KeepMine;
  daemon_->shelf->join(join, [this](const auto& outcome) {
    is_joined_ = std::holds_alternative<workspace::messages::WorkspaceJoin::Reply>(outcome);
    if (const auto* refusal = std::get_if<jsonrpc::RpcError>(&outcome)) {
      around_.on_wrong("joining is refused: " + refusal->message);
    }
  });
}

workspace::Workspace* Machine::workspace() const {
  return daemon_ == nullptr ? nullptr : daemon_->shelf->find(kWorkspace);
}

workspace::Hold Machine::document_at(const std::string& path) const {
  workspace::Hold found;
  auto* const mine = workspace();
  if (mine == nullptr) return found;
  // What is in memory answers at once; of anything else nobody waits to hear.
  auto waits = std::make_shared<workspace::Hold*>(&found);
  mine->open_text(path, [waits](auto outcome) {
    auto* const text = std::get_if<workspace::Workspace::OpenText>(&outcome);
    if (text != nullptr && *waits != nullptr) **waits = std::move(text->document);
  });
  *waits = nullptr;
  return found;
}

std::string Machine::stored_text() {
  const auto versions = store_.now<std::vector<store::SyncedVersion>>(
      [&](auto answer) { store_.synced_versions(kWorkspace, std::move(answer)); });
  PLAIT_ASSERT(versions, "a store to say what it has");
  std::string all;
  for (const store::SyncedVersion& each : *versions) {
    if (each.document == document::kTreeDocument) continue;
    const auto stored = store_.now<store::ReplicaDocument>([&](auto answer) {
      store_.open_document(kWorkspace, each.document, std::move(answer));
    });
    PLAIT_ASSERT(stored, "a store to read what it has");
    const auto document =
        document::LocalDocument::load(stored->snapshot, stored->tail, /*own=*/{});
    PLAIT_ASSERT(document, "a document that is stored to be one");
    all += (*document)->text();
  }
  return all;
}

/// Of an undo it is to be known what it did.
void Machine::editor_says(std::string_view body, const std::function<void()>& hear) const {
  const jsonrpc::Message message = jsonrpc::parse_message(body, workspace::messages::kLimits);
  const auto* request = std::get_if<jsonrpc::Request>(&message);
  const bool reverts =
      request != nullptr && (request->method == workspace::messages::DocumentUndo::kMethod ||
                             request->method == workspace::messages::DocumentRedo::kMethod);
  const jsonrpc::Json* uri = reverts ? request->params.find("uri") : nullptr;
  const workspace::Hold document =
      uri == nullptr ? workspace::Hold() : document_at(path_of(*uri->as_string()));
  if (!document) return hear();
  const std::string before = document->local().text();
  hear();
  around_.on_reverted(before, document->local().text());
}

// The machine around the daemon ---------------------------------------------------------------

Result<std::string> Machine::real_folder(const std::string& path, bool /*makes*/) {
  return path;
}

Result<std::unique_ptr<folder::Disk>> Machine::open_disk(const std::string& /*workspace*/,
                                                         const std::string& folder) {
  PLAIT_ASSERT(folder == kFolder, "the one folder to be asked for");
  return std::unique_ptr<folder::Disk>(std::make_unique<SimDisk>(
      folder_, habits_.disk,
      SimDisk::Around{
          around_.agenda, around_.clock, around_.trace, number_, around_.on_wrong,
          [this](const std::string&, const std::string& bytes) { around_.on_written(bytes); },
          around_.on_kept},
      Chance(chance_.bits())));
}

Result<std::unique_ptr<workspace::BlackBoxFile>> Machine::open_black_box(
    const std::string& /*workspace*/) {
  return std::unique_ptr<workspace::BlackBoxFile>(
      std::make_unique<support::BlackBoxParts>(black_box_));
}

std::unique_ptr<workspace::Connection> Machine::connect(
    sync::Session& session, const workspace::ServerPlace& /*server*/) {
  auto link = std::make_unique<ServerLink>(
      ServerLink::Around{around_.server, around_.clock, random_, number_,
                         [this](ServerLink* gone) { links_.erase(gone); }},
      session);
  links_.insert(link.get());
  return link;
}

Result<workspace::ServerPlace> Machine::embedded_server() {
  return fail(ErrorCode::Unsupported, "there is no server in here");
}

void Machine::make_workspace(const std::string& /*name*/,
                             std::function<void(Result<crypto::InviteLink>)> then) {
  then(fail(ErrorCode::Unsupported, "there is no server in here"));
}

Result<workspace::ServerPlace> Machine::public_place(const std::string& /*wanted_host*/) {
  return embedded_server();
}

// The loop ------------------------------------------------------------------------------------

std::optional<MonotonicTime> Machine::next_deadline() const {
  if (daemon_ == nullptr) return std::nullopt;
  std::optional<MonotonicTime> next = daemon_->agenda.next();
  for (const ServerLink* link : links_) {
    if (const auto due = link->next_deadline()) next = next ? std::min(*next, *due) : *due;
  }
  return next;
}

void Machine::advance() {
  if (daemon_ == nullptr) return;
  daemon_->agenda.advance(clock_.now());
  for (ServerLink* link : std::vector(links_.begin(), links_.end())) link->advance();
}

void Machine::end_of_turn() {
  if (daemon_ != nullptr) daemon_->shelf->end_of_turn();
  for (const auto& seat : seats_) seat->speaks();
  for (ServerLink* link : links_) link->settle();
  commits_.begin();
}

void Machine::heal() {
  commits_.heal();
  folder_.set_full(false);
  habits_.disk = {};
}

bool Machine::knows_its_folder() const {
  const workspace::Workspace* const mine = workspace();
  return mine != nullptr && mine->files_waiting() == 0 && store_.queued_bytes() == 0;
}

bool Machine::is_quiet() const { return waits_for().empty(); }

std::string Machine::waits_for() const {
  const workspace::Workspace* const mine = workspace();
  if (mine == nullptr) return "a daemon";
  if (mine->link() != workspace::Link::Online) return "the server";
  if (mine->pending_edits() > 0) return "what it wrote to be saved";
  if (mine->files_waiting() > 0) return "files";
  if (store_.queued_bytes() > 0) return "its store";
  for (const auto& seat : seats_) {
    if (!seat->is_settled()) return "an editor";
  }
  return {};
}

}  // namespace plait::sim::system
