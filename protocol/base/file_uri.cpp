#include "protocol/base/file_uri.h"

#include <cstddef>
#include <vector>

namespace plait {
namespace {

constexpr std::string_view kScheme = "file://";
constexpr std::string_view kThisMachine = "localhost";
constexpr std::string_view kDigits = "0123456789ABCDEF";

/// Unreserved characters of RFC 3986, and what parts a path.
bool is_plain(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~/").find(c) != std::string_view::npos;
}

/// -1 if it is no digit.
int value_of(char digit) noexcept {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

/// Nothing if an escape is none, or stands for a NUL, which no path has.
Result<std::string> unescaped(std::string_view text) {
  std::string path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? value_of(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? value_of(text[i + 2]) : -1;
      if (high < 0 || low < 0) return fail(ErrorCode::Malformed, "a % without two digits");
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return fail(ErrorCode::Malformed, "no path has a NUL");
    path += c;
  }
  return path;
}

std::string normal(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t end = path.find('/');
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
  }
  std::string text;
  for (const std::string_view part : parts) text.append("/").append(part);
  return text.empty() ? "/" : text;
}

}  // namespace

std::string file_uri(std::string_view path) {
  std::string uri(kScheme);
  for (const char c : path) {
    if (is_plain(c)) {
      uri += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      uri += '%';
      uri += kDigits[byte >> 4];
      uri += kDigits[byte & 15];
    }
  }
  return uri;
}

Result<std::string> path_of_file_uri(std::string_view uri) {
  if (!uri.starts_with(kScheme)) return fail(ErrorCode::Malformed, "expected file:///…");
  std::string_view rest = uri.substr(kScheme.size());
  if (rest.starts_with(kThisMachine)) rest.remove_prefix(kThisMachine.size());
  if (!rest.starts_with('/')) {
    return fail(ErrorCode::Malformed, "expected file:///…, a file of this machine");
  }
  if (rest.find_first_of("?#") != std::string_view::npos) {
    return fail(ErrorCode::Malformed, "? and # have to be escaped in the URI of a file");
  }
  auto path = unescaped(rest);
  if (!path) return forward_error(path);
  return normal(*path);
}

}  // namespace plait
