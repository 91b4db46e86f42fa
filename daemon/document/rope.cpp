#include "daemon/document/rope.h"

#include "protocol/base/assert.h"

namespace plait::document {

Rope::Rope(std::string_view text) : document_({.client = crdt::ClientId{1}}) {
  text_ = document_.text("");
  const auto inserted = document_.insert(text_, {}, text);
  PLAIT_ASSERT(inserted, "a text that is valid UTF-8");
}

Result<void> Rope::apply(const TextChange& change) {
  return document_.transact(
      0, [&](crdt::Document::Editor& edit) { return apply_change(edit, text_, change); });
}

Result<void> apply_change(crdt::Document::Editor& edit, crdt::TypeRef text,
                          const TextChange& change) {
  Utf16Offset at;
  for (const TextChange::Part& part : change.parts()) {
    at += part.kept;
    if (auto done = edit.insert(text, at, part.inserted); !done) return done;
    at += part.inserted_length;
    if (auto done = edit.erase(text, at, part.removed); !done) return done;
  }
  return {};
}

}  // namespace plait::document
