#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/crdt/document.h"
#include "tests/sim/chance.h"

namespace plait::sim {

/// An update that a server has to refuse, made of an honest one: `text`, put somewhere in the
/// document as the enemy knows it, under his own client id if the attack is about something
/// else. Nothing if this attack cannot be made now.
///
/// In an open room everybody may write under any id and in any root, so some are left out.
[[nodiscard]] std::optional<std::string> attack(const crdt::Document& view, bool open,
                                                std::string_view text, Chance& chance);

/// Bytes that are no message.
[[nodiscard]] std::string noise(Chance& chance);

}  // namespace plait::sim
