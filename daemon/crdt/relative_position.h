#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/crdt/document.h"
#include "daemon/crdt/id.h"
#include "daemon/crdt/item.h"
#include "protocol/base/result.h"
#include "protocol/base/text_units.h"

namespace plait::crdt {

/// A place in a text or array that stays where it is while the rest moves: before a certain
/// unit, or behind it, or at an end. Means the same on every replica that has that unit.
/// Everything here answers what Y.RelativePosition answers.
struct RelativePosition {
  /// A longer name of a root is refused when decoding.
  static constexpr std::size_t kMaxRootBytes = 1024;

  std::optional<Id> item;           ///< the unit; none: the end that `assoc` says
  std::optional<std::string> root;  ///< the type, if it is a root
  std::optional<Id> type;           ///< the type, if it is nested: the item that holds it
  /// Negative: the place is behind its unit, or at the start; else it is before, or at the end.
  std::int32_t assoc = 0;

  bool operator==(const RelativePosition&) const noexcept = default;

  /// The place before `index`. Past the end is the end.
  [[nodiscard]] static RelativePosition at(const Document& document, TypeRef type,
                                           Utf16Offset index, std::int32_t assoc = 0);

  struct Place {
    TypeRef type{};
    Utf16Offset index;
  };
  /// Where it is now. Where a deleted unit was, if that was deleted. Nothing if this replica
  /// has not got what it refers to, or has collected it together with what held it.
  ///
  /// Text that an undo brought back is a copy. The replica that undid it takes the copy for the
  /// deleted text, no other can; so for an answer that is the same everywhere, do not follow.
  [[nodiscard]] std::optional<Place> resolve(const Document& document,
                                             bool follow_redone = true) const;

  /// The form of Y.encodeRelativePosition, in which a place at a unit says nothing of its type.
  /// At least one of the three has to be there.
  [[nodiscard]] std::string encode() const;
  /// Reads that form, with or without `assoc`. Nothing may follow.
  static Result<RelativePosition> decode(std::string_view bytes);
};

}  // namespace plait::crdt
