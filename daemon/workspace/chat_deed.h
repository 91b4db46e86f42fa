#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "protocol/jsonrpc/fields.h"
#include "protocol/messages/connect/chat.h"

namespace plait::workspace {

namespace connect = messages::connect;

enum class DeedKind : std::uint8_t { Send, Edit, Delete, React };

inline constexpr std::array<jsonrpc::EnumName<DeedKind>, 4> kDeedKinds{{
    {DeedKind::Send, "send"},
    {DeedKind::Edit, "edit"},
    {DeedKind::Delete, "delete"},
    {DeedKind::React, "react"},
}};
constexpr const auto& names_of(DeedKind /*any*/) noexcept { return kDeedKinds; }

/// Something that was done in the chat here, as it lies in the store until it is on the server.
struct ChatDeed {
  std::string id;  ///< of what is sent, also the message's
  DeedKind kind = DeedKind::Send;
  std::string message;  ///< to which it is done, as editors call it
  std::string text;
  std::optional<std::string> reply_to;  ///< the same
  std::optional<connect::Anchor> anchor;
  std::string emoji;
  bool takes_back = false;  ///< the reaction
  std::int64_t time = 0;

  static void describe(auto& self, auto& field) {
    field("id", self.id, connect::kId);
    field("kind", self.kind);
    field("message", self.message, connect::kId);
    field("text", self.text, jsonrpc::Text{0, connect::kMaxChatBytes});
    field("replyTo", self.reply_to, connect::kId);
    field("anchor", self.anchor);
    field("emoji", self.emoji, jsonrpc::Line{0, connect::kMaxEmojiBytes});
    field("takesBack", self.takes_back);
    field("time", self.time);
  }
};

}  // namespace plait::workspace
