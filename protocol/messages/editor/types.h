#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/jsonrpc/fields.h"
#include "protocol/messages/connect/limits.h"
#include "protocol/messages/connect/types.h"
#include "protocol/messages/editor/limits.h"

namespace plait::messages::editor {

// What several messages of the editor protocol have in common; docs/protocol.md says what each
// means. Files are `file://` URIs, times are milliseconds since 1970.

using connect::Done;
using connect::kId;
using connect::Role;
using connect::Software;
using jsonrpc::Digest;
using jsonrpc::Line;
using jsonrpc::List;
using jsonrpc::Range;
using jsonrpc::Text;
using jsonrpc::Token;

inline constexpr Line kUri{1, kMaxUriBytes};

/// Zero-based. `character` counts in the encoding that was agreed on in `initialize`.
struct Position {
  std::int64_t line = 0;
  std::int64_t character = 0;

  static void describe(auto& self, auto& field) {
    field("line", self.line);
    field("character", self.character);
  }
  bool operator==(const Position&) const noexcept = default;
};

/// From one position to another, which is not before it.
struct Span {
  Position start;
  Position end;

  static void describe(auto& self, auto& field) {
    field("start", self.start);
    field("end", self.end);
  }
  bool operator==(const Span&) const noexcept = default;
};

/// What stands in a range becomes a text.
struct Edit {
  Span range;
  std::string text;

  static void describe(auto& self, auto& field) {
    field("range", self.range);
    field("text", self.text, Text{0, kMaxTextBytes});
  }
  bool operator==(const Edit&) const noexcept = default;
};

/// The cursor is at the head, which may be before the anchor.
struct Selection {
  Position anchor;
  Position head;

  static void describe(auto& self, auto& field) {
    field("anchor", self.anchor);
    field("head", self.head);
  }
  bool operator==(const Selection&) const noexcept = default;
};

}  // namespace plait::messages::editor
