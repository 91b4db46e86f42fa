#include "daemon/sync/blob_transfers.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "protocol/messages/connect/blob.h"
#include "protocol/messages/connect/errors.h"

namespace plait::sync {
namespace {

namespace connect = messages::connect;
using connect::ConnectError;

/// How often a blob is put again whose bytes arrived as others.
constexpr int kMaxMismatches = 3;

ErrorCode code_of(const jsonrpc::RpcError& error) {
  switch (static_cast<ConnectError>(error.code)) {
    case ConnectError::NotFound: return ErrorCode::NotFound;
    case ConnectError::LimitReached: return ErrorCode::LimitExceeded;
    default: return ErrorCode::Refused;
  }
}

bool is_passing(const jsonrpc::RpcError& error) {
  return error.code == static_cast<std::int64_t>(ConnectError::Unavailable) ||
         error.code == static_cast<std::int64_t>(jsonrpc::StandardError::InternalError);
}

}  // namespace

struct BlobTransfers::Transfer {
  std::uint64_t number = 0;
  connect::Digest sha256;
  std::uint64_t size = 0;
  Reader reader;  ///< of one that is put
  Writer writer;  ///< of one that is got
  Done done;
  bool is_under_way = false;
  std::optional<MonotonicTime> rests_until;
  std::uint64_t offset = 0;              ///< sent, or written, up to here
  std::uint64_t expected = 0;            ///< of the piece that is to come
  std::optional<std::uint64_t> reached;  ///< what the server had when it was asked last
  int mismatches = 0;
};

BlobTransfers::BlobTransfers(Agenda& agenda, const Clock& clock, Conversation& conversation)
    : clock_(clock), conversation_(conversation), again_(agenda, [this] { pump(); }) {}

BlobTransfers::~BlobTransfers() = default;

void BlobTransfers::put(const crypto::Sha256Digest& sha256, std::uint64_t size, Reader reader,
                        Done done) {
  Transfer& transfer = add(sha256, std::move(done));
  transfer.size = size;
  transfer.reader = std::move(reader);
  pump();
}

void BlobTransfers::get(const crypto::Sha256Digest& sha256, Writer writer, Done done) {
  Transfer& transfer = add(sha256, std::move(done));
  transfer.writer = std::move(writer);
  pump();
}

BlobTransfers::Transfer& BlobTransfers::add(const crypto::Sha256Digest& sha256, Done done) {
  auto& transfer = transfers_[++last_number_];
  transfer = std::make_unique<Transfer>();
  transfer->number = last_number_;
  transfer->sha256.data = sha256;
  transfer->done = std::move(done);
  return *transfer;
}

void BlobTransfers::begin() {
  is_begun_ = true;
  pump();
}

void BlobTransfers::end() {
  is_begun_ = false;
  again_.stop();
  for (const auto& [number, transfer] : transfers_) {
    transfer->is_under_way = false;
    transfer->rests_until.reset();
    transfer->reached.reset();
    transfer->expected = 0;
  }
}

void BlobTransfers::pump() {
  if (!is_begun_) return;
  const MonotonicTime now = clock_.now();
  std::size_t under_way = 0;
  std::vector<std::uint64_t> next;
  std::optional<MonotonicTime> due;
  for (const auto& [number, transfer] : transfers_) {
    if (under_way + next.size() == kBlobsAtOnce) break;
    if (transfer->rests_until && now < *transfer->rests_until) {
      due = std::min(due.value_or(*transfer->rests_until), *transfer->rests_until);
    } else if (transfer->is_under_way) {
      ++under_way;
    } else {
      next.push_back(number);
    }
  }
  if (due) again_.set(*due);
  for (const std::uint64_t number : next) {
    Transfer* const transfer = find(number);
    if (transfer == nullptr || transfer->is_under_way) continue;
    transfer->is_under_way = true;
    transfer->rests_until.reset();
    go_on(*transfer);
  }
}

BlobTransfers::Transfer* BlobTransfers::find(std::uint64_t number) const {
  const auto found = transfers_.find(number);
  return found != transfers_.end() ? found->second.get() : nullptr;
}

template <class M>
void BlobTransfers::ask(Transfer& transfer, const M& message,
                        void (BlobTransfers::*then)(Transfer&, const typename M::Reply&)) {
  conversation_.call<M>(
      message,
      [this, number = transfer.number, then](const Outcome<M>& outcome) {
        Transfer* const asked = find(number);
        if (asked == nullptr) return;
        if (const auto* error = std::get_if<jsonrpc::RpcError>(&outcome)) {
          refused(*asked, *error);
        } else {
          (this->*then)(*asked, std::get<typename M::Reply>(outcome));
        }
      },
      AfterCut::Forget);
}

void BlobTransfers::go_on(Transfer& transfer) {
  if (transfer.reader) {
    const connect::BlobPut wish{transfer.sha256, static_cast<std::int64_t>(transfer.size)};
    return ask(transfer, wish, &BlobTransfers::was_announced);
  }
  const connect::BlobGet wish{transfer.sha256, static_cast<std::int64_t>(transfer.offset),
                              static_cast<std::int64_t>(kBlobPieceBytes)};
  ask(transfer, wish, &BlobTransfers::was_promised);
}

// To the server ------------------------------------------------------------------------------

/// The server says how far it has come: at first, and after each few pieces, so that no more is
/// ever under way.
void BlobTransfers::was_announced(Transfer& transfer, const connect::BlobPut::Reply& reply) {
  const auto reached = static_cast<std::uint64_t>(reply.offset);
  if (reached > transfer.size) return mismatched(transfer);
  if (reached == transfer.reached) {  // it could not keep up, or forgot what had another hash
    return transfer.offset == transfer.size ? mismatched(transfer) : postpone(transfer);
  }
  transfer.reached = transfer.offset = reached;
  if (reached == transfer.size) {
    return ask(transfer, connect::BlobFinish{transfer.sha256}, &BlobTransfers::was_finished);
  }
  send_pieces(transfer);
}

void BlobTransfers::send_pieces(Transfer& transfer) {
  const std::uint64_t end = std::min(transfer.size, transfer.offset + kBlobWindowBytes);
  while (transfer.offset < end) {
    const auto count = std::min<std::uint64_t>(end - transfer.offset, kBlobPieceBytes);
    auto piece = transfer.reader(transfer.offset, static_cast<std::size_t>(count));
    if (piece && piece->size() != count) {
      return finish(transfer, fail(ErrorCode::OutOfRange, "the file is shorter than it was"));
    }
    if (!piece) return finish(transfer, forward_error(piece));
    conversation_.say(wire::kBlobChannel,
                      wire::BlobChunk{transfer.sha256.data, transfer.offset, *piece});
    transfer.offset += count;
  }
  go_on(transfer);
}

void BlobTransfers::was_finished(Transfer& transfer, const connect::Done& /*reply*/) {
  finish(transfer, {});
}

/// The server got other bytes than those that were announced, and has forgotten them.
void BlobTransfers::mismatched(Transfer& transfer) {
  if (++transfer.mismatches == kMaxMismatches) {
    return finish(transfer,
                  fail(ErrorCode::Damaged,
                       "the server does not take the bytes for what they are called"));
  }
  postpone(transfer);
}

// From the server ----------------------------------------------------------------------------

void BlobTransfers::was_promised(Transfer& transfer, const connect::BlobGet::Reply& reply) {
  transfer.size = static_cast<std::uint64_t>(reply.size);
  transfer.expected = static_cast<std::uint64_t>(reply.length);
  if (transfer.expected > 0) return;
  if (transfer.offset < transfer.size) {
    return finish(transfer, fail(ErrorCode::Damaged, "the server has not got all of it"));
  }
  finish(transfer, {});
}

bool BlobTransfers::take(const wire::BlobChunk& chunk) {
  const auto expecting =
      std::find_if(transfers_.begin(), transfers_.end(), [&](const auto& entry) {
        const Transfer& transfer = *entry.second;
        return transfer.sha256.data == chunk.blob && transfer.expected > 0 &&
               transfer.expected == chunk.data.size() && transfer.offset == chunk.offset;
      });
  if (expecting == transfers_.end()) return false;
  const std::uint64_t number = expecting->first;
  const Writer writer = expecting->second->writer;  // the call may do anything
  const auto written = writer(expecting->second->size, chunk.offset, chunk.data);
  Transfer* const transfer = find(number);
  if (transfer == nullptr || transfer->expected == 0) return true;
  transfer->expected = 0;
  transfer->offset += chunk.data.size();
  if (!written) {
    finish(*transfer, fail(written.error().code, written.error().message));
  } else if (transfer->offset >= transfer->size) {
    finish(*transfer, {});
  } else {
    go_on(*transfer);
  }
  return true;
}

// The end ------------------------------------------------------------------------------------

void BlobTransfers::refused(Transfer& transfer, const jsonrpc::RpcError& error) {
  if (is_passing(error)) return postpone(transfer);
  if (error.code == static_cast<std::int64_t>(ConnectError::Conflict)) {
    return mismatched(transfer);
  }
  finish(transfer, fail(code_of(error), error.message));
}

void BlobTransfers::postpone(Transfer& transfer) {
  transfer.is_under_way = false;
  transfer.reached.reset();
  transfer.rests_until = clock_.now() + kBlobPause;
  pump();
}

void BlobTransfers::finish(Transfer& transfer, Result<void> result) {
  const auto gone = transfers_.extract(transfer.number);
  if (gone.mapped()->done) gone.mapped()->done(std::move(result));
  pump();
}

}  // namespace plait::sync
