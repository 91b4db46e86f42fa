#include <utility>

#include "daemon/editor/session.h"
#include "protocol/base/file_uri.h"
#include "protocol/messages/editor/errors.h"

// What an editor has open: the part of Session that is about documents.

namespace plait::editor {

using messages::EditorError;
using messages::rpc_error;

OpenFile* Session::find(const std::string& uri) {
  const auto file = files_.find(uri);
  return file == files_.end() ? nullptr : file->second.get();
}

void Session::close(const std::string& uri) {
  opening_.erase(uri);
  files_.erase(uri);
}

/// Finds the document behind a URI, and has `begin(buffer, on_disk)` say what answers.
template <class M, class Begin>
void Session::open(const M& message, const Responder<M>& respond, Begin begin) {
  const auto path = path_of_file_uri(message.uri);
  if (!path) {
    respond.refuse(rpc_error(EditorError::Outside, path.error().message));
    return;
  }
  opening_.insert(message.uri);
  const auto opened = [this, message, respond, begin](workspace::Workspace& workspace,
                                                      auto& outcome) {
    // It may have been closed again meanwhile.
    if (!respond.is_heard()) return;
    const bool is_wanted = opening_.erase(message.uri) > 0;
    if (auto* refusal = std::get_if<jsonrpc::RpcError>(&outcome)) {
      respond.refuse(*refusal);
      return;
    }
    auto& text = std::get<workspace::Workspace::OpenText>(outcome);
    files_.erase(message.uri);
    auto file = std::make_unique<OpenFile>(
        static_cast<OpenFile::Owner&>(*this), workspace, std::move(text.document),
        Buffer::Options{message.uri, encoding_, text.is_read_only}, shelf_.agenda(),
        shelf_.clock());
    respond.answer(begin(*file, text.on_disk));
    if (!is_wanted) return;
    attend(workspace);
    OpenFile& shown = *file;
    files_.insert_or_assign(message.uri, std::move(file));
    show_cursors(shown);
    // Where its user is was said before there was a text to be in.
    if (presence_.uri == message.uri) show_presence();
  };
  shelf_.locate(*path, [respond, opened](auto found) {
    if (auto* refusal = std::get_if<jsonrpc::RpcError>(&found)) {
      respond.refuse(*refusal);
      return;
    }
    const auto& place = std::get<workspace::Shelf::Place>(found);
    workspace::Workspace& workspace = *place.workspace;
    workspace.open_text(place.path,
                        [&workspace, opened](auto outcome) { opened(workspace, outcome); });
  });
}

void Session::handle(const messages::DocumentOpen& message,
                     const Responder<messages::DocumentOpen>& respond) {
  open(message, respond, [message](OpenFile& file, const std::optional<std::string>& on_disk) {
    return file.buffer().open(message, on_disk);
  });
}

void Session::handle(const messages::DocumentResync& message,
                     const Responder<messages::DocumentResync>& respond) {
  if (OpenFile* const file = find(message.uri)) {
    respond.answer(file->buffer().resync(message, file->workspace().on_disk(file->id())));
    show_cursors(*file);
    return;
  }
  open(message, respond, [message](OpenFile& file, const std::optional<std::string>& on_disk) {
    file.find_lost(message.applied.epoch);
    return file.buffer().resync(message, on_disk);
  });
}

void Session::handle(const messages::DocumentEdit& message) {
  OpenFile* const file = find(message.uri);
  if (file == nullptr) {
    // Of another process, or a file that was replaced: the editor says what it holds.
    tell(messages::DocumentStale{message.uri, message.epoch, messages::StaleReason::Restarted});
    return;
  }
  file->buffer().edit(message);
  be_active();
  stop_following("you are typing");
}

void Session::handle(const messages::DocumentSave& message) {
  if (OpenFile* const file = find(message.uri)) {
    file->workspace().file_saved(file->id(), file->buffer().save(message));
  }
}

void Session::handle(const messages::DocumentClose& message) { close(message.uri); }

void Session::handle(const messages::DocumentUndo& message,
                     const Responder<messages::DocumentUndo>& respond) {
  if (OpenFile* const file = find(message.uri)) {
    respond(file->buffer().undo());
  } else {
    respond.refuse(rpc_error(EditorError::Outside, "this document is not open"));
  }
}

void Session::handle(const messages::DocumentRedo& message,
                     const Responder<messages::DocumentRedo>& respond) {
  if (OpenFile* const file = find(message.uri)) {
    respond(file->buffer().redo());
  } else {
    respond.refuse(rpc_error(EditorError::Outside, "this document is not open"));
  }
}

void Session::file_replaced(const workspace::Workspace& workspace, const std::string& id) {
  for (auto at = files_.begin(); at != files_.end();) {
    OpenFile& file = *at->second;
    if (&file.workspace() != &workspace || file.id() != id) {
      ++at;
      continue;
    }
    tell(messages::DocumentStale{at->first, file.buffer().epoch(),
                                 messages::StaleReason::Restarted});
    at = files_.erase(at);
  }
}

void Session::workspace_gone(const workspace::Workspace& workspace) {
  std::erase_if(files_, [&](const auto& at) { return &at.second->workspace() == &workspace; });
  attended_.erase(workspace.id());
  transfers_.erase(workspace.id());
  if (follow_ && follow_->workspace == workspace.id()) {
    stop_following("the workspace was left");
  }
}

void Session::on_repaired(const OpenFile& file, const std::string& before) {
  file.workspace().keep_copy(file.id(), before, "repaired",
                             "An editor's text had become another one; what it held is in the "
                             "document now. A copy of what was there before was kept.");
}

void Session::on_discarded(const OpenFile& file, const std::string& text) {
  file.workspace().keep_copy(file.id(), text, "copyKept",
                             "This was changed here by somebody who may only read. The text "
                             "was put right, and a copy of it was kept.");
}

}  // namespace plait::editor
