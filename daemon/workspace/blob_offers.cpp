#include "daemon/workspace/blob_offers.h"

#include <chrono>
#include <string_view>
#include <utility>

#include "daemon/crypto/digest.h"
#include "daemon/workspace/arrivals.h"
#include "protocol/base/bytes.h"
#include "protocol/base/hex.h"

namespace plait::workspace {
namespace {

/// The note with the files and blobs that the server is to get.
constexpr const char* kOffersNote = "blob-offers";
/// What was got rid of may be remembered for so long: it is offered once more, and not wanted.
constexpr std::chrono::seconds kForgetPause{1};

std::string to_hex(const crypto::Sha256Digest& digest) {
  return hex_of({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace

BlobOffers::BlobOffers(std::string workspace, Parts parts)
    : workspace_(std::move(workspace)),
      parts_(std::move(parts)),
      self_(std::make_shared<BlobOffers*>(this)),
      save_alarm_(parts_.agenda, [this] { save(); }) {}

BlobOffers::~BlobOffers() { *self_ = nullptr; }

void BlobOffers::load(std::function<void(Result<void>)> then) {
  parts_.store.note(
      workspace_, kOffersNote,
      [self = self_, then = std::move(then)](const Result<std::optional<std::string>>& note) {
        if (*self == nullptr) return;
        if (!note) {
          then(Failure{note.error()});
          return;
        }
        const std::string bytes = note->value_or("");
        for (ByteReader in(bytes); in.ok() && !in.at_end();) {
          const std::string file(in.varbytes());
          (*self)->offers_.insert_or_assign(file, std::string(in.varbytes()));
        }
        (*self)->offer_some();
        then({});
      });
}

void BlobOffers::use(sync::BlobTransfers& transfers) {
  transfers_ = &transfers;
  offer_some();
}

void BlobOffers::add(const std::string& file, const std::string& blob) {
  offers_.insert_or_assign(file, blob);
  is_saved_ = false;
  offer_some();
}

void BlobOffers::save() {
  save_alarm_.stop();
  if (std::exchange(is_saved_, true)) return;
  ByteWriter out;
  for (const auto& [file, blob] : offers_) {
    if (out.size() + file.size() + blob.size() + 2 * kMaxVarUintSize > store::kMaxNoteBytes) {
      break;  // more than fits is offered as long as this process lives
    }
    out.put_varbytes(file);
    out.put_varbytes(blob);
  }
  parts_.store.put_note(workspace_, kOffersNote, out.str(), {});
}

void BlobOffers::offer_some() {
  if (transfers_ == nullptr) return;
  for (const Offer offer : offers_) {
    if (under_way_.size() >= sync::kBlobsAtOnce) return;
    if (!under_way_.insert(offer).second) continue;
    const auto path = parts_.path_of(offer.first);
    if (!path) {
      done(offer);
      return;
    }
    parts_.disk.read(*path, kMaxFileBytes,
                     [self = self_, offer, path = *path](Result<folder::ReadFile> read) {
                       if (*self != nullptr) (*self)->was_read(offer, path, std::move(read));
                     });
  }
}

void BlobOffers::was_read(const Offer& offer, const std::string& path,
                          Result<folder::ReadFile> read) {
  // A file that has gone or is another one by now is offered as that, if at all.
  if (!read || to_hex(read->hash) != offer.second) {
    done(offer);
    return;
  }
  const auto bytes = std::make_shared<const std::string>(std::move(read->bytes));
  transfers_->put(
      read->hash, bytes->size(),
      [bytes](std::uint64_t offset, std::size_t count) -> Result<std::string> {
        return bytes->substr(offset, count);
      },
      [self = self_, offer, path](const Result<void>& put) {
        if (*self == nullptr) return;
        if (!put) (*self)->parts_.failed(put.error(), path);
        if (*self != nullptr) (*self)->done(offer);
      });
}

void BlobOffers::done(const Offer& offer) {
  under_way_.erase(offer);
  const auto known = offers_.find(offer.first);
  if (known != offers_.end() && known->second == offer.second) {
    offers_.erase(known);
    is_saved_ = false;
    if (!save_alarm_.at()) save_alarm_.set(parts_.clock.now() + kForgetPause);
  }
  offer_some();
}

}  // namespace plait::workspace
