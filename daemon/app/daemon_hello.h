#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/messages/editor/lifecycle.h"

namespace plait::app {

// What this program says to itself over the daemon's socket before the editor protocol begins:
// daemon/hello first, daemon/stop next or not at all. Both are requests.

/// Which program is at the other end.
struct DaemonHello {
  static constexpr std::string_view kMethod = "daemon/hello";
  messages::editor::Software client;
  std::int64_t protocol_version = messages::editor::kProtocolVersion;  ///< the newest it speaks

  static void describe(auto& self, auto& field) {
    field("client", self.client);
    field("protocolVersion", self.protocol_version);
  }

  struct Reply {
    messages::editor::Software server;
    std::int64_t protocol_version = messages::editor::kProtocolVersion;
    std::int64_t process = 0;

    static void describe(auto& self, auto& field) {
      field("server", self.server);
      field("protocolVersion", self.protocol_version);
      field("process", self.process);
    }
  };
};

/// The daemon ends, in order; who is connected comes back to the next one.
struct DaemonStop {
  static constexpr std::string_view kMethod = "daemon/stop";

  static void describe(auto& /*self*/, auto& /*field*/) {}
  using Reply = messages::editor::Done;
};

/// A message of the greeting.
inline constexpr std::size_t kMaxGreetingBytes = std::size_t{8} << 10;

/// This program, in a greeting or to an editor.
[[nodiscard]] messages::editor::Software this_program();

/// Whether one version of this program is newer than another. What is no version is older than
/// any.
[[nodiscard]] bool is_newer(std::string_view version, std::string_view than) noexcept;

}  // namespace plait::app
