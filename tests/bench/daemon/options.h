#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace plait::bench {

struct Options {
  enum class Scenario : std::uint8_t { Keystrokes, Chorus, Join };

  Scenario scenario = Scenario::Keystrokes;
  std::string plait;            ///< the program
  std::uint32_t count = 1'000;  ///< keystrokes
  std::uint32_t scan = 0;       ///< files that are shared meanwhile
  std::uint32_t editors = 5;    ///< of a chorus
  std::uint32_t rate = 1'000;   ///< edits a second, of all editors
  std::uint32_t seconds = 60;
  std::uint32_t join = 0;         ///< files of the folder that is joined
  std::uint32_t megabytes = 200;  ///< in them
  std::uint32_t seed = 1;
  bool json = false;
};

extern const std::string_view kUsage;
Result<Options> parse_options(int argc, char** argv);

}  // namespace plait::bench
