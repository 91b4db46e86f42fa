#include <algorithm>
#include <utility>

#include "daemon/editor/session.h"
#include "protocol/messages/editor/errors.h"

// Talking: the part of Session that is about chat.

namespace plait::editor {

using messages::EditorError;
using messages::rpc_error;
using workspace::ChatLine;
using workspace::ChatPage;

template <class M>
workspace::Chat* Session::chat_of(const M& message, const Responder<M>& respond) const {
  workspace::Workspace* const workspace = attended(message.workspace_id);
  if (workspace != nullptr) return &workspace->chat();
  respond.refuse(rpc_error(EditorError::NoWorkspace, "this workspace is not open"));
  return nullptr;
}

messages::ChatMessage Session::shown(const workspace::Workspace& workspace,
                                     const ChatLine& line) const {
  const connect::ChatMessage& message = line.message;
  messages::ChatMessage shown;
  shown.id = line.id;
  shown.seq = message.seq;
  shown.author = {message.author.id, message.author.name, message.author.color};
  shown.text = message.text;
  shown.created_at = message.created_at;
  shown.edited_at = message.edited_at;
  shown.deleted = message.deleted;
  shown.reply_to = line.reply_to;
  shown.reactions = message.reactions;
  if (line.is_pending) shown.pending = true;
  if (!message.anchor) return shown;
  messages::ChatAnchor anchor;
  anchor.uri = uri_of(workspace, message.anchor->document);
  for (const auto& [uri, file] : files_) {
    if (&file->workspace() != &workspace || file->id() != message.anchor->document) continue;
    const auto start = file->local().from_relative(message.anchor->range.anchor.data);
    const auto end = file->local().from_relative(message.anchor->range.head.data);
    if (!start || !end || !*start || !*end) continue;
    const messages::Selection range = file->buffer().shown({**start, **end});
    anchor.range = {range.anchor, range.head};
  }
  if (!anchor.uri.empty()) shown.anchor = std::move(anchor);
  return shown;
}

template <class M>
workspace::Chat::Then Session::with_line(const M& message, const Responder<M>& respond) {
  return [this, id = message.workspace_id, respond](const auto& outcome) {
    if (!respond.is_heard()) return;
    const workspace::Workspace* const workspace = shelf_.find(id);
    if (const auto* refusal = std::get_if<jsonrpc::RpcError>(&outcome)) {
      respond.refuse(*refusal);
    } else if (workspace != nullptr) {
      respond.answer({shown(*workspace, std::get<ChatLine>(outcome))});
    }
  };
}

template <class M>
workspace::ChatAnswer<ChatPage> Session::with_page(const M& message,
                                                   const Responder<M>& respond) {
  return [this, id = message.workspace_id, respond](const auto& outcome) {
    if (!respond.is_heard()) return;
    const workspace::Workspace* const workspace = shelf_.find(id);
    if (const auto* refusal = std::get_if<jsonrpc::RpcError>(&outcome)) {
      respond.refuse(*refusal);
    } else if (workspace != nullptr) {
      const auto& page = std::get<ChatPage>(outcome);
      typename M::Reply reply;
      for (const ChatLine& line : page.lines) reply.messages.push_back(shown(*workspace, line));
      if constexpr (requires { reply.more; }) reply.more = page.more;
      respond.answer(reply);
    }
  };
}

// What is said here ---------------------------------------------------------------------------

void Session::handle(const messages::ChatSend& message,
                     const Responder<messages::ChatSend>& respond) {
  workspace::Chat* const chat = chat_of(message, respond);
  if (chat == nullptr) return;
  std::optional<connect::Anchor> anchor;
  if (OpenFile* const file = message.anchor ? find(message.anchor->uri) : nullptr) {
    const messages::Selection said{message.anchor->range.start, message.anchor->range.end};
    const auto selections = file->buffer().selections({&said, 1}, {});
    if (!selections.empty()) {
      anchor = connect::Anchor{file->id(),
                               {{file->local().to_relative(selections.front().anchor)},
                                {file->local().to_relative(selections.front().head)}}};
    }
  }
  chat->send(message.text, message.reply_to, std::move(anchor), with_line(message, respond));
}

void Session::handle(const messages::ChatEdit& message,
                     const Responder<messages::ChatEdit>& respond) {
  if (workspace::Chat* const chat = chat_of(message, respond)) {
    chat->edit(message.message_id, message.text, with_line(message, respond));
  }
}

void Session::handle(const messages::ChatDelete& message,
                     const Responder<messages::ChatDelete>& respond) {
  if (workspace::Chat* const chat = chat_of(message, respond)) {
    chat->remove(message.message_id, with_line(message, respond));
  }
}

void Session::handle(const messages::ChatReact& message,
                     const Responder<messages::ChatReact>& respond) {
  if (workspace::Chat* const chat = chat_of(message, respond)) {
    chat->react(message.message_id, message.emoji, message.remove.value_or(false),
                with_line(message, respond));
  }
}

void Session::handle(const messages::ChatTyping& message) {
  if (workspace::Workspace* const workspace = attended(message.workspace_id)) {
    workspace->notify(connect::ChatTyping{});
  }
}

// What was said -------------------------------------------------------------------------------

void Session::handle(const messages::ChatHistory& message,
                     const Responder<messages::ChatHistory>& respond) {
  if (workspace::Chat* const chat = chat_of(message, respond)) {
    chat->history({message.before, message.limit}, with_page(message, respond));
  }
}

void Session::handle(const messages::ChatSearch& message,
                     const Responder<messages::ChatSearch>& respond) {
  if (workspace::Chat* const chat = chat_of(message, respond)) {
    chat->search({message.query, message.author, message.since, message.until, {}, {}},
                 with_page(message, respond));
  }
}

void Session::handle(const messages::ChatExport& message,
                     const Responder<messages::ChatExport>& respond) {
  workspace::Chat* const chat = chat_of(message, respond);
  if (chat == nullptr) return;
  chat->write_out(message.format, [respond](auto outcome) {
    if (auto* refusal = std::get_if<jsonrpc::RpcError>(&outcome)) {
      respond.refuse(*refusal);
    } else {
      respond.answer({std::get<std::string>(std::move(outcome))});
    }
  });
}

void Session::handle(const messages::ChatRead& message) {
  if (workspace::Workspace* const workspace = attended(message.workspace_id)) {
    workspace->chat().mark_read(message.seq);
  }
}

void Session::chat_changed(const workspace::Workspace& workspace,
                           std::span<const ChatLine> lines) {
  if (!attends(workspace)) return;
  do {
    const auto some =
        lines.first(std::min<std::size_t>(lines.size(), connect::kMaxPageEntries));
    lines = lines.subspan(some.size());
    messages::ChatChanged news;
    news.workspace_id = workspace.id();
    for (const ChatLine& line : some) news.messages.push_back(shown(workspace, line));
    news.unread = static_cast<std::int64_t>(workspace.chat().unread());
    tell(news);
  } while (!lines.empty());
}

}  // namespace plait::editor
