#include "protocol/wire/message.h"

#include <algorithm>
#include <string>

#include "protocol/base/utf8.h"

namespace plait::wire {
namespace {

/// The first varint of a message.
enum class Kind : std::uint8_t {
  Sync = 0,
  Awareness = 1,
  Auth = 2,
  QueryAwareness = 3,
  // From here on ours. The gap is for what y-protocols may add.
  Durable = 16,
  TextHash = 17,
  BlobChunk = 18,
};

/// The second varint of a sync message.
enum class SyncKind : std::uint8_t { Step1 = 0, Step2 = 1, Update = 2 };

/// The only second varint of an auth message.
constexpr std::uint64_t kPermissionDenied = 0;

Sha256 read_hash(ByteReader& in) {
  Sha256 hash{};
  std::ranges::copy(in.bytes(hash.size()), hash.begin());
  return hash;
}

std::string_view view_of(const Sha256& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

void put_kind(ByteWriter& out, Kind kind) { out.put_byte(static_cast<std::uint8_t>(kind)); }

void put_sync(ByteWriter& out, SyncKind kind, std::string_view payload) {
  put_kind(out, Kind::Sync);
  out.put_byte(static_cast<std::uint8_t>(kind));
  out.put_varbytes(payload);
}

Failure unknown(const char* what, std::uint64_t kind) {
  return fail(ErrorCode::Unsupported, std::string(what) + std::to_string(kind));
}

Result<Message> read_sync(ByteReader& in) {
  const std::uint64_t kind = in.varuint();
  if (!in.ok()) return Message{};
  const std::string_view payload = in.varbytes();
  if (kind == static_cast<std::uint64_t>(SyncKind::Step1)) return Message{SyncStep1{payload}};
  if (kind == static_cast<std::uint64_t>(SyncKind::Step2)) return Message{SyncStep2{payload}};
  if (kind == static_cast<std::uint64_t>(SyncKind::Update)) {
    return Message{SyncUpdate{payload}};
  }
  return unknown("no such sync message: ", kind);
}

Result<Message> read_auth(ByteReader& in) {
  const std::uint64_t kind = in.varuint();
  if (in.ok() && kind != kPermissionDenied) return unknown("no such auth message: ", kind);
  const std::string_view reason = in.varbytes();
  if (reason.size() > kMaxReasonBytes) {
    return fail(ErrorCode::LimitExceeded, "a reason of more than 1024 bytes");
  }
  if (!is_valid_utf8(reason)) return fail(ErrorCode::Malformed, "a reason is not UTF-8");
  return Message{PermissionDenied{reason}};
}

Result<Message> read_blob_chunk(ByteReader& in) {
  BlobChunk chunk{.blob = read_hash(in), .offset = in.varuint(), .data = {}};
  chunk.data = in.bytes(in.remaining());
  if (chunk.data.size() > kMaxBlobChunkBytes) {
    return fail(ErrorCode::LimitExceeded, "a chunk of more than 256 KiB");
  }
  return Message{chunk};
}

/// What it returns counts only if the reader is still ok.
Result<Message> read(ByteReader& in) {
  const std::uint64_t kind = in.varuint();
  if (!in.ok()) return Message{};
  switch (kind < UINT8_MAX ? static_cast<Kind>(kind) : Kind{UINT8_MAX}) {
    case Kind::Sync: return read_sync(in);
    case Kind::Awareness: return Message{Awareness{in.varbytes()}};
    case Kind::Auth: return read_auth(in);
    case Kind::QueryAwareness: return Message{QueryAwareness{}};
    case Kind::Durable: return Message{Durable{in.varuint()}};
    case Kind::TextHash: {
      TextHash hash{.messages = in.varuint(), .sha256 = {}};
      hash.sha256 = read_hash(in);
      return Message{hash};
    }
    case Kind::BlobChunk: return read_blob_chunk(in);
  }
  return unknown("no such message: ", kind);
}

}  // namespace

Result<Message> decode_message(std::string_view bytes) {
  if (bytes.size() > kMaxMessageBytes) {
    return fail(ErrorCode::LimitExceeded, "a message of more than 4 MiB");
  }
  ByteReader in(bytes);
  Result<Message> message = read(in);
  if (!in.ok()) return fail(ErrorCode::Malformed, "the message is cut short");
  if (!message) return message;
  if (!in.at_end()) return fail(ErrorCode::Malformed, "bytes follow the end of the message");
  if (!in.canonical()) return fail(ErrorCode::Malformed, "a number is longer than need be");
  return message;
}

void encode(const SyncStep1& message, ByteWriter& out) {
  put_sync(out, SyncKind::Step1, message.state_vector);
}

void encode(const SyncStep2& message, ByteWriter& out) {
  put_sync(out, SyncKind::Step2, message.update);
}

void encode(const SyncUpdate& message, ByteWriter& out) {
  put_sync(out, SyncKind::Update, message.update);
}

void encode(const Awareness& message, ByteWriter& out) {
  put_kind(out, Kind::Awareness);
  out.put_varbytes(message.states);
}

void encode(const PermissionDenied& message, ByteWriter& out) {
  put_kind(out, Kind::Auth);
  out.put_varuint(kPermissionDenied);
  out.put_varbytes(message.reason);
}

void encode(const QueryAwareness& /*message*/, ByteWriter& out) {
  put_kind(out, Kind::QueryAwareness);
}

void encode(const Durable& message, ByteWriter& out) {
  put_kind(out, Kind::Durable);
  out.put_varuint(message.messages);
}

void encode(const TextHash& message, ByteWriter& out) {
  put_kind(out, Kind::TextHash);
  out.put_varuint(message.messages);
  out.put_bytes(view_of(message.sha256));
}

void encode(const BlobChunk& message, ByteWriter& out) {
  put_kind(out, Kind::BlobChunk);
  out.put_bytes(view_of(message.blob));
  out.put_varuint(message.offset);
  out.put_bytes(message.data);
}

void encode(const Message& message, ByteWriter& out) {
  std::visit([&out](const auto& one) { encode(one, out); }, message);
}

}  // namespace plait::wire
