#include <algorithm>
#include <charconv>
#include <utility>

#include "daemon/editor/session.h"
#include "protocol/messages/editor/errors.h"

// Talking: the part of Session that is about chat. Editors know a message by its number in the
// workspace's feed, written as text.

namespace plait::editor {

using messages::EditorError;
using messages::rpc_error;

namespace {

std::optional<std::int64_t> number_in(const std::string& id) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (error != std::errc() || end != id.data() + id.size() || number < 1) return std::nullopt;
  return number;
}

jsonrpc::RpcError no_workspace() {
  return rpc_error(EditorError::NoWorkspace, "this workspace is not open");
}

jsonrpc::RpcError no_message() {
  return {jsonrpc::StandardError::InvalidParams, "there is no such message"};
}

}  // namespace

messages::ChatMessage Session::chat_message(const workspace::Workspace& workspace,
                                            const connect::ChatMessage& message) const {
  messages::ChatMessage shown;
  shown.id = std::to_string(message.seq);
  shown.seq = message.seq;
  shown.author = {message.author.id, message.author.name, message.author.color};
  shown.text = message.text;
  shown.created_at = message.created_at;
  shown.edited_at = message.edited_at;
  shown.deleted = message.deleted;
  if (message.reply_to) shown.reply_to = std::to_string(*message.reply_to);
  shown.reactions = message.reactions;
  if (message.anchor) {
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
  }
  return shown;
}

void Session::handle(const messages::ChatSend& message,
                     const Responder<messages::ChatSend>& respond) {
  workspace::Workspace* const workspace = attended(message.workspace_id);
  if (workspace == nullptr) {
    respond.refuse(no_workspace());
    return;
  }
  connect::ChatSend send;
  send.id = workspace->new_message_id();
  send.text = message.text;
  if (message.reply_to) send.reply_to = number_in(*message.reply_to);
  if (message.anchor) {
    OpenFile* const file = find(message.anchor->uri);
    if (file != nullptr) {
      const messages::Selection said{message.anchor->range.start, message.anchor->range.end};
      const auto selections = file->buffer().selections({&said, 1}, {});
      if (!selections.empty()) {
        send.anchor = connect::Anchor{file->id(),
                                      {{file->local().to_relative(selections.front().anchor)},
                                       {file->local().to_relative(selections.front().head)}}};
      }
    }
  }
  workspace->call<connect::ChatSend>(
      send, [this, respond, id = workspace->id()](const auto& outcome) {
        if (!respond.is_heard()) return;
        const workspace::Workspace* const talked = shelf_.find(id);
        if (const auto* refusal = std::get_if<jsonrpc::RpcError>(&outcome)) {
          respond.refuse(*refusal);
        } else if (talked != nullptr) {
          respond.answer({chat_message(*talked, std::get<0>(outcome).message)});
        }
      });
}

/// Something that is done to one message, and answered with it.
template <class M, class Call>
void Session::change_chat(const std::string& workspace_id, const std::string& message_id,
                          const Responder<M>& respond, Call call) {
  workspace::Workspace* const workspace = attended(workspace_id);
  const auto number = number_in(message_id);
  if (workspace == nullptr || !number) {
    respond.refuse(workspace == nullptr ? no_workspace() : no_message());
    return;
  }
  call(*workspace, *number, [this, respond, workspace_id](const auto& outcome) {
    if (!respond.is_heard()) return;
    const workspace::Workspace* const talked = shelf_.find(workspace_id);
    if (const auto* refusal = std::get_if<jsonrpc::RpcError>(&outcome)) {
      respond.refuse(*refusal);
    } else if (talked != nullptr) {
      respond.answer({chat_message(*talked, std::get<0>(outcome).message)});
    }
  });
}

void Session::handle(const messages::ChatEdit& message,
                     const Responder<messages::ChatEdit>& respond) {
  change_chat(message.workspace_id, message.message_id, respond,
              [&](workspace::Workspace& workspace, std::int64_t number, auto then) {
                workspace.call<connect::ChatEdit>({number, message.text}, then);
              });
}

