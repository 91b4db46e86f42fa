#include "daemon/support/log.h"

#include <algorithm>
#include <memory>

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace plait::log {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

bool is_printable(char c) noexcept { return c >= ' ' && c <= '~'; }

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text.substr(0, kMaxValueBytes)) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (is_printable(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += "\\x";
      out += kHexDigits[byte >> 4];
      out += kHexDigits[byte & 15];
    }
  }
  if (text.size() > kMaxValueBytes) out += "...";
}

/// What can be told from the next field without quotes stays without.
bool is_plain(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kMaxValueBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_printable(c) && c != ' ' && c != '"' && c != '\\' && c != '=';
         });
}

struct AppendValue {
  std::string& out;

  void operator()(std::string_view text) const {
    if (is_plain(text)) {
      out += text;
    } else {
      out += '"';
      append_escaped(out, text);
      out += '"';
    }
  }
  void operator()(std::int64_t number) const { out += std::to_string(number); }
  void operator()(std::uint64_t number) const { out += std::to_string(number); }
  void operator()(bool is) const { out += is ? "true" : "false"; }
};

std::shared_ptr<spdlog::sinks::sink> standard_error() {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  sink->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      "%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc));
  return sink;
}

/// The one thing that is there once for the whole process: standard error is, too.
spdlog::logger& logger() {
  static spdlog::logger the_logger("plait", standard_error());
  return the_logger;
}

void write(spdlog::level::level_enum level, std::string_view message, Fields fields) {
  if (!logger().should_log(level)) return;
  const std::string line = line_of(message, fields);
  logger().log(level, spdlog::string_view_t(line.data(), line.size()));
}

spdlog::level::level_enum spdlog_level(Level level) noexcept {
  switch (level) {
    case Level::Debug: return spdlog::level::debug;
    case Level::Info: return spdlog::level::info;
    case Level::Warning: return spdlog::level::warn;
    case Level::Error: return spdlog::level::err;
    case Level::Off: return spdlog::level::off;
  }
  return spdlog::level::info;
}

}  // namespace

void debug(std::string_view message, Fields fields) {
  write(spdlog::level::debug, message, fields);
}
void info(std::string_view message, Fields fields) {
  write(spdlog::level::info, message, fields);
}
void warning(std::string_view message, Fields fields) {
  write(spdlog::level::warn, message, fields);
}
void error(std::string_view message, Fields fields) {
  write(spdlog::level::err, message, fields);
}

void set_level(Level level) { logger().set_level(spdlog_level(level)); }

std::string line_of(std::string_view message, Fields fields) {
  std::string line(message);
  for (const Field& field : fields) {
    line += ' ';
    line += field.name;
    line += '=';
    std::visit(AppendValue{line}, field.value);
  }
  return line;
}

}  // namespace plait::log
