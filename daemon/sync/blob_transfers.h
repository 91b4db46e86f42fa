#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crypto/digest.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "daemon/sync/conversation.h"
#include "protocol/base/result.h"
#include "protocol/messages/connect/blob.h"
#include "protocol/wire/message.h"

namespace plait::sync {

/// Transfers at the same time; the others wait, in their order.
inline constexpr std::size_t kBlobsAtOnce = 3;
/// A piece of a blob.
inline constexpr std::size_t kBlobPieceBytes = std::size_t{128} << 10;
/// So much of it is sent before the server says that it has it: what somebody types is never
/// behind more than that of each transfer.
inline constexpr std::size_t kBlobWindowBytes = 2 * kBlobPieceBytes;
/// Before a blob is tried again that the server could not take or give now.
inline constexpr std::chrono::seconds kBlobPause{10};

/// Moves binary files to and from the server, a few at a time and in small pieces. They go on
/// after a cut where they were. A blob is known by its hash; the server checks what is put, the
/// one who gets something checks that.
class BlobTransfers {
 public:
  /// So many bytes of the blob from there on.
  using Reader = std::function<Result<std::string>(std::uint64_t offset, std::size_t count)>;
  /// The next bytes, in order; the size of the whole blob comes with each.
  using Writer =
      std::function<Result<void>(std::uint64_t size, std::uint64_t offset, std::string_view)>;
  /// Called once: it is done, or cannot be. A blob that nobody has put is NotFound; one that
  /// there is no room for LimitExceeded; one that the role does not allow Refused.
  using Done = std::function<void(Result<void>)>;

  BlobTransfers(Agenda& agenda, const Clock& clock, Conversation& conversation);
  ~BlobTransfers();
  BlobTransfers(const BlobTransfers&) = delete;
  BlobTransfers& operator=(const BlobTransfers&) = delete;

  void put(const crypto::Sha256Digest& sha256, std::uint64_t size, Reader reader, Done done);
  void get(const crypto::Sha256Digest& sha256, Writer writer, Done done);
  /// Transfers that are not done.
  [[nodiscard]] std::size_t size() const noexcept { return transfers_.size(); }

  // For the session.

  void begin();
  void end();
  /// False if nobody asked for it.
  bool take(const wire::BlobChunk& chunk);

 private:
  struct Transfer;
  using Put = messages::connect::BlobPut;
  using Get = messages::connect::BlobGet;

  Transfer& add(const crypto::Sha256Digest& sha256, Done done);
  [[nodiscard]] Transfer* find(std::uint64_t number) const;
  void pump();
  void go_on(Transfer& transfer);
  void was_announced(Transfer& transfer, const Put::Reply& reply);
  void send_pieces(Transfer& transfer);
  void was_finished(Transfer& transfer, const messages::connect::Done& reply);
  void mismatched(Transfer& transfer);
  void was_promised(Transfer& transfer, const Get::Reply& reply);
  void refused(Transfer& transfer, const jsonrpc::RpcError& error);
  void postpone(Transfer& transfer);
  void finish(Transfer& transfer, Result<void> result);
  template <class M>
  void ask(Transfer& transfer, const M& message,
           void (BlobTransfers::*then)(Transfer&, const typename M::Reply&));

  const Clock& clock_;
  Conversation& conversation_;
  bool is_begun_ = false;
  std::uint64_t last_number_ = 0;
  /// In the order in which they were wanted.
  std::map<std::uint64_t, std::unique_ptr<Transfer>> transfers_;
  Alarm again_;
};

}  // namespace plait::sync
