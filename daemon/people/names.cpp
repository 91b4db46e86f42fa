#include "daemon/people/names.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>
#include <unicode/utypes.h>

#include "daemon/crypto/digest.h"
#include "protocol/base/assert.h"
#include "protocol/base/utf8.h"

namespace plait::people {
namespace {

/// A symbol, says Unicode, but one without ink.
constexpr UChar32 kBrailleBlank = 0x2800;

constexpr std::array<std::string_view, 12> kColors = {
    "#d9480f", "#c2255c", "#9c36b5", "#6741d9", "#3b5bdb", "#1971c2",
    "#0c8599", "#099268", "#2f9e44", "#66a80f", "#e8890c", "#868e96"};

constexpr std::array<std::string_view, 16> kAnimals = {
    "Otter", "Heron", "Lynx",  "Badger", "Marten", "Swift",  "Beaver", "Falcon",
    "Hare",  "Raven", "Robin", "Seal",   "Stork",  "Weasel", "Wren",   "Crane"};

bool is_space(UChar32 c) { return c == ' ' || u_charType(c) == U_SPACE_SEPARATOR; }

bool is_mark(UChar32 c) {
  const int type = u_charType(c);
  return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK ||
         type == U_COMBINING_SPACING_MARK;
}

/// Whether it shows nothing, changes how others are shown, or means nothing yet.
bool is_hidden(UChar32 c) {
  switch (u_charType(c)) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_SURROGATE:
    case U_PRIVATE_USE_CHAR:
    case U_UNASSIGNED:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR: return true;
    default: break;
  }
  return c == kBrailleBlank || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

icu::UnicodeString from_utf8(std::string_view text) {
  return icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

std::string to_utf8(const icu::UnicodeString& text) {
  std::string bytes;
  return text.toUTF8String(bytes);
}

/// The first `count` code points.
icu::UnicodeString cut(const icu::UnicodeString& text, int32_t count) {
  return text.countChar32() <= count ? text : text.tempSubString(0, text.moveIndex32(0, count));
}

icu::UnicodeString nfc(const icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFCInstance(status);
  PLAIT_ASSERT(U_SUCCESS(status), "ICU to have its data");
  icu::UnicodeString normal = normalizer->normalize(text, status);
  PLAIT_ASSERT(U_SUCCESS(status), "valid text to be normalised");
  return normal;
}

struct CloseChecker {
  void operator()(USpoofChecker* checker) const noexcept { uspoof_close(checker); }
};

std::string skeleton_of(const icu::UnicodeString& text) {
  // Opening one reads all of the table of confusables, so one is kept for each thread.
  thread_local auto checker = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<USpoofChecker, CloseChecker> opened(uspoof_open(&status));
    PLAIT_ASSERT(U_SUCCESS(status), "ICU to have its table of confusables");
    return opened;
  }();
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString skeleton;
  uspoof_getSkeletonUnicodeString(checker.get(), /*type=*/0, text, skeleton, &status);
  PLAIT_ASSERT(U_SUCCESS(status), "any text to have a skeleton");
  return to_utf8(skeleton);
}

Result<std::string> tidy(std::string_view wanted, std::size_t max_characters) {
  // Whatever is longer than this is too long, and needs no work to be told so.
  if (wanted.size() > 16 * max_characters) {
    return fail(ErrorCode::Malformed, "a name is too long");
  }
  if (!is_valid_utf8(wanted)) return fail(ErrorCode::Malformed, "a name is not UTF-8");
  const icu::UnicodeString normal = nfc(from_utf8(wanted));
  icu::UnicodeString tidy;
  for (int32_t at = 0; at < normal.length(); at = normal.moveIndex32(at, 1)) {
    const UChar32 c = normal.char32At(at);
    const bool begins_word = tidy.isEmpty() || tidy.endsWith(u' ');
    if (is_space(c)) {
      if (!begins_word) tidy.append(u' ');
    } else if (is_hidden(c)) {
      return fail(ErrorCode::Malformed, "a name holds a character that nobody sees");
    } else if (is_mark(c) && begins_word) {
      return fail(ErrorCode::Malformed, "a name holds a mark that stands on nothing");
    } else {
      tidy.append(c);
    }
  }
  tidy.trim();
  if (tidy.isEmpty()) return fail(ErrorCode::Malformed, "a name is empty");
  if (static_cast<std::size_t>(tidy.countChar32()) > max_characters) {
    return fail(ErrorCode::Malformed,
                "a name has more than " + std::to_string(max_characters) + " characters");
  }
  return to_utf8(tidy);
}

}  // namespace

Result<std::string> tidy_name(std::string_view wanted) {
  return tidy(wanted, kMaxNameCharacters);
}

Result<std::string> tidy_workspace_name(std::string_view wanted) {
  return tidy(wanted, kMaxWorkspaceNameCharacters);
}

std::vector<std::string> looks_of(std::string_view name) {
  icu::UnicodeString text = from_utf8(name);
  // The letters say what a look is of: "Ian" shares one with "lan", and another with "IAN".
  std::vector<std::string> looks{"s" + skeleton_of(text)};
  text.foldCase();
  looks.push_back("f" + skeleton_of(text));
  return looks;
}

std::string free_name(std::string_view name,
                      const std::function<bool(std::string_view)>& is_taken) {
  if (!is_taken(name)) return std::string(name);
  const icu::UnicodeString text = from_utf8(name);
  for (std::uint64_t number = 2;; ++number) {
    const std::string suffix = " " + std::to_string(number);
    const auto room = static_cast<int32_t>(kMaxNameCharacters - suffix.size());
    std::string candidate = to_utf8(cut(text, room).trim()) + suffix;
    if (!is_taken(candidate)) return candidate;
  }
}

std::string default_name(std::string_view seed) {
  return std::string(kAnimals[crypto::sha256(seed)[1] % kAnimals.size()]);
}

std::string color_of(std::string_view member) {
  return std::string(kColors[crypto::sha256(member)[0] % kColors.size()]);
}

}  // namespace plait::people
