#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "daemon/server/rate_limit.h"

namespace plait::server {

// What a room gives to whom, and for how long. Each has a test on both sides of it.

/// Messages that wait for a document to be loaded, for all members of a room together.
inline constexpr std::size_t kMaxWaitingBytes = std::size_t{4} << 20;
/// What a waiting message counts for besides its bytes.
inline constexpr std::size_t kWaitingMessageBytes = 64;
/// Somebody who has more than net::kBacklogBytes waiting in his connection gets no presence,
/// and his documents as one update once no more than this is left. Asked for so often, beside
/// being told by the connection.
inline constexpr std::size_t kCaughtUpBytes = std::size_t{64} << 10;
inline constexpr std::chrono::milliseconds kCatchUpPause{100};
/// Who is told all that he lacks gets it in one message up to here, and a larger document in
/// several, each when the one before has left. The document of a file is not larger.
inline constexpr std::size_t kMaxAnswerBytes = (std::size_t{4} << 20) - 64;
/// Questions by one member of a room (what do I lack? who is here?), each of which may take a
/// walk through the document: so many at once, and one more after each pause. A provider asks
/// once for each connection.
inline constexpr Rate kQuestionRate{.burst = 10, .pause = std::chrono::seconds{1}};
/// Steps to find the places of what one person inserts in a room, of all his updates: so many
/// at once, and so many more each second and with each update. Typing takes none; coming back
/// after long may take tens of thousands, once. Yjs, in the browsers of all others, does some
/// two million a second.
inline constexpr std::uint64_t kMostScanSteps = 200'000;
inline constexpr std::uint64_t kScanStepsPerSecond = 100'000;
inline constexpr std::uint64_t kScanStepsPerUpdate = 100;
/// A turn of the loop that brings a room more than this is delivered and saved in several
/// parts, so that no receiver's queue jumps over all its bounds at once.
inline constexpr std::size_t kMaxBatchBytes = std::size_t{1} << 20;
/// What a room may have that is not on disk yet, and what may wait in the store for all rooms.
/// A disk does that in a second; if it does not, nothing more is taken until it has. The store
/// refuses from store::kMaxQueuedBytes on, which would be the end of the room.
inline constexpr std::size_t kMaxUnsavedBytes = std::size_t{32} << 20;
inline constexpr std::size_t kMaxStoreBytes = std::size_t{48} << 20;

/// A document of a workspace fits into one message, with what stands around it.
inline constexpr std::size_t kMaxStateBytes = (std::size_t{4} << 20) - 64;

/// How often in a row somebody is asked for what got lost before he is sent away.
inline constexpr int kMaxResyncs = 3;
/// How long somebody's text may wait for what others wrote, and the server lost, before he is
/// told that it is not taken. They come back within seconds, if they come back.
inline constexpr std::chrono::seconds kMaxWaitForOthers{10};

/// A log is replaced by a snapshot when it has so many entries, or so many bytes and more than
/// the snapshot before.
inline constexpr std::size_t kMaxLogRows = 1000;
inline constexpr std::size_t kMaxLogBytes = std::size_t{1} << 20;

/// A replica that nobody changed for so long is given up; its encoded form, a sixth of the
/// size, stays. It lasts a second longer for each so many bytes, since bringing a large one
/// back takes some milliseconds, which all others wait for.
inline constexpr std::chrono::seconds kUnloadAfter{5};
inline constexpr std::size_t kUnloadLaterPer = std::size_t{64} << 10;
/// A room that nobody is in for so long is forgotten; the store has it.
inline constexpr std::chrono::seconds kForgetAfter{60};
/// After so long without a change everybody has everything, and texts can be compared.
inline constexpr std::chrono::seconds kQuiet{2};

/// Who does not renew his presence has gone. Yjs renews it after 15 s.
inline constexpr std::chrono::seconds kPresenceTimeout{30};
/// One client's presence is passed on at most twenty times a second.
inline constexpr std::chrono::milliseconds kPresencePause{50};
/// What changes within so long in documents that somebody has not open, he is told at once.
inline constexpr std::chrono::milliseconds kChangeWindow{50};
/// Who says that he types a message, does so for this long.
inline constexpr std::chrono::seconds kChatTyping{6};
/// What a member says of himself. In an open room kMaxAwarenessStateBytes holds.
inline constexpr std::size_t kMaxPresenceBytes = std::size_t{1} << 10;
/// Clients that one connection may be. Tabs of one browser speak for one another.
inline constexpr std::size_t kMaxPresencesOfOne = 16;

// /v1/connect.

/// From the connection to the login, whatever comes meanwhile; and logins that may fail.
inline constexpr std::chrono::seconds kLoginTime{10};
inline constexpr int kMaxRefusedLogins = 3;
/// What waits while a workspace is being opened, or a document of /yjs/ is being looked up.
/// Beyond that the connection ends.
inline constexpr std::size_t kMaxHeldBytes = std::size_t{8} << 20;
inline constexpr std::size_t kMaxOpenDocuments = 1000;
/// Blobs that one connection sends at the same time, and what may wait to be sent to it.
inline constexpr std::size_t kMaxUploads = 16;
inline constexpr std::size_t kMaxBlobBacklog = std::size_t{2} << 20;
/// When a client comes back that is told that the server stops.
inline constexpr std::chrono::milliseconds kReconnectAfter{1000};

// How often one connection may do things. What is too fast is answered with TooFast.

/// Requests and notifications of any kind. What is asked of the store waits in one queue.
inline constexpr Rate kMessages{1000, std::chrono::milliseconds{5}};
/// Documents that are opened and closed. Whoever joins a folder goes through all its files, of
/// which there may be 20,000.
inline constexpr Rate kDocumentsRate{50'000, std::chrono::milliseconds{1}};
/// Starts of replicas. They ask again after each cut.
inline constexpr Rate kLeases{30, std::chrono::seconds{2}};
/// What everybody hears of: messages, reactions, what happened to files.
inline constexpr Rate kPosts{60, std::chrono::milliseconds{200}};
/// What takes the store a while.
inline constexpr Rate kSearches{20, std::chrono::milliseconds{200}};

/// A room's name, decoded.
inline constexpr std::size_t kMaxRoomNameBytes = 1024;

}  // namespace plait::server
