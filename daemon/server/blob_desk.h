#pragma once

#include <cstdint>
#include <map>

#include "daemon/server/caller.h"
#include "daemon/server/responder.h"
#include "protocol/messages/connect/blob.h"
#include "protocol/wire/message.h"

namespace plait::server {

/// Takes and gives binary files. The store says how far one has come, so that a cut costs
/// nothing but what was on its way.
class BlobDesk {
 public:
  /// The caller outlives it.
  explicit BlobDesk(Caller& caller) : caller_(caller) {}

  using BlobPut = messages::connect::BlobPut;
  using BlobFinish = messages::connect::BlobFinish;
  using BlobGet = messages::connect::BlobGet;
  void handle(const BlobPut& wish, const Responder<BlobPut>& responder);
  void handle(const BlobFinish& wish, const Responder<BlobFinish>& responder);
  void handle(const BlobGet& wish, const Responder<BlobGet>& responder);
  /// Dropped if it was not announced, or does not begin where the one before ended.
  void receive(const wire::BlobChunk& chunk);

 private:
  /// What was announced on this connection and is not finished.
  struct Upload {
    std::uint64_t size = 0;
    bool is_broken = false;  ///< something of it was dropped
  };

  void stored(const wire::Sha256& blob, std::uint64_t end,
              const Result<store::BlobState>& state);
  void send(const BlobGet& wish, std::uint64_t size, const std::string& piece,
            const Responder<BlobGet>& responder);
  [[nodiscard]] WorkspaceQuota& quota() const { return caller_.host.quota(caller_.workspace); }
  [[nodiscard]] store::BlobKey key(const store::BlobHash& hash) const {
    return {caller_.workspace, hash};
  }

  Caller& caller_;
  std::map<wire::Sha256, Upload> uploads_;
  std::size_t asked_bytes_ = 0;  ///< that the store has not answered yet
};

}  // namespace plait::server
