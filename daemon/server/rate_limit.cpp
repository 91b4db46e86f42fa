#include "daemon/server/rate_limit.h"

#include <algorithm>

namespace plait::server {

using std::chrono::milliseconds;

milliseconds RateLimit::wait(std::string_view key, MonotonicTime now) const {
  const auto found = recovered_.find(std::string(key));
  if (found == recovered_.end()) return milliseconds{0};
  // One more has to leave everything recovered within the time that `burst` of them take.
  const MonotonicTime free = found->second + rate_.pause - rate_.burst * rate_.pause;
  if (free <= now) return milliseconds{0};
  return std::chrono::ceil<milliseconds>(free - now);
}

void RateLimit::count(std::string_view key, MonotonicTime now) {
  const auto [found, is_new] = recovered_.try_emplace(std::string(key), now);
  found->second = std::max(found->second, now) + rate_.pause;
  if (is_new && recovered_.size() > kMaxRateKeys) forget_somebody(now);
}

milliseconds RateLimit::take(std::string_view key, MonotonicTime now) {
  const milliseconds needed = wait(key, now);
  if (needed == milliseconds{0}) count(key, now);
  return needed;
}

void RateLimit::forget_somebody(MonotonicTime now) {
  std::erase_if(recovered_, [now](const auto& one) { return one.second <= now; });
  if (recovered_.size() <= kMaxRateKeys) return;
  recovered_.erase(
      std::ranges::min_element(recovered_, {}, [](const auto& one) { return one.second; }));
}

}  // namespace plait::server
