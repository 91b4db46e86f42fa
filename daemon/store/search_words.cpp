#include "daemon/store/search_words.h"

#include <algorithm>
#include <cstddef>

#include "daemon/store/feed.h"
#include "daemon/store/limits.h"

namespace plait::store {

namespace {

// FTS5 reads its query as a C string, so a NUL separates words like a blank.
constexpr std::string_view kBlanks{" \t\r\n\v\f\0", 7};

/// Whether the tokenizer finds something in it: punctuation alone makes a phrase of nothing,
/// which FTS5 takes for one that is in no message.
bool has_token(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z');
  });
}

std::string quoted(std::string_view word) {
  std::string phrase = "\"";
  for (const char c : word) phrase.append(c == '"' ? 2 : 1, c);
  return phrase += '"';
}

}  // namespace

Result<std::string> fts_query(std::string_view typed) {
  if (auto ok = check_at_most("a search", typed.size(), kMaxSearchBytes); !ok) {
    return forward_error(ok);
  }
  std::string query;
  std::size_t words = 0;
  for (std::size_t at = typed.find_first_not_of(kBlanks); at != std::string_view::npos;) {
    const std::size_t end = std::min(typed.find_first_of(kBlanks, at), typed.size());
    const std::string_view word = typed.substr(at, end - at);
    if (has_token(word)) {
      if (words > 0) query += ' ';
      query += quoted(word);
      ++words;
    }
    at = typed.find_first_not_of(kBlanks, end);
  }
  if (words == 0) return fail(ErrorCode::Malformed, "a search without a word");
  if (auto ok = check_at_most("words", words, kMaxSearchWords); !ok) return forward_error(ok);
  return query += '*';
}

}  // namespace plait::store
