#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "daemon/net/websocket_frame.h"
#include "daemon/support/random.h"

namespace plait::net {

/// Keys for a client's frames, unpredictable and new for each. Drawn in bulk, since a generator
/// takes about as long for a page of bytes as for four. Clients of one loop share one.
class MaskSource {
 public:
  explicit MaskSource(Random& random) noexcept : random_(random) {}

  [[nodiscard]] MaskKey next() {
    if (used_ == drawn_.size()) {
      random_.fill(drawn_);
      used_ = 0;
    }
    MaskKey key{};
    std::memcpy(key.data(), drawn_.data() + used_, key.size());
    used_ += key.size();
    return key;
  }

 private:
  Random& random_;
  std::array<std::uint8_t, 1024> drawn_{};
  std::size_t used_ = drawn_.size();
};

}  // namespace plait::net
