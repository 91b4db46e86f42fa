#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/server/feed_words.h"
#include "daemon/store/feed.h"
#include "protocol/messages/connect/chat.h"

namespace plait::server {

/// How far an export has come, in the one number that a client brings back.
class ExportPlace {
 public:
  explicit ExportPlace(const std::optional<std::int64_t>& given) noexcept
      : is_first_(!given), number_(static_cast<std::uint64_t>(given.value_or(0))) {}

  [[nodiscard]] bool is_first() const noexcept { return is_first_; }
  /// The entry that it goes on behind.
  [[nodiscard]] std::uint64_t after() const noexcept { return number_ / 2; }
  /// Pieces before this one had messages.
  [[nodiscard]] bool has_messages() const noexcept { return number_ % 2 != 0; }

  [[nodiscard]] static std::int64_t next(std::uint64_t after, bool has_messages) noexcept {
    return static_cast<std::int64_t>(after * 2 + (has_messages ? 1 : 0));
  }

 private:
  bool is_first_;
  std::uint64_t number_;
};

/// The next piece, of the entries that follow: at most store::kMaxPage, and fewer mean that
/// there are no more.
[[nodiscard]] messages::connect::ChatExport::Reply export_piece(
    const FeedWords& words, messages::connect::ExportFormat format, const ExportPlace& place,
    const std::vector<store::FeedEntry>& entries);

/// A field of CSV as RFC 4180 has it, which no spreadsheet takes for a formula.
[[nodiscard]] std::string csv_field(std::string_view text);
/// Text for a terminal: without control characters, and lines after the first are indented.
[[nodiscard]] std::string plain_text(std::string_view text);
/// As in `2026-01-31T09:05:00Z`.
[[nodiscard]] std::string iso_time(std::int64_t ms);

}  // namespace plait::server
