#include "daemon/folder/watcher.h"

#include <algorithm>
#include <array>
#include <utility>

#include <sys/inotify.h>
#include <unistd.h>

namespace plait::folder {

Watcher::Watcher(loop::Loop& loop, int inotify, std::function<void(std::string)> on_events)
    : loop_(&loop),
      inotify_(inotify),
      on_events_(std::move(on_events)),
      timer_(loop, [this] { tell(); }) {
  listen();
}

void Watcher::listen() {
  if (!readable_) readable_.emplace(*loop_, inotify_, [this] { read(); });
}

void Watcher::read() {
  alignas(inotify_event) std::array<char, std::size_t{64} * 1024> piece{};
  const bool is_first = events_.empty();
  while (events_.size() < kMaxBytes) {
    const ssize_t got = ::read(inotify_, piece.data(), piece.size());
    if (got <= 0) break;  // there is no more now
    events_.append(piece.data(), static_cast<std::size_t>(got));
  }
  if (events_.size() >= kMaxBytes) readable_.reset();
  if (events_.empty()) return;
  const MonotonicTime now = loop_->now();
  if (is_first) first_ = now;
  timer_.start_at(std::min(now + kQuiet, first_ + kLongest));
}

void Watcher::tell() {
  if (is_digesting_ || events_.empty()) return;
  is_digesting_ = true;
  listen();
  on_events_(std::exchange(events_, {}));
}

void Watcher::digested() {
  is_digesting_ = false;
  if (!timer_.is_running()) tell();
}

}  // namespace plait::folder
