#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crdt/delete_set.h"
#include "daemon/crdt/id.h"
#include "protocol/base/result.h"

namespace plait::crdt {

/// What a struct of an update carries; the numbers are those of Yjs's update format v1.
enum class ContentKind : std::uint8_t {
  Gc = 0,       ///< collected together with its parent: nothing but a length is left
  Deleted = 1,  ///< collected content of an item that keeps its place in the list
  Json = 2,     ///< legacy arrays of JSON values
  Binary = 3,
  String = 4,
  Embed = 5,   ///< an object inside of a text
  Format = 6,  ///< a formatting mark inside of a text; takes no room
  Type = 7,    ///< a nested Array, Map, Text or XML type
  Any = 8,     ///< values in lib0's "any" encoding
  Doc = 9,     ///< a subdocument's id and options
  Skip = 10,   ///< in updates only: a gap that another update fills
};

// A struct's first byte is its kind and these flags.
inline constexpr std::uint8_t kKindMask = 0x1F;
inline constexpr std::uint8_t kHasOrigin = 0x80;
inline constexpr std::uint8_t kHasRightOrigin = 0x40;
/// Belongs to a key of a map. The key itself is only there if neither origin is.
inline constexpr std::uint8_t kHasKey = 0x20;

/// Where an item belongs, if that cannot be copied from a neighbour.
struct DecodedParent {
  std::optional<std::string_view> root;  ///< name of a root type, or else
  Id item;                               ///< the item that holds the nested type
  std::optional<std::string_view> key;   ///< for an entry of a map
};

/// One struct of an update. Its bytes belong to the update that was decoded, or to the
/// DecodedUpdate where they had to be rewritten into the form that Yjs would have written.
///
/// `content` by kind: String the UTF-8 text; Binary the bytes; Embed the JSON text; Json and
/// Any the elements one after the other, as on the wire; Format, Type and Doc everything as on
/// the wire. Length prefixes of the first five are not part of it. Empty for Gc, Deleted and
/// Skip.
struct DecodedStruct {
  static constexpr std::uint32_t kNoParent = UINT32_MAX;

  std::string_view content;
  ClientId origin_client{};
  ClientId right_origin_client{};
  Clock clock;
  std::uint32_t length = 0;  ///< in clock units, never zero
  Clock origin_clock;
  Clock right_origin_clock;
  std::uint32_t parent = kNoParent;  ///< index into DecodedUpdate::parents
  ContentKind kind = ContentKind::Gc;
  bool has_origin = false;
  bool has_right_origin = false;

  [[nodiscard]] bool is_item() const noexcept {
    return kind != ContentKind::Gc && kind != ContentKind::Skip;
  }
  [[nodiscard]] std::optional<Id> origin() const noexcept {
    return has_origin ? std::optional(Id{origin_client, origin_clock}) : std::nullopt;
  }
  [[nodiscard]] std::optional<Id> right_origin() const noexcept {
    return has_right_origin ? std::optional(Id{right_origin_client, right_origin_clock})
                            : std::nullopt;
  }
};

/// The structs of one client, in clock order and without gaps (gaps are Skips).
struct DecodedSection {
  ClientId client{};
  std::uint32_t first = 0;  ///< index into DecodedUpdate::structs
  std::uint32_t count = 0;
};

/// A whole update, taken apart but not yet judged against any document. Holds views into the
/// bytes it was decoded from. Reuse one object to reuse its memory.
struct DecodedUpdate {
  std::vector<DecodedSection> sections;  ///< as in the update: a client may come twice
  std::vector<DecodedStruct> structs;
  std::vector<DecodedParent> parents;
  std::vector<DeleteRange> deletes;  ///< in the order of the update, neither sorted nor merged
  std::list<std::string> rewritten;  ///< content that was not in the form Yjs writes
  /// Whether these are exactly the bytes Yjs writes: shortest varints, values in their shortest
  /// form.
  bool canonical = true;

  void clear() noexcept;
};

/// Decodes update format v1 (yjs/src/utils/encoding.js). Decodes all or fails; trailing bytes
/// fail. Uses memory in proportion to the bytes that are there, never to the counts they claim,
/// and does not recurse.
Result<void> decode_update(std::string_view update, DecodedUpdate& out);

/// The same for a further update, whose parts are put behind those that `out` holds already.
Result<void> append_update(std::string_view update, DecodedUpdate& out);

}  // namespace plait::crdt
