#include "protocol/jsonrpc/frame_reader.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace plait::jsonrpc {
namespace {

constexpr std::string_view kEndOfLine = "\r\n";
constexpr std::string_view kEndOfHeader = "\r\n\r\n";
constexpr std::string_view kContentLength = "content-length";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_content_length(std::string_view name) {
  return std::ranges::equal(name, kContentLength, [](char given, char lower) {
    return given == lower || (given >= 'A' && given <= 'Z' && given - 'A' + 'a' == lower);
  });
}

std::optional<std::size_t> read_number(std::string_view digits) {
  std::size_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, number);
  if (digits.empty() || read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

/// The length that a header gives. Other fields, such as Content-Type, mean nothing here.
Result<std::size_t> content_length(std::string_view header) {
  std::optional<std::size_t> length;
  while (!header.empty()) {
    const std::string_view line = header.substr(0, header.find(kEndOfLine));
    header.remove_prefix(std::min(header.size(), line.size() + kEndOfLine.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      return fail(ErrorCode::Malformed, "a header line without a colon");
    }
    if (!is_content_length(line.substr(0, colon))) continue;
    if (length) return fail(ErrorCode::Malformed, "two Content-Length headers");
    length = read_number(trimmed(line.substr(colon + 1)));
    if (!length) return fail(ErrorCode::Malformed, "Content-Length is not a number");
  }
  if (!length) return fail(ErrorCode::Malformed, "no Content-Length header");
  return *length;
}

}  // namespace

void FrameReader::feed(std::string_view bytes) {
  if (failure_) return;
  if (done_ > 0) {
    buffer_.erase(0, std::exchange(done_, 0));
    if (buffer_.empty()) buffer_.shrink_to_fit();  // a large body is rare, an idle peer is not
  }
  buffer_.append(bytes);
}

Result<bool> FrameReader::read_header() {
  std::string_view arrived = buffer_;
  arrived.remove_prefix(done_);
  const std::size_t end = arrived.find(kEndOfHeader, scanned_);
  const bool is_whole = end != std::string_view::npos;
  if ((is_whole ? end + kEndOfHeader.size() : arrived.size()) > kMaxFrameHeaderBytes) {
    return fail(ErrorCode::LimitExceeded, "a header of more than 4 KiB");
  }
  if (!is_whole) {
    scanned_ = arrived.size() - std::min(arrived.size(), kEndOfHeader.size() - 1);
    return false;
  }
  const Result<std::size_t> length = content_length(arrived.substr(0, end));
  if (!length) return Failure{length.error()};
  if (*length > max_body_bytes_) {
    return fail(ErrorCode::LimitExceeded,
                "a body of more than " + std::to_string(max_body_bytes_) + " bytes");
  }
  body_bytes_ = *length;
  scanned_ = 0;
  done_ += end + kEndOfHeader.size();
  return true;
}

Result<std::optional<std::string>> FrameReader::next() {
  if (failure_) return Failure{*failure_};
  if (!body_bytes_) {
    Result<bool> read = read_header();
    if (!read) {
      failure_ = read.error();
      buffer_ = {};
      return forward_error(read);
    }
    if (!*read) return std::optional<std::string>();
  }
  if (buffer_.size() - done_ < *body_bytes_) return std::optional<std::string>();
  std::optional<std::string> body = buffer_.substr(done_, *body_bytes_);
  done_ += *std::exchange(body_bytes_, std::nullopt);
  return body;
}

std::string framed(std::string_view body) {
  std::string frame = "Content-Length: " + std::to_string(body.size());
  frame.append(kEndOfHeader).append(body);
  return frame;
}

}  // namespace plait::jsonrpc
