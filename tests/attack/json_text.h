#pragma once

#include <string>
#include <string_view>

namespace plait::attack {

/// The first member of that name in a JSON text that a program of ours wrote: a string without
/// its quotes, or a number. Empty if there is none. Attackers do not parse.
inline std::string field_of(std::string_view json, std::string_view name) {
  const std::string key = '"' + std::string(name) + "\":";
  const std::size_t at = json.find(key);
  if (at == std::string_view::npos) return {};
  std::string_view value = json.substr(at + key.size());
  if (value.starts_with('"')) return std::string(value.substr(1, value.find('"', 1) - 1));
  return std::string(value.substr(0, value.find_first_of(",}]")));
}

}  // namespace plait::attack
