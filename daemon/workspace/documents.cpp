#include "daemon/workspace/documents.h"

#include "protocol/base/assert.h"

namespace plait::workspace {

using document::LocalDocument;

// One document --------------------------------------------------------------------------------

SharedDocument::SharedDocument(Documents& owner, std::string id,
                               std::unique_ptr<LocalDocument> local)
    : owner_(owner),
      id_(std::move(id)),
      local_(std::move(local)),
      journal_(owner.store_, owner.workspace_, id_,
               {.encode = [this] { return local_->encode(); },
                .written =
                    [this](const std::vector<std::string>& updates) {
                      owner_.host_.document_written(id_, updates);
                    },
                .failed = [this](const Error& error) { owner_.host_.journal_failed(error); }}) {
  local_->add_observer(*this);
}

SharedDocument::~SharedDocument() { local_->remove_observer(*this); }

void SharedDocument::about_to_change(Origin origin) {
  owner_.host_.document_changes(*this, origin);
}

void SharedDocument::changed(std::span<const crdt::TextEdit> /*edits*/, Origin origin) {
  owner_.host_.document_changed(*this, origin);
}

void SharedDocument::updated(std::string_view update, Origin origin) {
  owner_.host_.document_updated(*this, update);
  journal_.add(update, origin != LocalDocument::kNetwork);
}

// Holding -------------------------------------------------------------------------------------

Hold::Hold(SharedDocument& document) : document_(&document) { ++document.holds_; }

Hold::~Hold() {
  if (document_ == nullptr || --document_->holds_ > 0) return;
  document_->owner_.released(*document_);
}

// All of them ---------------------------------------------------------------------------------

Documents::Documents(std::string workspace, store::ReplicaStore& store, Agenda& agenda,
                     const Clock& clock, DocumentsHost& host)
    : workspace_(std::move(workspace)),
      store_(store),
      clock_(clock),
      host_(host),
      self_(std::make_shared<Documents*>(this)),
      unload_alarm_(agenda, [this] { unload_idle(); }) {}

Documents::~Documents() { *self_ = nullptr; }

void Documents::open(const std::string& id, Then then) {
  if (SharedDocument* document = find(id)) {
    then(Hold(*document));
    return;
  }
  auto& waiting = loading_[id];
  waiting.push_back(std::move(then));
  if (waiting.size() > 1) return;
  store_.open_document(workspace_, id,
                       [self = self_, id](Result<store::ReplicaDocument> stored) {
                         if (*self != nullptr) (*self)->loaded(id, std::move(stored));
                       });
}

void Documents::loaded(const std::string& id, Result<store::ReplicaDocument> stored) {
  const std::vector<Then> waiting = std::move(loading_.extract(id).mapped());
  auto answer = [&]() -> Result<SharedDocument*> {
    if (!stored) return forward_error(stored);
    auto local = LocalDocument::load(stored->snapshot, stored->tail, own_);
    if (!local) return forward_error(local);
    SharedDocument& document = add(id, *std::move(local));
    document.journal_.loaded(*stored);
    return &document;
  }();
  // Held until all have it: the first may be done with it before the next is told.
  Hold hold;
  if (answer) hold = Hold(**answer);
  const auto self = self_;
  for (const Then& then : waiting) {
    if (*self == nullptr) return;
    if (answer) {
      then(Hold(**answer));
    } else {
      then(Failure{answer.error()});
    }
  }
}

Result<Hold> Documents::make(const std::string& id) {
  auto local = LocalDocument::load({}, {}, own_);
  if (!local) return forward_error(local);
  return Hold(add(id, *std::move(local)));
}

SharedDocument& Documents::add(const std::string& id, std::unique_ptr<LocalDocument> local) {
  if (client_) local->set_client(*client_);
  auto& place = documents_[id];
  PLAIT_ASSERT(place == nullptr, "a document to be loaded once");
  place = std::make_unique<SharedDocument>(*this, id, std::move(local));
  return *place;
}

SharedDocument* Documents::find(std::string_view id) const noexcept {
  const auto found = documents_.find(id);
  return found == documents_.end() ? nullptr : found->second.get();
}

void Documents::forget(const std::string& id, std::function<void()> then) {
  documents_.erase(id);
  store_.remove_document(workspace_, id,
                         [self = self_, then = std::move(then)](const Result<void>& removed) {
                           if (*self == nullptr) return;
                           if (!removed) (*self)->host_.journal_failed(removed.error());
                           then();
                         });
}

void Documents::set_client(crdt::ClientId client) {
  client_ = client;
  own_.push_back(client);
  for (auto& [id, document] : documents_) document->local_->set_client(client);
}

void Documents::released(SharedDocument& document) {
  document.idle_since_ = clock_.now();
  idle_.insert(document.id());
  const bool is_crowded = documents_.size() > kMaxIdleDocuments;
  const MonotonicTime at = clock_.now() + (is_crowded ? kCrowdedPause : kUnloadAfter);
  if (!unload_alarm_.at() || at < *unload_alarm_.at()) unload_alarm_.set(at);
}

void Documents::unload_idle() {
  const MonotonicTime now = clock_.now();
  const bool is_crowded = documents_.size() > kMaxIdleDocuments;
  for (auto at = idle_.begin(); at != idle_.end();) {
    const auto found = documents_.find(*at);
    const bool is_used = found == documents_.end() || found->second->holds_ > 0;
    const bool is_due =
        is_crowded || (!is_used && found->second->idle_since_ + kUnloadAfter <= now);
    if (!is_used && (!is_due || found->second->journal_.is_busy())) {
      ++at;
      continue;
    }
    if (!is_used) documents_.erase(found);
    at = idle_.erase(at);
  }
  if (!idle_.empty()) unload_alarm_.set(now + (is_crowded ? kCrowdedPause : kUnloadAfter));
}

}  // namespace plait::workspace
