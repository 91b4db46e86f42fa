#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/document/text_change.h"

namespace plait::document {

/// Who made the difference. Programs replace lines, in which single letters that stay mean
/// nothing; people type.
enum class Author : std::uint8_t { Program, Person };

/// What turns one text into another, both valid UTF-8, as little as can be found with bounded
/// work: lines first, then characters inside of lines that changed. What a person did is looked
/// for by characters at once, as long as it is not too much. Never cuts a character.
///
/// Beyond the budgets below the answer is coarser, never wrong: at worst everything between the
/// common start and the common end is replaced.
[[nodiscard]] TextChange difference(std::string_view from, std::string_view to,
                                    Author author = Author::Program);

/// Steps of one search for the fewest changed lines (a step looks at one diagonal; a search
/// that finds D changes takes D² of them). Enough for a thousand changed lines.
inline constexpr std::size_t kMaxLineSteps = 1'000'000;
/// The same for characters of one group of lines. Enough for some hundred.
inline constexpr std::size_t kMaxCharacterSteps = 40'000;
/// For characters of all groups together.
inline constexpr std::size_t kMaxAllCharacterSteps = 1'000'000;

}  // namespace plait::document
