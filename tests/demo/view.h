#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/demo/canvas.h"
#include "tests/demo/page.h"
#include "tests/demo/session.h"

namespace plait::demo {

/// The recording does not say who they were.
inline constexpr std::array<std::string_view, 2> kNames{"Ana", "Ben"};

/// 12345 as "12,345".
[[nodiscard]] std::string grouped(std::size_t number);
/// "1 packet", "2,447 packets".
[[nodiscard]] std::string counted(std::size_t number, std::string_view what);
/// "318 kB".
[[nodiscard]] std::string kilobytes(std::size_t bytes);

/// A smaller terminal shows nothing that makes sense.
inline constexpr Size kLeastSize{.columns = 40, .rows = 14};

/// All that one sees: a page for each replica, the wire between them, the numbers.
class View {
 public:
  explicit View(std::string recording, std::size_t edits)
      : recording_(std::move(recording)), edits_(edits) {}

  /// `rate` is how many times faster than at the start it goes.
  [[nodiscard]] Canvas draw(const Session& session, double rate, Size size, bool unicode);

 private:
  void draw_title(const Session& session, double rate, Canvas& canvas) const;
  void draw_side(const Session& session, std::uint32_t author, const Rect& where,
                 Canvas& canvas);
  void draw_wire(const Session& session, std::uint32_t sender, std::uint32_t row,
                 Canvas& canvas) const;
  void draw_numbers(const Session& session, std::uint32_t row, Canvas& canvas) const;

  std::string recording_;
  std::size_t edits_;
  std::array<Page, 2> pages_{Page(0), Page(1)};
};

}  // namespace plait::demo
