#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "daemon/loop/loop.h"
#include "daemon/loop/readable.h"
#include "daemon/loop/timer.h"
#include "daemon/support/clock.h"

namespace plait::folder {

/// Collects what inotify tells until it is quiet for a moment, so that a save, which is several
/// events, and a checkout, which is thousands, are told once. Belongs to the loop's thread.
class Watcher {
 public:
  static constexpr std::chrono::milliseconds kQuiet{20};
  static constexpr std::chrono::milliseconds kLongest{100};  ///< also if it is never quiet
  /// Of events that wait here. Past it they stay with the kernel, which says when it has lost
  /// some.
  static constexpr std::size_t kMaxBytes = std::size_t{4} * 1024 * 1024;

  /// `on_events` gets them as they were read, and again when digested() was called for the last
  /// ones. The descriptor outlives this object.
  Watcher(loop::Loop& loop, int inotify, std::function<void(std::string events)> on_events);

  void digested();

 private:
  void listen();
  void read();
  void tell();

  loop::Loop* loop_;
  int inotify_;
  std::function<void(std::string)> on_events_;
  bool is_digesting_ = false;
  std::string events_;
  MonotonicTime first_;  ///< when the first of them came
  loop::Timer timer_;
  std::optional<loop::Readable> readable_;
};

}  // namespace plait::folder