void Session::handle(const messages::ChatDelete& message,
                     const Responder<messages::ChatDelete>& respond) {
  change_chat(message.workspace_id, message.message_id, respond,
              [](workspace::Workspace& workspace, std::int64_t number, auto then) {
                workspace.call<connect::ChatDelete>({number}, then);
              });
}

void Session::handle(const messages::ChatReact& message,
                     const Responder<messages::ChatReact>& respond) {
  change_chat(
      message.workspace_id, message.message_id, respond,
      [&](workspace::Workspace& workspace, std::int64_t number, auto then) {
        workspace.call<connect::ChatReact>({number, message.emoji, message.remove}, then);
      });
}

void Session::handle(const messages::ChatHistory& message,
                     const Responder<messages::ChatHistory>& respond) {
  workspace::Workspace* const workspace = attended(message.workspace_id);
  if (workspace == nullptr) {
    respond.refuse(no_workspace());
    return;
  }
  workspace->call<connect::ChatHistory>(
      {message.before, message.limit},
      [this, respond, id = workspace->id()](const auto& outcome) {
        if (!respond.is_heard()) return;
        const workspace::Workspace* const talked = shelf_.find(id);
        const auto* page = std::get_if<0>(&outcome);
        if (page == nullptr || talked == nullptr) {
          respond.refuse(page == nullptr ? std::get<1>(outcome) : no_workspace());
          return;
        }
        messages::ChatHistory::Reply reply;
        for (const connect::ChatMessage& each : page->messages) {
          reply.messages.push_back(chat_message(*talked, each));
        }
        reply.more = page->more;
        respond.answer(reply);
      });
}

void Session::handle(const messages::ChatSearch& message,
                     const Responder<messages::ChatSearch>& respond) {
  workspace::Workspace* const workspace = attended(message.workspace_id);
  if (workspace == nullptr) {
    respond.refuse(no_workspace());
    return;
  }
  connect::ChatSearch search;
  search.query = message.query;
  search.author = message.author;
  search.since = message.since;
  search.until = message.until;
  workspace->call<connect::ChatSearch>(
      search, [this, respond, id = workspace->id()](const auto& outcome) {
        if (!respond.is_heard()) return;
        const workspace::Workspace* const talked = shelf_.find(id);
        const auto* page = std::get_if<0>(&outcome);
        if (page == nullptr || talked == nullptr) {
          respond.refuse(page == nullptr ? std::get<1>(outcome) : no_workspace());
          return;
        }
        messages::ChatSearch::Reply reply;
        for (const connect::ChatMessage& each : page->messages) {
          reply.messages.push_back(chat_message(*talked, each));
        }
        respond.answer(reply);
      });
}

void Session::handle(const messages::ChatExport& message,
                     const Responder<messages::ChatExport>& respond) {
  workspace::Workspace* const workspace = attended(message.workspace_id);
  if (workspace == nullptr) {
    respond.refuse(no_workspace());
    return;
  }
  workspace->export_chat(message.format, [respond](auto outcome) {
    if (auto* refusal = std::get_if<jsonrpc::RpcError>(&outcome)) {
      respond.refuse(*refusal);
    } else {
      respond.answer({std::get<std::string>(std::move(outcome))});
    }
  });
}

void Session::handle(const messages::ChatTyping& message) {
  if (workspace::Workspace* const workspace = attended(message.workspace_id)) {
    workspace->notify(connect::ChatTyping{});
  }
}

void Session::handle(const messages::ChatRead& message) {
  if (workspace::Workspace* const workspace = attended(message.workspace_id)) {
    workspace->mark_read(message.seq);
  }
}

void Session::feed_arrived(const workspace::Workspace& workspace,
                           std::span<const connect::FeedEntry> entries) {
  if (!attends(workspace)) return;
  messages::ChatChanged news;
  news.workspace_id = workspace.id();
  for (const connect::FeedEntry& entry : entries) {
    if (entry.message) news.messages.push_back(chat_message(workspace, *entry.message));
  }
  if (news.messages.empty()) return;
  news.unread = static_cast<std::int64_t>(workspace.unread());
  tell(news);
}

}  // namespace plait::editor
