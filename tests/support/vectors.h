#pragma once

#include <string>
#include <string_view>

#include "protocol/jsonrpc/json.h"

namespace plait::support {

/// One of the files in protocol/vectors, by its path in there. Whatever is wrong with it fails
/// the test.
[[nodiscard]] jsonrpc::Json read_vectors(std::string_view file);

/// A list in such a file, and of one of its cases a member: text, or bytes written as
/// hexadecimal digits.
[[nodiscard]] const jsonrpc::Json::Array& cases_of(const jsonrpc::Json& vectors,
                                                   std::string_view list);
[[nodiscard]] const std::string& text_of(const jsonrpc::Json& value, std::string_view member);
[[nodiscard]] std::string bytes_of(const jsonrpc::Json& value, std::string_view member);

/// A file of the repository, such as a page of docs/.
[[nodiscard]] std::string read_repository_file(std::string_view path);

}  // namespace plait::support
