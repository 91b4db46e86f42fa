#include "tests/support/vectors.h"

#include <fstream>
#include <iterator>

#include "protocol/base/assert.h"
#include "protocol/base/hex.h"

namespace plait::support {

using jsonrpc::Json;

std::string read_repository_file(std::string_view path) {
  std::ifstream file(std::string(PLAIT_REPOSITORY "/").append(path), std::ios::binary);
  PLAIT_ASSERT(file.is_open(), "a file of the repository");
  return {std::istreambuf_iterator<char>(file), {}};
}

Json read_vectors(std::string_view file) {
  const auto vectors =
      jsonrpc::parse_json(read_repository_file(std::string("protocol/vectors/").append(file)),
                          {.max_bytes = std::size_t{16} << 20});
  PLAIT_ASSERT(vectors.has_value(), "a file of vectors to be JSON");
  return *vectors;
}

const Json::Array& cases_of(const Json& vectors, std::string_view list) {
  const Json* cases = vectors.find(list);
  PLAIT_ASSERT(cases != nullptr && cases->as_array() != nullptr, "a list of cases");
  return *cases->as_array();
}

const std::string& text_of(const Json& value, std::string_view member) {
  const Json* found = value.find(member);
  PLAIT_ASSERT(found != nullptr && found->as_string() != nullptr, "a case to have its text");
  return *found->as_string();
}

std::string bytes_of(const Json& value, std::string_view member) {
  auto bytes = parse_hex(text_of(value, member));
  PLAIT_ASSERT(bytes.has_value(), "bytes in hexadecimal digits");
  return *std::move(bytes);
}

}  // namespace plait::support
