#include "tests/demo/glyph.h"

#include <algorithm>
#include <array>

namespace plait::demo {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

/// One column each, in every terminal. Not all that there is, but what people write.
constexpr std::array<Range, 14> kNarrow{{{0x20, 0x7E},
                                         {0xA1, 0xAC},
                                         {0xAE, 0x2FF},       // Latin, phonetic signs
                                         {0x370, 0x377},      // Greek
                                         {0x37A, 0x482},      // Greek, Cyrillic
                                         {0x48A, 0x52F},      // Cyrillic
                                         {0x1E00, 0x1EFF},    // Latin
                                         {0x2010, 0x2027},    // punctuation
                                         {0x2030, 0x205E},    // punctuation
                                         {0x20A0, 0x20BF},    // currencies
                                         {0x2100, 0x214F},    // signs
                                         {0x2190, 0x21FF},    // arrows
                                         {0x2200, 0x22FF},    // mathematics
                                         {0x2500, 0x25FC}}};  // frames, blocks and shapes

constexpr std::array<Range, 8> kWide{{{0x3041, 0x3096},      // Hiragana
                                      {0x30A1, 0x30FF},      // Katakana
                                      {0x4E00, 0x9FFF},      // Han
                                      {0xAC00, 0xD7A3},      // Hangul
                                      {0xFF01, 0xFF60},      // full-width forms
                                      {0x1F300, 0x1F320},    // emoji
                                      {0x1F400, 0x1F43E},    // emoji
                                      {0x1F600, 0x1F64F}}};  // emoji

template <class Ranges>
bool is_in(const Ranges& ranges, char32_t character) noexcept {
  return std::any_of(ranges.begin(), ranges.end(), [&](const Range& range) {
    return range.first <= character && character <= range.last;
  });
}

}  // namespace

Glyph glyph_of(char32_t character, bool unicode) noexcept {
  constexpr char32_t kPictures = 0x2400;
  constexpr char32_t kPictureOfDelete = 0x2421;
  constexpr char32_t kUnknown = 0xFFFD;
  if (character >= 0x20 && character < 0x7F) return {character, 1};
  if (!unicode) return {U'?', 1};
  if (character < 0x20) return {kPictures + character, 1};
  if (character == 0x7F) return {kPictureOfDelete, 1};
  if (is_in(kNarrow, character)) return {character, 1};
  if (is_in(kWide, character)) return {character, 2};
  return {kUnknown, 1};
}

char32_t take_character(std::string_view& text) noexcept {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t character = size == 1 ? first : first & (0x7FU >> size);
  for (const char byte : text.substr(1, size - 1)) {
    character = character << 6 | (static_cast<unsigned char>(byte) & 0x3FU);
  }
  text.remove_prefix(std::min(size, text.size()));
  return character;
}

void append_utf8(std::string& out, char32_t character) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (character < 0x80) return put(character);
  if (character < 0x800) {
    put(0xC0 | character >> 6);
  } else {
    if (character < 0x10000) {
      put(0xE0 | character >> 12);
    } else {
      put(0xF0 | character >> 18);
      put(0x80 | (character >> 12 & 0x3F));
    }
    put(0x80 | (character >> 6 & 0x3F));
  }
  put(0x80 | (character & 0x3F));
}

}  // namespace plait::demo
