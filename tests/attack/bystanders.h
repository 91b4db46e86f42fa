#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "tests/attack/editor.h"

namespace plait::attack {

/// Two honest people who write to each other all the time, in a thread of their own, while
/// others attack their server.
class Bystanders {
 public:
  Bystanders(std::unique_ptr<Visitor> writer, std::unique_ptr<Visitor> reader);
  ~Bystanders();
  Bystanders(const Bystanders&) = delete;
  Bystanders& operator=(const Bystanders&) = delete;

  /// The longest that anything took from one to the other since this was asked before.
  std::chrono::microseconds take_worst() noexcept {
    return std::chrono::microseconds{worst_.exchange(0)};
  }
  /// Waits until something more has arrived. False if nothing does.
  [[nodiscard]] bool are_well() const;

 private:
  void write_to_each_other();

  Editor writer_;
  Editor reader_;
  std::atomic<std::int64_t> worst_{0};  ///< in microseconds
  std::atomic<std::uint64_t> arrived_{0};
  std::atomic<bool> stopped_{false};
  std::thread thread_;  // last: it uses the others
};

}  // namespace plait::attack
