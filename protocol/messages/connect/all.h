#pragma once

#include "protocol/messages/connect/blob.h"
#include "protocol/messages/connect/chat.h"
#include "protocol/messages/connect/document.h"
#include "protocol/messages/connect/feed.h"
#include "protocol/messages/connect/invite.h"
#include "protocol/messages/connect/member.h"
#include "protocol/messages/connect/presence.h"
#include "protocol/messages/connect/session.h"
#include "protocol/messages/connect/workspace.h"
#include "protocol/messages/message_list.h"

namespace plait::messages::connect {

// Every JSON message of /v1/connect, for what has to look at all of them: tests, mainly.

/// Client to server; each has a `Reply`.
using Requests =
    MessageList<Hello, LoginKey, LoginToken, InviteRedeem, WorkspaceList, WorkspaceOpen,
                TokenIssue, ClientLease, DocumentOpen, DocumentClose, DocumentList, FeedSince,
                ActivityRecord, AuditList, ChatSend, ChatEdit, ChatDelete, ChatReact,
                ChatHistory, ChatSearch, ChatExport, MemberList, MemberLeave, MemberSetRole,
                MemberApprove, MemberKick, MemberRevoke, MemberTransfer, InviteCreate,
                InviteList, InviteRevoke, BlobGet, BlobPut, BlobFinish>;

using ClientNotifications = MessageList<DocumentDiverged, PresenceUpdate, ChatTyping>;

using ServerNotifications =
    MessageList<ServerDraining, WorkspaceChanged, DocumentRefused, DocumentTouched,
                PresenceChanged, CursorChanged, FeedEntries, MemberWaiting, InviteDecided>;

}  // namespace plait::messages::connect
