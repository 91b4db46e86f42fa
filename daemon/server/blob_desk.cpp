#include "daemon/server/blob_desk.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "daemon/net/websocket_frame.h"
#include "daemon/server/batch.h"
#include "daemon/server/limits.h"

namespace plait::server {
namespace {

namespace connect = messages::connect;

/// When a piece may be asked for again that could not be sent now.
constexpr std::chrono::milliseconds kBacklogPause{100};

jsonrpc::RpcError not_as_announced() {
  return people::conflict("the blob is not whole, or has another hash; announce it again");
}

}  // namespace

void BlobDesk::handle(const BlobPut& wish, const Responder<BlobPut>& responder) {
  const wire::Sha256& blob = wish.sha256.data;
  if (!uploads_.contains(blob) && uploads_.size() >= kMaxUploads) {
    return responder.refuse(people::limit_reached("blobs at the same time", kMaxUploads));
  }
  uploads_[blob] = {static_cast<std::uint64_t>(wish.size)};
  store::BlobChunk nothing_yet;
  nothing_yet.key = key(blob);
  nothing_yet.author = caller_.member;
  nothing_yet.time = caller_.host.clock().wall();
  nothing_yet.size = static_cast<std::uint64_t>(wish.size);
  quota().put_blob(
      std::move(nothing_yet),
      caller_.while_here([this, blob, responder](const Result<store::BlobState>& state) {
        if (!state || state->mismatch) uploads_.erase(blob);
        if (!state) return responder.refuse(state.error());
        if (state->mismatch) return responder.refuse(not_as_announced());
        responder.answer({static_cast<std::int64_t>(state->received)});
      }));
}

void BlobDesk::receive(const wire::BlobChunk& chunk) {
  const auto upload = uploads_.find(chunk.blob);
  if (upload == uploads_.end() || upload->second.is_broken) return;
  if (caller_.host.store().queued_bytes() + chunk.data.size() > kMaxStoreBytes) {
    upload->second.is_broken = true;  // the disk is too slow; it goes on from there later
    return;
  }
  store::BlobChunk piece;
  piece.key = key(chunk.blob);
  piece.author = caller_.member;
  piece.time = caller_.host.clock().wall();
  piece.size = upload->second.size;
  piece.offset = chunk.offset;
  piece.bytes = chunk.data;
  const std::uint64_t end = chunk.offset + chunk.data.size();
  quota().put_blob(
      std::move(piece),
      caller_.while_here([this, blob = chunk.blob, end](const Result<store::BlobState>& state) {
        stored(blob, end, state);
      }));
}

void BlobDesk::stored(const wire::Sha256& blob, std::uint64_t end,
                      const Result<store::BlobState>& state) {
  const auto upload = uploads_.find(blob);
  if (upload == uploads_.end()) return;
  upload->second.is_broken |= !state || state->mismatch || state->received != end;
}

void BlobDesk::handle(const BlobFinish& wish, const Responder<BlobFinish>& responder) {
  const wire::Sha256& blob = wish.sha256.data;
  caller_.host.store().blob_state(
      key(blob),
      caller_.while_here([this, blob, responder](const Result<store::BlobState>& state) {
        const auto upload = uploads_.extract(blob);
        const bool is_broken = !upload.empty() && upload.mapped().is_broken;
        const bool is_there = state && state->complete();
        if (!state && state.error().code != ErrorCode::NotFound) {
          return responder.refuse(state.error());
        }
        if (is_broken || !is_there) return responder.refuse(not_as_announced());
        responder.answer({});
      }));
}

void BlobDesk::handle(const BlobGet& wish, const Responder<BlobGet>& responder) {
  const auto length = static_cast<std::size_t>(wish.length);
  if (caller_.line->queued_bytes() + asked_bytes_ + length > kMaxBlobBacklog) {
    return responder.refuse(people::too_fast(kBacklogPause.count()));
  }
  asked_bytes_ += length;
  // One after the other: nothing comes in between.
  const auto size = std::make_shared<std::uint64_t>(0);
  auto& store = caller_.host.store();
  store.blob_state(key(wish.sha256.data),
                   caller_.while_here([size](const Result<store::BlobState>& state) {
                     if (state) *size = state->size;
                   }));
  store.read_blob(key(wish.sha256.data), static_cast<std::uint64_t>(wish.offset), length,
                  caller_.while_here(
                      [this, wish, length, size, responder](const Result<std::string>& piece) {
                        asked_bytes_ -= length;
                        if (!piece) return responder.refuse(piece.error());
                        send(wish, *size, *piece, responder);
                      }));
}

void BlobDesk::send(const BlobGet& wish, std::uint64_t size, const std::string& piece,
                    const Responder<BlobGet>& responder) {
  responder.answer({static_cast<std::int64_t>(size), static_cast<std::int64_t>(piece.size())});
  if (piece.empty()) return;
  std::string frame;
  append_message(
      frame, wire::kBlobChannel,
      wire::BlobChunk{wish.sha256.data, static_cast<std::uint64_t>(wish.offset), piece});
  caller_.line->send(frame);
}

}  // namespace plait::server
