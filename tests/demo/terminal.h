#pragma once

#include <optional>
#include <string_view>

#include "tests/demo/canvas.h"

namespace plait::demo {

/// Has the terminal for itself while it lives: another screen, no cursor, no echo. Gives it
/// back as it was, also when the program is interrupted, suspended or aborted. One at a time.
class Terminal {
 public:
  /// Whether standard output is a terminal that can do more than print lines.
  [[nodiscard]] static bool is_there() noexcept;
  /// Whether the user's locale says that it shows more than ASCII.
  [[nodiscard]] static bool has_unicode() noexcept;

  Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal();

  [[nodiscard]] static Size size() noexcept;
  /// Draws what has changed.
  void show(const Canvas& canvas);

 private:
  std::optional<Canvas> shown_;
};

}  // namespace plait::demo
