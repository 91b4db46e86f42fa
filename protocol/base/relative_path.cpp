#include "protocol/base/relative_path.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "protocol/base/utf8.h"

namespace plait {
namespace {

/// The next character of valid UTF-8, which is taken off the text.
char32_t take_character(std::string_view& text) noexcept {
  const auto lead = static_cast<unsigned char>(text.front());
  std::size_t size = 1;
  char32_t character = lead;
  if (lead >= 0xF0) {
    size = 4;
    character = lead & 0x07U;
  } else if (lead >= 0xE0) {
    size = 3;
    character = lead & 0x0FU;
  } else if (lead >= 0xC0) {
    size = 2;
    character = lead & 0x1FU;
  }
  for (std::size_t i = 1; i < size; ++i) {
    character = (character << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  text.remove_prefix(size);
  return character;
}

struct Stretch {
  char32_t first;
  char32_t last;
};

/// Characters that a person does not see, or that make him see others elsewhere.
constexpr std::array<Stretch, 11> kUnseen{{
    {0x00, 0x1F},        // control characters
    {0x7F, 0x9F},        // and more of them
    {0x00AD, 0x00AD},    // soft hyphen
    {0x061C, 0x061C},    // direction of Arabic letters
    {0x180E, 0x180E},    // Mongolian separator
    {0x200B, 0x200F},    // without width, and marks of direction
    {0x2028, 0x202E},    // ends of lines and paragraphs, turns of direction
    {0x2060, 0x206F},    // without width, isolated directions
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFF9, 0xFFFB},    // annotations
    {0xE0000, 0xE007F},  // tags
}};

bool is_unseen(char32_t character) noexcept {
  return std::any_of(kUnseen.begin(), kUnseen.end(), [&](const Stretch& stretch) {
    return character >= stretch.first && character <= stretch.last;
  });
}

constexpr std::array<std::string_view, 6> kDevices{"con", "prn",    "aux",
                                                   "nul", "conin$", "conout$"};

/// As Windows has it: whatever follows a dot does not count, and neither does case.
bool is_device(std::string_view component) {
  std::string stem(component.substr(0, component.find('.')));
  stem.erase(stem.find_last_not_of(' ') + 1);
  std::transform(stem.begin(), stem.end(), stem.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (std::find(kDevices.begin(), kDevices.end(), stem) != kDevices.end()) return true;
  const bool is_port = stem.size() == 4 && (stem.starts_with("com") || stem.starts_with("lpt"));
  return is_port && stem[3] >= '1' && stem[3] <= '9';
}

Failure refuse(std::string why) { return fail(ErrorCode::Refused, std::move(why)); }

Result<void> check_component(std::string_view component) {
  if (component.empty()) return refuse("a name in a path is empty");
  if (component == "." || component == "..") return refuse("a path may not go to . or ..");
  if (component.size() > kMaxPathComponentBytes) {
    return refuse("a name is longer than " + std::to_string(kMaxPathComponentBytes) + " bytes");
  }
  if (component.find('\\') != std::string_view::npos) {
    return refuse("a name has a backslash, which parts names elsewhere");
  }
  for (std::string_view rest = component; !rest.empty();) {
    if (is_unseen(take_character(rest))) {
      return refuse("a name has characters that cannot be seen");
    }
  }
  if (is_device(component)) {
    return refuse("\"" + std::string(component) + "\" is the name of a device elsewhere");
  }
  return {};
}

}  // namespace

Result<void> check_relative_path(std::string_view path) {
  if (path.size() > kMaxPathBytes) {
    return refuse("a path is longer than " + std::to_string(kMaxPathBytes) + " bytes");
  }
  if (!is_valid_utf8(path)) return refuse("a path is no UTF-8");
  for (std::size_t depth = 1; depth <= kMaxPathDepth; ++depth) {
    const std::size_t slash = path.find('/');
    if (auto checked = check_component(path.substr(0, slash)); !checked) return checked;
    if (slash == std::string_view::npos) return {};
    path.remove_prefix(slash + 1);
  }
  return refuse("a path goes through more than " + std::to_string(kMaxPathDepth) + " folders");
}

}  // namespace plait
