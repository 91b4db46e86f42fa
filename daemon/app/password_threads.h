#pragma once

#include <functional>
#include <list>
#include <optional>

#include "daemon/loop/loop.h"
#include "daemon/loop/work.h"
#include "daemon/server/office.h"

namespace plait::app {

/// Hashes passwords on the loop's worker threads.
class PasswordThreads final : public server::PasswordWork {
 public:
  /// The loop outlives it.
  explicit PasswordThreads(loop::Loop& loop) : loop_(loop) {}

  void run(std::function<void()> job, std::function<void()> done) override;

 private:
  loop::Loop& loop_;
  std::list<std::optional<loop::Work>> works_;
};

}  // namespace plait::app
