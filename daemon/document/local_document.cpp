#include "daemon/document/local_document.h"

#include <algorithm>
#include <utility>

#include "daemon/crdt/relative_position.h"
#include "daemon/document/own_part.h"
#include "daemon/document/rope.h"
#include "daemon/document/stored_updates.h"
#include "protocol/base/bytes.h"
#include "protocol/base/utf8.h"

namespace plait::document {
namespace {

Failure no_client() { return fail(ErrorCode::Refused, "there is no client id to write under"); }

/// Whether every place of a change is one in the text, and not inside of a character.
bool fits(const TextChange& change, const TextView& text) {
  const std::uint64_t length = text.length().value();
  std::uint64_t at = 0;
  const auto is_place = [&] {
    const Utf16Offset place{static_cast<std::uint32_t>(at)};
    return at <= length && text.locate(place).offset.utf16 == place;
  };
  return std::all_of(change.parts().begin(), change.parts().end(),
                     [&](const TextChange::Part& part) {
                       at += part.kept.value();
                       if (!is_place()) return false;
                       at += part.removed.value();
                       return is_place();
                     });
}

}  // namespace

LocalDocument::LocalDocument() : text_(document_.text(kContentRoot)) {}

Result<std::unique_ptr<LocalDocument>> LocalDocument::load(std::string_view snapshot,
                                                           std::span<const std::string> entries,
                                                           std::vector<crdt::ClientId> own) {
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): the constructor is private
  std::unique_ptr<LocalDocument> loaded(new LocalDocument);
  if (auto applied = apply_stored(loaded->document_, snapshot, entries); !applied) {
    return forward_error(applied);
  }
  loaded->own_ = std::move(own);
  loaded->document_.add_observer(*loaded);
  return loaded;
}

void LocalDocument::remove_observer(Observer& observer) noexcept {
  observers_.erase(std::remove(observers_.begin(), observers_.end(), &observer),
                   observers_.end());
}

// Who inserts ---------------------------------------------------------------------------------

void LocalDocument::set_client(crdt::ClientId client) {
  document_.set_client(client);
  own_.push_back(client);
  has_client_ = true;
}

LocalDocument::Origin LocalDocument::add_editor() {
  const Origin editor = next_editor_++;
  if (undo_ == nullptr) {
    undo_ = std::make_unique<crdt::UndoManager>(
        document_, crdt::UndoManager::Options{.scope = {text_}, .tracked = {editor}});
    undo_->advance(now_);
  } else {
    undo_->track(editor);
  }
  return editor;
}

// Changing ------------------------------------------------------------------------------------

void LocalDocument::advance(MonotonicTime now) noexcept {
  now_ = std::chrono::duration_cast<crdt::UndoManager::Time>(now.time_since_epoch());
  if (undo_ != nullptr) undo_->advance(now_);
}

void LocalDocument::announce(Origin origin) {
  edited_.reset();
  for (Observer* observer : observers_) observer->about_to_change(origin);
}

Result<void> LocalDocument::change(const TextChange& change, Origin origin) {
  if (!has_client_) return no_client();
  if (!fits(change, view())) {
    return fail(ErrorCode::OutOfRange, "the change is to another text");
  }
  announce(origin);
  return document_.transact(
      origin, [&](crdt::Document::Editor& edit) { return apply_change(edit, text_, change); });
}

Result<void> LocalDocument::apply(std::string_view update) {
  announce(kNetwork);
  return document_.apply(update, kNetwork);
}

void LocalDocument::committed(crdt::Document& document, Origin origin) {
  if (!document.changed()) return;
  if (const std::vector<crdt::TextEdit> edits = document.edits(text_); !edits.empty()) {
    hash_.reset();
    const Utf16Offset start = edits.front().start.offset.utf16;
    edited_ = Selection{start, start + measure(edits.front().inserted).utf16};
    for (Observer* observer : observers_) observer->changed(edits, origin);
  }
  ByteWriter update;
  if (!document.encode_change(update)) return;
  for (Observer* observer : observers_) observer->updated(update.view(), origin);
}

std::vector<crdt::ClientId> LocalDocument::authors() const {
  const crdt::Replica& replica = document_.replica();
  std::vector<crdt::ClientId> clients;
  for (const crdt::ClientRef client : replica.log.changed_clients) {
    clients.push_back(replica.clients.id_of(client));
  }
  return clients;
}

Result<LocalDocument::Undone> LocalDocument::revert(Result<bool> (crdt::UndoManager::*step)()) {
  if (undo_ == nullptr) return Undone{};
  if (!has_client_) return no_client();
  announce(undo_->origin());
  auto changed = (*undo_.*step)();
  if (!changed) return forward_error(changed);
  return Undone{*changed, edited_};
}

// Text ----------------------------------------------------------------------------------------

const crypto::Sha256Digest& LocalDocument::hash() const {
  if (!hash_) {
    crypto::Sha256 hash;
    view().for_each_chunk([&](std::string_view chunk) { hash.update(chunk); });
    hash_ = hash.finish();
  }
  return *hash_;
}

std::string LocalDocument::to_relative(Utf16Offset at) const {
  return crdt::RelativePosition::at(document_, text_, at).encode();
}

Result<std::optional<Utf16Offset>> LocalDocument::from_relative(std::string_view bytes) const {
  const auto position = crdt::RelativePosition::decode(bytes);
  if (!position) return Failure{position.error()};
  const auto place = position->resolve(document_);
  if (!place || place->type != text_) return std::optional<Utf16Offset>{};
  return std::optional(place->index);
}

// State ---------------------------------------------------------------------------------------

std::string LocalDocument::own_part(const crdt::StateVector& known) const {
  return document::own_part(document_, own_, known);
}

bool LocalDocument::has_more_of_others(const crdt::StateVector& known) const {
  return document::has_more_of_others(document_, own_, known);
}

}  // namespace plait::document
