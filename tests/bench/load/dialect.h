#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/bytes.h"

namespace plait::load {

/// How a server wants to be spoken to: as y-websocket does, or with the document's name in
/// front of every message and a login first, as hocuspocus does.
enum class Dialect : std::uint8_t { YWebsocket, Hocuspocus };

/// The messages of y-protocols that matter here.
enum class Sync : std::uint8_t { Vector = 0, Answer = 1, Update = 2 };

struct Heard {
  enum class Kind : std::uint8_t {
    Vector,  ///< what the server has
    Answer,  ///< what it was asked for
    Update,
    Welcome,  ///< the login succeeded
    Other,    ///< presence and the like
    Broken
  };
  Kind kind = Kind::Broken;
  std::string_view payload = {};
};

[[nodiscard]] Heard hear(Dialect dialect, std::string_view message) noexcept;

// Each writes one message over what `out` holds.
void say(Dialect dialect, std::string_view room, Sync what, std::string_view payload,
         ByteWriter& out);
/// Hocuspocus alone has it.
void say_login(std::string_view room, ByteWriter& out);

}  // namespace plait::load
