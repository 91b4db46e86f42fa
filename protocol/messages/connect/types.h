#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "protocol/jsonrpc/fields.h"
#include "protocol/messages/connect/limits.h"

namespace plait::messages::connect {

using jsonrpc::Bytes;
using jsonrpc::Digest;
using jsonrpc::FixedBytes;
using jsonrpc::Line;
using jsonrpc::List;
using jsonrpc::Range;
using jsonrpc::Size;
using jsonrpc::Text;
using jsonrpc::Token;

// What several messages have in common. Every message names its method, the version that its
// sender speaks is agreed on in `hello`, and docs/protocol.md says what each means. Times are
// milliseconds since 1970.

inline constexpr Token kId{kMaxIdBytes};

enum class Role : std::uint8_t { Owner, Editor, Commenter, Viewer };

inline constexpr std::array<jsonrpc::EnumName<Role>, 4> kRoles{{
    {Role::Owner, "owner"},
    {Role::Editor, "editor"},
    {Role::Commenter, "commenter"},
    {Role::Viewer, "viewer"},
}};
constexpr const auto& names_of(Role /*any*/) noexcept { return kRoles; }

/// Nothing more to say. What answers a request that only succeeds.
struct Done {
  static void describe(auto& /*self*/, auto& /*field*/) {}
  bool operator==(const Done&) const noexcept = default;
};

/// A person, as the server knows them.
struct User {
  std::string id;
  std::string name;
  std::string color;  ///< `#rrggbb`, given by the server

  static void describe(auto& self, auto& field) {
    field("id", self.id, kId);
    field("name", self.name, Line{1, kMaxNameBytes});
    field("color", self.color, Line{1, 16});
  }
  bool operator==(const User&) const noexcept = default;
};

struct Software {
  std::string name;
  std::string version;

  static void describe(auto& self, auto& field) {
    field("name", self.name, Line{1, kMaxSoftwareBytes});
    field("version", self.version, Line{1, kMaxSoftwareBytes});
  }
  bool operator==(const Software&) const noexcept = default;
};

/// A part of a document, between two relative positions in Yjs's form.
struct Selection {
  Bytes anchor;
  Bytes head;

  static void describe(auto& self, auto& field) {
    field("anchor", self.anchor, Size{1, kMaxPositionBytes});
    field("head", self.head, Size{1, kMaxPositionBytes});
  }
  bool operator==(const Selection&) const noexcept = default;
};

}  // namespace plait::messages::connect
