#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/crypto/fingerprint.h"
#include "protocol/base/result.h"
#include "tests/bench/load/dialect.h"

namespace plait::load {

/// Where rooms are: `path` is in front of a room's name.
struct Url {
  bool tls = true;
  std::string host;
  std::uint16_t port = 0;
  std::string path;
};

/// "wss://127.0.0.1:4430/yjs". Refused for any host but this one: load is for servers of one's
/// own.
Result<Url> parse_url(std::string_view text);

/// What was asked for. What is missing has a default that depends on the scenario.
struct Options {
  std::string scenario;
  Url url;
  std::optional<crypto::Fingerprint> fingerprint;
  Dialect dialect = Dialect::YWebsocket;
  std::optional<int> pid;  ///< of the server
  /// The server keeps no documents: it cannot be asked for what it has got.
  bool bare = false;
  std::string trace;
  std::string room;
  std::optional<std::uint32_t> seconds;
  std::optional<std::uint32_t> count;
  std::optional<std::uint32_t> window;
  bool json = false;
};

extern const std::string_view kUsage;
Result<Options> parse_options(int argc, char** argv);

// So that a run cannot get out of hand, whatever it was asked for.
inline constexpr std::uint32_t kMaxSeconds = 600;
inline constexpr std::uint32_t kMaxCount = 20'000;
inline constexpr std::uint32_t kMaxWindow = 100'000;

}  // namespace plait::load
