#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/base/relative_path.h"
#include "protocol/jsonrpc/json.h"

namespace plait::messages::connect {

// The limits of /v1/connect. Bytes of text are bytes of UTF-8.

/// Before login a message is small, of either kind.
inline constexpr std::size_t kMaxLoginMessageBytes = std::size_t{8} << 10;

/// A text message to the server.
inline constexpr jsonrpc::JsonLimits kLimitsToServer{
    .max_bytes = std::size_t{1} << 20, .max_depth = 64, .max_values = 20'000};

/// A text message to a client: pages of chat and rosters are larger than what is asked.
inline constexpr jsonrpc::JsonLimits kLimitsToClient{
    .max_bytes = std::size_t{4} << 20, .max_depth = 64, .max_values = 200'000};

/// A page ends before its text grows beyond this, whatever `limit` asks for.
inline constexpr std::size_t kMaxPageBytes = std::size_t{1} << 20;
inline constexpr std::int64_t kMaxPageEntries = 200;

/// A page of names and numbers is longer than one of texts.
inline constexpr std::int64_t kMaxPageDocuments = 2000;
/// In one document/touched; the rest follows in another.
inline constexpr std::size_t kMaxTouched = 500;

/// Ids of users, workspaces, messages, invites: the server's, or made by a client.
inline constexpr std::size_t kMaxIdBytes = 64;

inline constexpr std::size_t kMaxNameBytes = 128;  ///< 32 characters of four bytes
inline constexpr std::size_t kMaxSoftwareBytes = 64;
inline constexpr std::size_t kMaxWorkspaceNameBytes = 256;
inline constexpr std::size_t kMaxVersions = 16;
inline constexpr std::size_t kMaxCapabilities = 64;
inline constexpr std::size_t kMaxTokenBytes = 2048;
inline constexpr std::size_t kMaxPasswordBytes = 256;
using plait::kMaxPathBytes;
inline constexpr std::size_t kMaxReasonBytes = 1024;

inline constexpr std::int64_t kMaxLeasedAtOnce = 16;
/// Larger ones are said in a SyncStep1.
inline constexpr std::size_t kMaxStateVectorBytes = std::size_t{64} << 10;

inline constexpr std::int64_t kMaxInviteSeconds = std::int64_t{90} * 24 * 3600;
inline constexpr std::int64_t kDefaultInviteSeconds = std::int64_t{24} * 3600;
inline constexpr std::int64_t kMaxInviteUses = 10'000;
inline constexpr std::size_t kMaxInvites = 1'000;

/// Above what the option for members of a workspace allows.
inline constexpr std::size_t kMaxMembers = 10'000;
inline constexpr std::size_t kMaxParticipants = 10'000;
inline constexpr std::size_t kMaxWorkspaces = 1'000;

/// The params of a presence/update, as they were sent.
inline constexpr std::size_t kMaxPresenceBytes = 1024;
inline constexpr std::size_t kMaxSelections = 8;
inline constexpr std::size_t kMaxPositionBytes = 64;

inline constexpr std::size_t kMaxChatBytes = 8192;
inline constexpr std::size_t kMaxEmojiBytes = 32;
inline constexpr std::size_t kMaxReactions = 32;
inline constexpr std::size_t kMaxQueryBytes = 256;

inline constexpr std::int64_t kMaxBlobBytes = std::int64_t{32} << 20;
/// A blob is fetched in pieces of one chunk (kMaxBlobChunkBytes in protocol/wire/message.h).
inline constexpr std::int64_t kMaxBlobPiece = std::int64_t{256} << 10;

}  // namespace plait::messages::connect
