#pragma once

#include <string_view>

#include "protocol/messages/editor/types.h"

namespace plait::messages::editor {

inline constexpr std::int64_t kProtocolVersion = 1;

// As in LSP: `shutdown` is answered with null, `exit` is the end.
inline constexpr std::string_view kShutdown = "shutdown";
inline constexpr std::string_view kExit = "exit";

enum class PositionEncoding : std::uint8_t { Utf8, Utf16, Utf32 };

inline constexpr std::array<jsonrpc::EnumName<PositionEncoding>, 3> kPositionEncodings{{
    {PositionEncoding::Utf8, "utf-8"},
    {PositionEncoding::Utf16, "utf-16"},
    {PositionEncoding::Utf32, "utf-32"},
}};
constexpr const auto& names_of(PositionEncoding /*any*/) noexcept { return kPositionEncodings; }

/// What a person wants to be known as.
struct WantedUser {
  std::optional<std::string> name;
  std::optional<std::string> color;  ///< `#rrggbb`

  static void describe(auto& self, auto& field) {
    field("name", self.name, Line{1, connect::kMaxNameBytes});
    field("color", self.color, Line{1, 16});
  }
};

struct Initialize {
  static constexpr std::string_view kMethod = "initialize";
  std::int64_t protocol_version = 0;
  Software client;
  /// The most wanted first. Names, since a newer editor may know others.
  std::optional<std::vector<std::string>> position_encodings;
  std::optional<WantedUser> user;

  static void describe(auto& self, auto& field) {
    field("protocolVersion", self.protocol_version, Range{0, 1'000'000});
    field("client", self.client);
    field("positionEncodings", self.position_encodings, List{kMaxEncodings, kId});
    field("user", self.user);
  }

  struct Reply {
    std::int64_t protocol_version = kProtocolVersion;
    Software server;
    PositionEncoding position_encoding = PositionEncoding::Utf16;
    Done capabilities;  ///< none yet that version 1 does not have
    connect::User user;

    static void describe(auto& self, auto& field) {
      field("protocolVersion", self.protocol_version, Range{0, 1'000'000});
      field("server", self.server);
      field("positionEncoding", self.position_encoding);
      field("capabilities", self.capabilities);
      field("user", self.user);
    }
  };
};

}  // namespace plait::messages::editor
