#pragma once

#include <string_view>

#include "daemon/crdt/document.h"
#include "protocol/base/assert.h"

namespace plait::fuzz {

/// Fills a document with what an update may hang on or collide with: text of two clients (1 and
/// 2), in part deleted and collected, and nested types in a map and an array.
inline void write_history(crdt::Document& document) {
  using crdt::Document;
  using crdt::TypeKind;
  using crdt::TypeRef;
  constexpr std::string_view kNumber = "\x7D\x2A";
  const auto write = [&](Document& in, std::string_view word) {
    const TypeRef text = in.text("text");
    const auto done = in.transact(0, [&](Document::Editor& edit) -> Result<void> {
      for (int i = 0; i < 3; ++i) {
        if (auto ok = edit.insert(text, in.length(text), word); !ok) return ok;
        if (auto ok = edit.insert(text, Utf16Offset{}, word.substr(0, 2)); !ok) return ok;
      }
      if (auto ok = edit.erase(text, Utf16Offset{3}, Utf16Offset{4}); !ok) return ok;
      const TypeRef map = in.map("map");
      const TypeRef list = in.array("list");
      for (const std::string_view key : {"a", "b", "a"}) {
        if (auto ok = edit.set(map, key, kNumber); !ok) return ok;
      }
      auto nested = edit.set_type(map, "nested", TypeKind::Text);
      if (!nested) return forward_error(nested);
      if (auto ok = edit.insert(*nested, Utf16Offset{}, word); !ok) return ok;
      auto gone = edit.insert_type(list, 0, TypeKind::Map);
      if (!gone) return forward_error(gone);
      if (auto ok = edit.set(*gone, "key", kNumber); !ok) return ok;
      if (auto ok = edit.insert_value(list, 1, kNumber); !ok) return ok;
      return edit.erase(list, Utf16Offset{}, Utf16Offset{1});
    });
    PLAIT_ASSERT(done.has_value(), "the history to be written");
  };
  Document other({.client = crdt::ClientId{2}, .collect = true});
  write(document, "one\xF0\x9F\x98\x80\n");
  PLAIT_ASSERT(other.apply(document.encode_state()).has_value(), "the history to be applied");
  write(other, "two\xC3\xA9\n");
  PLAIT_ASSERT(document.apply(other.encode_state()).has_value(), "the history to be applied");
}

}  // namespace plait::fuzz
