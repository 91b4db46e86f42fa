#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace plait::folder {

/// A larger file is binary, whatever is in it: its document would soon be more than a server
/// takes (4 MiB, with all that was ever deleted in it).
inline constexpr std::size_t kMaxTextBytes = std::size_t{2} * 1024 * 1024;

/// Strict UTF-8 without NUL, not too large. Everything else is binary, and never merged.
[[nodiscard]] bool is_text(std::string_view bytes) noexcept;

enum class LineEnding : std::uint8_t { Lf, Crlf };

/// What a text file says, and how its lines end on disk. A byte order mark is text.
struct FileText {
  std::string text;  ///< lines end in "\n"
  LineEnding ending = LineEnding::Lf;
};

/// Of bytes that are text. Every "\r\n" becomes "\n"; a "\r" without "\n" stays. The ending is
/// what most lines have, Lf if there are as many of both.
[[nodiscard]] FileText text_of(std::string_view bytes);

/// What goes to disk: the very bytes that text_of() took apart, unless their endings were
/// mixed.
[[nodiscard]] std::string bytes_of(std::string_view text, LineEnding ending);

}  // namespace plait::folder
