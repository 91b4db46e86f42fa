#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "protocol/messages/connect/types.h"

namespace plait::messages::connect {

inline constexpr std::int64_t kProtocolVersion = 1;
inline constexpr std::string_view kSubprotocol = "plait.1";

using Nonce = FixedBytes<32>;
using PublicKey = FixedBytes<32>;  ///< Ed25519
using Signature = FixedBytes<64>;

/// What a login is bound to: TLS's exported value and the name that the client called, or the
/// name alone, where TLS does not reach the server.
enum class Binding : std::uint8_t { Channel, Host };

inline constexpr std::array<jsonrpc::EnumName<Binding>, 2> kBindings{{
    {Binding::Channel, "channel"},
    {Binding::Host, "host"},
}};
constexpr const auto& names_of(Binding /*any*/) noexcept { return kBindings; }

/// The first thing a client says.
struct Hello {
  static constexpr std::string_view kMethod = "hello";
  std::vector<std::int64_t> versions;
  Software client;
  std::vector<std::string> required;  ///< capabilities without which the client goes away
  std::vector<std::string> optional;  ///< those that it can use

  static void describe(auto& self, auto& field) {
    field("versions", self.versions, List{kMaxVersions, Range{1, 1'000'000}});
    field("client", self.client);
    field("required", self.required, List{kMaxCapabilities, kId});
    field("optional", self.optional, List{kMaxCapabilities, kId});
  }

  struct Reply {
    std::int64_t version = kProtocolVersion;
    Software server;
    std::string server_id;                  ///< part of what a login signs
    std::vector<std::string> capabilities;  ///< in use from now on
    std::vector<std::string> required;      ///< those of them that a client has to know
    Binding binding = Binding::Channel;     ///< says what else a login signs
    Nonce nonce;                            ///< part of what a login signs, for one login
    std::int64_t time = 0;

    static void describe(auto& self, auto& field) {
      field("version", self.version, Range{1, 1'000'000});
      field("server", self.server);
      field("serverId", self.server_id, kId);
      field("capabilities", self.capabilities, List{kMaxCapabilities, kId});
      field("required", self.required, List{kMaxCapabilities, kId});
      field("binding", self.binding);
      field("nonce", self.nonce);
      field("time", self.time);
    }
  };
};

/// Proves to have a device key. Nobody needs to have heard of it before.
struct LoginKey {
  static constexpr std::string_view kMethod = "login/key";
  PublicKey public_key;
  Signature signature;
  std::optional<std::string> name;  ///< what the person wants to be called

  static void describe(auto& self, auto& field) {
    field("publicKey", self.public_key);
    field("signature", self.signature);
    field("name", self.name, Line{1, kMaxNameBytes});
  }

  struct Reply {
    User user;

    static void describe(auto& self, auto& field) { field("user", self.user); }
  };
};

/// Logs in with a token, or keeps a connection that was made with one beyond its expiry.
struct LoginToken {
  static constexpr std::string_view kMethod = "login/token";
  std::string token;

  static void describe(auto& self, auto& field) {
    field("token", self.token, Line{1, kMaxTokenBytes});
  }

  struct Reply {
    User user;
    std::string workspace_id;
    std::int64_t expires_at = 0;

    static void describe(auto& self, auto& field) {
      field("user", self.user);
      field("workspaceId", self.workspace_id, kId);
      field("expiresAt", self.expires_at);
    }
  };
};

/// Server to client: it is about to stop. Come back after a while.
struct ServerDraining {
  static constexpr std::string_view kMethod = "server/draining";
  std::int64_t reconnect_after_ms = 0;

  static void describe(auto& self, auto& field) {
    field("reconnectAfterMs", self.reconnect_after_ms, Range{0, 3'600'000});
  }
};

}  // namespace plait::messages::connect
