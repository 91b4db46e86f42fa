#pragma once

#include "protocol/messages/editor/chat.h"
#include "protocol/messages/editor/document.h"
#include "protocol/messages/editor/lifecycle.h"
#include "protocol/messages/editor/presence.h"
#include "protocol/messages/editor/workspace.h"
#include "protocol/messages/message_list.h"

namespace plait::messages::editor {

// Every message of the editor protocol, for what has to look at all of them.

/// Editor to daemon; each has a `Reply`.
using Requests =
    MessageList<Initialize, WorkspaceShare, WorkspaceJoin, WorkspaceOpen, WorkspaceLeave,
                WorkspaceAnswer, WorkspaceList, WorkspaceInvite, DocumentOpen, DocumentResync,
                DocumentUndo, DocumentRedo, FollowStart, FollowStop, ChatSend, ChatEdit,
                ChatDelete, ChatReact, ChatHistory, ChatSearch, ChatExport>;

using EditorNotifications = MessageList<DocumentEdit, DocumentSave, DocumentClose,
                                        PresenceUpdate, ChatTyping, ChatRead>;

using DaemonNotifications =
    MessageList<WorkspaceChanged, WorkspaceProblem, Progress, DocumentApply, DocumentVerify,
                DocumentStale, PresenceChanged, CursorChanged, FollowShow, FollowStopped,
                ChatChanged>;

}  // namespace plait::messages::editor
