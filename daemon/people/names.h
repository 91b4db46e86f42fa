#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.h"

namespace plait::people {

// What people are called. Names are Unicode, and others see them beside what somebody wrote:
// they must not hide anything, reorder the text around them, or pass for somebody else's.

/// In code points, after normalisation.
inline constexpr std::size_t kMaxNameCharacters = 32;
inline constexpr std::size_t kMaxWorkspaceNameCharacters = 64;

/// A name as it is kept: NFC, without space around it, inner space as single blanks. Malformed
/// if it is not UTF-8, empty, too long, or holds what nobody sees: control characters, marks of
/// direction, zero-width and unassigned characters.
Result<std::string> tidy_name(std::string_view wanted);

/// The same for what a workspace is called.
Result<std::string> tidy_workspace_name(std::string_view wanted);

/// Two names that share one of these look the same: their confusable skeletons (Unicode's UTS
/// 39), of the name as it is and of the name without regard to case.
[[nodiscard]] std::vector<std::string> looks_of(std::string_view name);

/// The name, or the first of "Ann 2", "Ann 3", … that is not taken.
[[nodiscard]] std::string free_name(std::string_view name,
                                    const std::function<bool(std::string_view)>& is_taken);

/// For somebody who did not say: friendly, and the same each time for the same seed.
[[nodiscard]] std::string default_name(std::string_view seed);

/// `#rrggbb`: the same for a member in every room and after every restart, readable on black
/// and on white.
[[nodiscard]] std::string color_of(std::string_view member);

}  // namespace plait::people
