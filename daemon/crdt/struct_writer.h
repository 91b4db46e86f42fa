#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/crdt/decoded_update.h"
#include "daemon/crdt/id.h"
#include "protocol/base/assert.h"
#include "protocol/base/bytes.h"

namespace plait::crdt {

/// One struct of an update as it is to be written (update format v1, Item.write of Yjs).
struct StructToWrite {
  ContentKind kind = ContentKind::Gc;
  Id id;                     ///< where it starts; read only if it is written from an offset
  std::uint32_t length = 0;  ///< in clock units
  std::optional<Id> origin;
  std::optional<Id> right_origin;
  /// Set for an entry of a map even if the key itself is not written: a bit says that there is
  /// one.
  bool has_key = false;
  // Read only if there is neither origin: the parent is a root, or else held by an item.
  std::optional<std::string_view> root;
  Id parent;
  std::string_view key;
  std::string_view content;  ///< as DecodedStruct::content
};

/// A decoded struct, to be written again.
[[nodiscard]] StructToWrite struct_to_write(const DecodedUpdate& update, ClientId client,
                                            const DecodedStruct& s) noexcept;

/// The most bytes that write_item_head() takes.
inline std::size_t item_head_room(const StructToWrite& s) noexcept {
  return 1 + 7 * kMaxVarUintSize + (s.root ? s.root->size() : 0) + s.key.size();
}

/// Writes everything of an item that comes before its content, to where there is room; returns
/// its end. For those who have the content in pieces; others use write_struct().
inline char* write_item_head(char* at, const StructToWrite& s) noexcept {
  const auto text = [](char* to, std::string_view bytes) noexcept {
    to = put_varuint_at(to, bytes.size());
    return to + bytes.copy(to, bytes.size());
  };
  PLAIT_ASSERT(at != nullptr, "room for an item's head");
  *at++ = static_cast<char>(static_cast<std::uint8_t>(s.kind) | (s.origin ? kHasOrigin : 0) |
                            (s.right_origin ? kHasRightOrigin : 0) | (s.has_key ? kHasKey : 0));
  if (s.origin) {
    at = put_varuint_at(at, number(s.origin->client));
    at = put_varuint_at(at, s.origin->clock.value());
  }
  if (s.right_origin) {
    at = put_varuint_at(at, number(s.right_origin->client));
    at = put_varuint_at(at, s.right_origin->clock.value());
  }
  if (!s.origin && !s.right_origin) {
    *at++ = s.root ? 1 : 0;
    if (s.root) {
      at = text(at, *s.root);
    } else {
      at = put_varuint_at(at, number(s.parent.client));
      at = put_varuint_at(at, s.parent.clock.value());
    }
    if (s.has_key) at = text(at, s.key);
  }
  return at;
}

/// What write_struct() does for an offset other than zero.
void write_struct_from(ByteWriter& out, StructToWrite s, std::uint32_t offset);

/// Writes a struct without its first `offset` units. What is left of an item then follows its
/// own first part, which becomes its origin.
inline void write_struct(ByteWriter& out, const StructToWrite& s, std::uint32_t offset = 0) {
  if (offset != 0) [[unlikely]]
    return write_struct_from(out, s, offset);

  char* at = out.room(item_head_room(s) + kMaxVarUintSize + s.content.size());
  switch (s.kind) {
    case ContentKind::Gc:
    case ContentKind::Skip:
      *at++ = static_cast<char>(s.kind);
      return out.commit(put_varuint_at(at, s.length));
    case ContentKind::Deleted:
      return out.commit(put_varuint_at(write_item_head(at, s), s.length));
    case ContentKind::String:
    case ContentKind::Binary:
    case ContentKind::Embed:
      at = put_varuint_at(write_item_head(at, s), s.content.size());
      break;
    case ContentKind::Json:
    case ContentKind::Any: at = put_varuint_at(write_item_head(at, s), s.length); break;
    case ContentKind::Format:
    case ContentKind::Type:
    case ContentKind::Doc: at = write_item_head(at, s); break;
  }
  out.commit(at + s.content.copy(at, s.content.size()));
}

/// The content of a struct without its first `offset` units. A surrogate pair that is torn
/// apart leaves U+FFFD, as in Yjs; then the result is in `scratch`. For kinds of more than one
/// unit.
[[nodiscard]] std::string_view content_from(ContentKind kind, std::string_view content,
                                            std::uint32_t offset, std::string& scratch);

}  // namespace plait::crdt
