#include "daemon/folder/file_text.h"

#include <algorithm>

#include "protocol/base/utf8.h"

namespace plait::folder {

bool is_text(std::string_view bytes) noexcept {
  return bytes.size() <= kMaxTextBytes && bytes.find('\0') == std::string_view::npos &&
         is_valid_utf8(bytes);
}

FileText text_of(std::string_view bytes) {
  FileText result;
  result.text.reserve(bytes.size());
  std::size_t pairs = 0;
  while (true) {
    const std::size_t pair = bytes.find("\r\n");
    result.text += bytes.substr(0, pair);
    if (pair == std::string_view::npos) break;
    ++pairs;
    bytes.remove_prefix(pair + 1);  // the "\n" comes with what follows
  }
  const auto lines = static_cast<std::size_t>(std::ranges::count(result.text, '\n'));
  if (pairs > lines - pairs) result.ending = LineEnding::Crlf;
  return result;
}

std::string bytes_of(std::string_view text, LineEnding ending) {
  if (ending == LineEnding::Lf) return std::string(text);
  std::string bytes;
  bytes.reserve(text.size() + static_cast<std::size_t>(std::ranges::count(text, '\n')));
  for (const char c : text) {
    if (c == '\n') bytes += '\r';
    bytes += c;
  }
  return bytes;
}

}  // namespace plait::folder
