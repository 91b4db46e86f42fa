#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

/// Lines on standard error, for whoever runs the program:
///
///     log::info("listening", {{"address", address}, {"tls", true}});
///     2026-01-31T12:00:00.000Z info listening address=127.0.0.1:4430 tls=true
///
/// The message is a constant of the program, and what varies is a field. Text of documents,
/// tokens, invites and links never go in. Any thread may log.
namespace plait::log {

enum class Level : std::uint8_t { Debug, Info, Warning, Error, Off };

/// Longer values are cut, so that nobody outside can fill the disk with one request.
inline constexpr std::size_t kMaxValueBytes = 256;

struct Field {
  using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, bool>;

  Field(std::string_view field, std::string_view text) : name(field), value(text) {}
  // Or else a literal would be a bool.
  Field(std::string_view field, const char* text) : Field(field, std::string_view{text}) {}
  Field(std::string_view field, bool is) : name(field), value(is) {}
  template <std::signed_integral N>
  Field(std::string_view field, N number) : name(field), value(std::int64_t{number}) {}
  template <std::unsigned_integral N>
  Field(std::string_view field, N number) : name(field), value(std::uint64_t{number}) {}

  std::string_view name;
  Value value;
};

using Fields = std::initializer_list<Field>;

void debug(std::string_view message, Fields fields = {});
void info(std::string_view message, Fields fields = {});
void warning(std::string_view message, Fields fields = {});
void error(std::string_view message, Fields fields = {});

/// Less than this is not written; nothing is when it is Off. Info, until it is set.
void set_level(Level level);

/// A line without its time and level: printable ASCII whatever the fields hold, so that no
/// value can begin a line or speak to a terminal.
[[nodiscard]] std::string line_of(std::string_view message, Fields fields);

}  // namespace plait::log
