#pragma once

#include <chrono>
#include <cstddef>

namespace plait::server {

// What a room gives to whom, and for how long. Each has a test on both sides of it.

/// Messages that wait for a document to be loaded, for all members of a room together.
inline constexpr std::size_t kMaxWaitingBytes = std::size_t{4} << 20;
/// Somebody who has more than net::kBacklogBytes waiting in his connection gets no presence,
/// and his documents as one update once no more than this is left. Asked for so often, beside
/// being told by the connection.
inline constexpr std::size_t kCaughtUpBytes = std::size_t{64} << 10;
inline constexpr std::chrono::milliseconds kCatchUpPause{100};
/// A turn of the loop that brings a room more than this is delivered and saved in several
/// parts, so that no receiver's queue jumps over all its bounds at once.
inline constexpr std::size_t kMaxBatchBytes = std::size_t{1} << 20;
/// What a room may have that is not on disk yet, and what may wait in the store for all rooms.
/// A disk does that in a second; if it does not, nothing more is taken until it has. The store
/// refuses from store::kMaxQueuedBytes on, which would be the end of the room.
inline constexpr std::size_t kMaxUnsavedBytes = std::size_t{32} << 20;
inline constexpr std::size_t kMaxStoreBytes = std::size_t{48} << 20;

/// How often in a row somebody is asked for what got lost before he is sent away.
inline constexpr int kMaxResyncs = 3;

/// A log is replaced by a snapshot when it has so many entries, or so many bytes and more than
/// the snapshot before.
inline constexpr std::size_t kMaxLogRows = 1000;
inline constexpr std::size_t kMaxLogBytes = std::size_t{1} << 20;

/// A replica that nobody changed for so long is given up; its encoded form stays.
inline constexpr std::chrono::seconds kUnloadAfter{30};
/// A room that nobody is in for so long is forgotten; the store has it.
inline constexpr std::chrono::seconds kForgetAfter{60};
/// After so long without a change everybody has everything, and texts can be compared.
inline constexpr std::chrono::seconds kQuiet{2};

/// Who does not renew his presence has gone. Yjs renews it after 15 s.
inline constexpr std::chrono::seconds kPresenceTimeout{30};
/// One client's presence is passed on at most twenty times a second.
inline constexpr std::chrono::milliseconds kPresencePause{50};
/// What a member says of himself. In an open room kMaxAwarenessStateBytes holds.
inline constexpr std::size_t kMaxPresenceBytes = std::size_t{1} << 10;
/// Clients that one connection may be. Tabs of one browser speak for one another.
inline constexpr std::size_t kMaxPresencesOfOne = 16;

/// A room's name, decoded.
inline constexpr std::size_t kMaxRoomNameBytes = 1024;
/// Folders inside of folders, as in the shared folder.
inline constexpr std::size_t kMaxPathDepth = 64;

}  // namespace plait::server
