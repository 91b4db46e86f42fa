#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/base/result.h"

namespace plait::net {

// The heads of HTTP/1.1 messages. Bodies are written, never read: a request is a GET.

inline constexpr std::size_t kMaxHeadBytes = std::size_t{8} << 10;
inline constexpr std::size_t kMaxHeaders = 64;
/// How long a request may take to arrive, whatever comes of it meanwhile.
inline constexpr std::chrono::seconds kRequestTime{10};

struct HttpField {
  std::string name;  ///< in lower case
  std::string value;
};

/// Header fields in the order in which they came.
class HttpFields {
 public:
  void add(std::string name, std::string value) {
    fields_.push_back({std::move(name), std::move(value)});
  }
  [[nodiscard]] const std::vector<HttpField>& all() const noexcept { return fields_; }

  /// The value of a field that came once; nothing if it did not come, or came twice.
  [[nodiscard]] std::optional<std::string_view> only(std::string_view name) const noexcept;
  [[nodiscard]] bool has(std::string_view name) const noexcept;
  /// The parts, between commas, of all fields of that name.
  [[nodiscard]] std::vector<std::string_view> list(std::string_view name) const;
  /// Whether one of those parts is this word, which is in lower case, however it was written.
  [[nodiscard]] bool lists(std::string_view name, std::string_view word) const;

 private:
  std::vector<HttpField> fields_;
};

struct HttpRequest {
  std::string method;
  std::string path;   ///< as sent: begins with a slash, percent signs and all
  std::string query;  ///< behind the question mark
  HttpFields fields;
};

struct HttpResponseHead {
  int status = 0;
  HttpFields fields;
};

struct HttpResponse {
  int status = 200;
  std::string body;  ///< for a person, unless there is a type
  std::string content_type = "text/plain; charset=utf-8";
  std::vector<HttpField> fields = {};
};

/// Cuts the first head from a stream of bytes.
class HttpHeadReader {
 public:
  /// Takes bytes up to the end of the head, and says how many. A head that is too long is
  /// refused as soon as that is known.
  Result<std::size_t> feed(std::string_view bytes);
  /// Whether the head is there: its lines, and the empty one behind them.
  [[nodiscard]] bool complete() const noexcept { return complete_; }
  [[nodiscard]] std::string_view head() const noexcept { return head_; }

 private:
  std::string head_;
  bool complete_ = false;
};

/// Parses a complete head. Refused besides what is malformed: other versions than 1.1, a target
/// that is not a path, a body, and more than kMaxHeaders fields.
Result<HttpRequest> parse_request(std::string_view head);
Result<HttpResponseHead> parse_response(std::string_view head);

/// What to answer somebody whose request cannot be read.
[[nodiscard]] HttpResponse answer_to(const Error& error);

/// The whole message, which is the last one on its connection.
[[nodiscard]] std::string to_message(const HttpResponse& response);

/// The standard phrase for a status code.
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

/// Puts the bytes in the place of their %XX. Refused: what is not UTF-8, and control
/// characters.
Result<std::string> percent_decoded(std::string_view text);
/// The value of the first parameter of that name, decoded; a plus sign stays one.
Result<std::optional<std::string>> query_parameter(std::string_view query,
                                                   std::string_view name);

}  // namespace plait::net
