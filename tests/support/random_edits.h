#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "tests/support/peers.h"

namespace plait::support {

// Edits by choices, which come from SeededRandom or from the bytes of a fuzz run: anything with
// below() and one_in().

/// Mostly a character or a word, in letters of one to four bytes; at times as much as is
/// pasted.
template <class Choices>
std::string some_text(Choices& choices) {
  static constexpr std::array<std::string_view, 8> kPieces = {
      "a", "bc ", "\n", "\xC3\xA9", "\xE2\x82\xAC\n", "\xF0\x9F\x98\x80", "e\xCC\x81", "word"};
  const std::string_view piece = kPieces[choices.below(kPieces.size())];
  std::size_t count = 1;
  if (choices.one_in(8)) count += choices.below(choices.one_in(4) ? 1500 : 40);
  std::string text;
  for (; count > 0; --count) text += piece;
  return text;
}

/// A change by a peer's editor: typed, pasted, deleted.
template <class Choices>
void some_edit(Choices& choices, Peer& peer) {
  static constexpr std::size_t kEnough = 20'000;
  const std::size_t length = peer.code_points();
  const std::size_t at = choices.below(length + 1);
  if (length < kEnough && !choices.one_in(3)) {
    peer.type(at, some_text(choices));
  } else {
    peer.remove(at, choices.below(choices.one_in(4) ? length + 1 : 8));
  }
}

/// A change of a map, an array or a text in one of them.
template <class Choices>
void some_change_elsewhere(Choices& choices, Peer& peer) {
  using crdt::TypeKind;
  static constexpr std::string_view kTrue = "\x78";
  static constexpr std::array<std::string_view, 3> kKeys = {"a", "b", "\xF0\x9F\x98\x80"};
  const std::string_view key = kKeys[choices.below(kKeys.size())];
  const std::uint32_t length = peer.document.length(peer.list).value();
  const auto at = static_cast<std::uint32_t>(choices.below(length + 1));
  const auto write = [&](crdt::Document::Editor& edit, Result<crdt::TypeRef> text) {
    return text ? edit.insert(*text, Utf16Offset{}, some_text(choices))
                : Result<void>(forward_error(text));
  };
  static_cast<void>(
      peer.document.transact(Peer::kEditor, [&](crdt::Document::Editor& edit) -> Result<void> {
        switch (choices.below(6)) {
          case 0: return edit.set(peer.map, key, kTrue);
          case 1: return edit.unset(peer.map, key);  // fails where there is none
          case 2: return write(edit, edit.set_type(peer.map, key, TypeKind::Text));
          case 3: return write(edit, edit.insert_type(peer.list, at, TypeKind::Text));
          case 4: return edit.insert_value(peer.list, at, kTrue);
          default:
            return edit.erase(peer.list, Utf16Offset{at}, Utf16Offset{at < length ? 1U : 0U});
        }
      }));
}

}  // namespace plait::support
