#include "daemon/net/http_head.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>

#include "protocol/base/utf8.h"

namespace plait::net {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view kEndOfHead = "\r\n\r\n";

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string lower_case(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(), lower);
  return made;
}

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view view_of(boost::beast::string_view text) noexcept {
  return {text.data(), text.size()};
}

/// Has Beast take the head apart.
template <class Parser>
Result<HttpFields> parse_head(Parser& parser, std::string_view head) {
  // Two readers of a line that goes on in the next one may take it for different things.
  if (head.find("\r\n ") != std::string_view::npos ||
      head.find("\r\n\t") != std::string_view::npos) {
    return fail(ErrorCode::Malformed, "HTTP head: a line that is folded");
  }
  boost::beast::error_code error;
  parser.header_limit(static_cast<std::uint32_t>(kMaxHeadBytes));
  const std::size_t taken =
      parser.put(boost::beast::net::const_buffer(head.data(), head.size()), error);
  if (error) return fail(ErrorCode::Malformed, "HTTP head: " + error.message());
  if (!parser.is_header_done() || taken != head.size()) {
    return fail(ErrorCode::Malformed, "HTTP head: it does not end where it seems to");
  }
  if (parser.get().version() != 11) {
    return fail(ErrorCode::Unsupported, "HTTP head: the version is not 1.1");
  }
  HttpFields fields;
  for (const auto& field : parser.get()) {
    if (fields.all().size() == kMaxHeaders) {
      return fail(ErrorCode::LimitExceeded, "HTTP head: too many fields");
    }
    fields.add(lower_case(view_of(field.name_string())), std::string(view_of(field.value())));
  }
  return fields;
}

bool announces_body(const HttpFields& fields) {
  if (fields.has("transfer-encoding")) return true;
  return fields.has("content-length") && fields.only("content-length") != "0";
}

bool is_control_character(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char letter = lower(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

}  // namespace

std::optional<std::string_view> HttpFields::only(std::string_view name) const noexcept {
  std::optional<std::string_view> found;
  for (const HttpField& field : fields_) {
    if (field.name != name) continue;
    if (found) return std::nullopt;
    found = field.value;
  }
  return found;
}

bool HttpFields::has(std::string_view name) const noexcept {
  return std::any_of(fields_.begin(), fields_.end(),
                     [&](const HttpField& field) { return field.name == name; });
}

std::vector<std::string_view> HttpFields::list(std::string_view name) const {
  std::vector<std::string_view> parts;
  for (const HttpField& field : fields_) {
    if (field.name != name) continue;
    std::string_view rest = field.value;
    for (;;) {
      const std::size_t comma = rest.find(',');
      const std::string_view part = trimmed(rest.substr(0, comma));
      if (!part.empty()) parts.push_back(part);
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return parts;
}

bool HttpFields::lists(std::string_view name, std::string_view word) const {
  const auto parts = list(name);
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return lower_case(part) == word; });
}

Result<std::size_t> HttpHeadReader::feed(std::string_view bytes) {
  // The end may lie across what is here and what came.
  const std::size_t overlap = std::min(head_.size(), kEndOfHead.size() - 1);
  const std::size_t before = head_.size();
  head_.append(bytes.substr(0, kMaxHeadBytes - before + 1));
  const std::size_t end = head_.find(kEndOfHead, before - overlap);
  complete_ = end != std::string::npos;
  if (complete_) head_.resize(end + kEndOfHead.size());
  if (head_.size() > kMaxHeadBytes) {
    return fail(ErrorCode::LimitExceeded, "HTTP head: it is too long");
  }
  return head_.size() - before;
}

Result<HttpRequest> parse_request(std::string_view head) {
  http::request_parser<http::empty_body> parser;
  auto fields = parse_head(parser, head);
  if (!fields) return forward_error(fields);
  if (announces_body(*fields)) {
    return fail(ErrorCode::Unsupported, "HTTP head: a request with a body");
  }
  const std::string_view target = view_of(parser.get().target());
  if (!target.starts_with('/')) {
    return fail(ErrorCode::Unsupported, "HTTP head: the target is not a path");
  }
  const std::size_t question = target.find('?');
  HttpRequest request{.method = std::string(view_of(parser.get().method_string())),
                      .path = std::string(target.substr(0, question)),
                      .query = {},
                      .fields = *std::move(fields)};
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  return request;
}

Result<HttpResponseHead> parse_response(std::string_view head) {
  http::response_parser<http::empty_body> parser;
  parser.skip(true);  // whatever follows is none of ours
  auto fields = parse_head(parser, head);
  if (!fields) return forward_error(fields);
  return HttpResponseHead{static_cast<int>(parser.get().result_int()), *std::move(fields)};
}

std::string_view reason_phrase(int status) noexcept {
  return view_of(http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status))));
}

HttpResponse answer_to(const Error& error) {
  const bool too_long = error.code == ErrorCode::LimitExceeded;
  return {.status = too_long ? 431 : 400, .body = error.message + '\n'};
}

std::string to_message(const HttpResponse& response) {
  std::string message = "HTTP/1.1 " + std::to_string(response.status) + ' ';
  message.append(reason_phrase(response.status));
  for (const HttpField& field : response.fields) {
    message.append("\r\n").append(field.name).append(": ").append(field.value);
  }
  message.append("\r\ncontent-type: ").append(response.content_type);
  message.append("\r\ncontent-length: ").append(std::to_string(response.body.size()));
  message.append("\r\ncache-control: no-store");
  message.append("\r\nx-content-type-options: nosniff");
  message.append("\r\nconnection: close").append(kEndOfHead).append(response.body);
  return message;
}

Result<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    const int high = digits.size() == 2 ? hex_digit(digits[0]) : -1;
    const int low = digits.size() == 2 ? hex_digit(digits[1]) : -1;
    if (high < 0 || low < 0) return fail(ErrorCode::Malformed, "a percent sign without digits");
    decoded.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  if (!is_valid_utf8(decoded)) return fail(ErrorCode::Malformed, "a path that is not UTF-8");
  if (std::any_of(decoded.begin(), decoded.end(), is_control_character)) {
    return fail(ErrorCode::Malformed, "a control character in a path");
  }
  return decoded;
}

Result<std::optional<std::string>> query_parameter(std::string_view query,
                                                   std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const std::size_t equals = pair.find('=');
    if (pair.substr(0, equals) != name) continue;
    if (equals == std::string_view::npos) return std::optional<std::string>(std::string());
    auto value = percent_decoded(pair.substr(equals + 1));
    if (!value) return forward_error(value);
    return std::optional(*std::move(value));
  }
  return std::optional<std::string>();
}

}  // namespace plait::net
