#pragma once

#include <cstddef>
#include <string_view>

#include "daemon/document/served_document.h"

namespace plait::server {

/// Keeps a document's state small enough, without encoding it for each update: it adds up how
/// much updates can have added at most, and encodes the document only when that sum comes to
/// the limit. Never lets too much in; near the limit it may refuse a few bytes too early.
class StateSize {
 public:
  /// What a struct, and a range of deletions, may add beyond the bytes they come in: they cut
  /// others in two, and each half has ids of its own.
  static constexpr std::size_t kGrowthOfStruct = 32;
  static constexpr std::size_t kGrowthOfRange = 64;

  /// Zero: any size.
  explicit StateSize(std::size_t limit) noexcept : limit_(limit) {}

  /// What was loaded: a state, and the bytes of updates that came after it.
  void start(std::size_t state, std::size_t updates) noexcept;

  /// Whether the document stays within the limit with an update. Says so again if asked again,
  /// as long as applied() was not called.
  [[nodiscard]] bool allows(std::string_view update, document::ServedDocument& document);
  /// What was allowed last has been applied.
  void applied() noexcept;

 private:
  const std::size_t limit_;
  std::size_t bound_ = 0;   ///< the state is no larger
  bool is_exact_ = false;   ///< it is as large as that
  std::size_t growth_ = 0;  ///< of what was allowed last
};

}  // namespace plait::server
