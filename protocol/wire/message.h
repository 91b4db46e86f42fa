#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace plait::wire {

// The binary messages, defined in docs/protocol.md. The first four are y-protocols' own, and
// all that there is at /yjs/; the others are said between Plait's programs alone. Messages are
// views: what they were decoded from has to outlive them.

/// A message of any kind, with its channel. Larger ones are refused before they are decoded.
inline constexpr std::size_t kMaxMessageBytes = std::size_t{4} << 20;

/// Why a member may not do something, as text for a person.
inline constexpr std::size_t kMaxReasonBytes = 1024;

/// What one chunk of a blob may hold. Small, so that typing is never long behind one.
inline constexpr std::size_t kMaxBlobChunkBytes = std::size_t{256} << 10;

using Sha256 = std::array<std::uint8_t, 32>;

/// What the sender has. To be answered with a SyncStep2.
struct SyncStep1 {
  std::string_view state_vector;

  bool operator==(const SyncStep1&) const noexcept = default;
};

/// What somebody who said SyncStep1 lacks.
struct SyncStep2 {
  std::string_view update;

  bool operator==(const SyncStep2&) const noexcept = default;
};

/// What has changed.
struct SyncUpdate {
  std::string_view update;

  bool operator==(const SyncUpdate&) const noexcept = default;
};

/// States of presence in Yjs's form: awareness.h takes them apart.
struct Awareness {
  std::string_view states;

  bool operator==(const Awareness&) const noexcept = default;
};

struct PermissionDenied {
  std::string_view reason;

  bool operator==(const PermissionDenied&) const noexcept = default;
};

/// Asks for the awareness states of everybody.
struct QueryAwareness {
  bool operator==(const QueryAwareness&) const noexcept = default;
};

/// Server to client: what the receiver's first `messages` updates on this channel brought is on
/// disk, whoever brought it first. SyncStep2 and SyncUpdate count, from one after the channel
/// was opened.
struct Durable {
  std::uint64_t messages = 0;

  bool operator==(const Durable&) const noexcept = default;
};

/// Server to client, after quiet: the SHA-256 of the document's text in UTF-8, with the
/// receiver's first `messages` updates and everything that was sent to it before this.
struct TextHash {
  std::uint64_t messages = 0;
  Sha256 sha256{};

  bool operator==(const TextHash&) const noexcept = default;
};

/// A part of a binary file, either way.
struct BlobChunk {
  Sha256 blob{};
  std::uint64_t offset = 0;
  std::string_view data;

  bool operator==(const BlobChunk&) const noexcept = default;
};

using Message = std::variant<SyncStep1, SyncStep2, SyncUpdate, Awareness, PermissionDenied,
                             QueryAwareness, Durable, TextHash, BlobChunk>;

/// Takes one whole message apart. Malformed: no correct peer says it, longer forms of varints
/// and bytes behind the end included. Unsupported: the kind is not known here.
Result<Message> decode_message(std::string_view bytes);

// Each appends one message.
void encode(const SyncStep1& message, ByteWriter& out);
void encode(const SyncStep2& message, ByteWriter& out);
void encode(const SyncUpdate& message, ByteWriter& out);
void encode(const Awareness& message, ByteWriter& out);
void encode(const PermissionDenied& message, ByteWriter& out);
void encode(const QueryAwareness& message, ByteWriter& out);
void encode(const Durable& message, ByteWriter& out);
void encode(const TextHash& message, ByteWriter& out);
void encode(const BlobChunk& message, ByteWriter& out);
void encode(const Message& message, ByteWriter& out);

}  // namespace plait::wire
