#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/crdt/id.h"
#include "protocol/base/bytes.h"
#include "tests/bench/load/stamp.h"

namespace plait::load {

/// The text that all scenarios type into.
inline constexpr std::string_view kTextRoot = "content";

/// Somebody who types stamps, each behind the one before. Needs no document for that, so that
/// an update costs next to nothing to make.
class Typist {
 public:
  explicit Typist(std::uint64_t client) noexcept : client_(client) {}

  /// One edit as an update of its own, good until the next one.
  [[nodiscard]] std::string_view type(Nanoseconds time);

  [[nodiscard]] std::uint64_t client() const noexcept { return client_; }
  [[nodiscard]] std::uint32_t edits() const noexcept { return edits_; }
  /// The first clock that he has not used.
  [[nodiscard]] std::uint32_t clock() const noexcept { return edits_ * kStampUnits; }

 private:
  std::uint64_t client_;
  std::uint32_t edits_ = 0;
  ByteWriter update_;
};

}  // namespace plait::load
