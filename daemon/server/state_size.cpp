#include "daemon/server/state_size.h"

#include "daemon/crdt/decoded_update.h"

namespace plait::server {
namespace {

/// A range of deletions takes two bytes at least, a struct more than it may add.
constexpr std::size_t kGrowthOfByte = 1 + StateSize::kGrowthOfRange / 2;

std::size_t growth_of(std::string_view update) {
  crdt::DecodedUpdate decoded;
  // What is no update is for others to refuse.
  if (!crdt::decode_update(update, decoded)) return 0;
  return update.size() + StateSize::kGrowthOfStruct * decoded.structs.size() +
         StateSize::kGrowthOfRange * decoded.deletes.size();
}

}  // namespace

void StateSize::start(std::size_t state, std::size_t updates) noexcept {
  bound_ = state + kGrowthOfByte * updates;
  is_exact_ = updates == 0;
}

bool StateSize::allows(std::string_view update, document::ServedDocument& document) {
  if (limit_ == 0) return true;
  growth_ = kGrowthOfByte * update.size();
  if (bound_ + growth_ <= limit_) return true;
  growth_ = growth_of(update);
  if (bound_ + growth_ <= limit_) return true;
  if (is_exact_) return false;
  const auto state = document.encoded();
  if (!state) return false;  // out of memory
  bound_ = state->size();
  is_exact_ = true;
  return bound_ + growth_ <= limit_;
}

void StateSize::applied() noexcept {
  if (limit_ == 0) return;
  bound_ += growth_;
  is_exact_ = false;
}

}  // namespace plait::server
