#pragma once

#include <string>
#include <string_view>

#include "protocol/base/hex.h"

namespace plait::support {

using plait::hex_of;

/// The bytes that hexadecimal digits name; anything between the digits is for the eye.
inline std::string bytes_of_hex(std::string_view digits) {
  std::string packed;
  for (const char c : digits) {
    if (std::string_view("0123456789abcdef").find(c) != std::string_view::npos) {
      packed.push_back(c);
    }
  }
  return parse_hex(packed).value();
}

}  // namespace plait::support
