#include "daemon/app/password_threads.h"

#include <utility>

namespace plait::app {

void PasswordThreads::run(std::function<void()> job, std::function<void()> done) {
  const auto place = works_.emplace(works_.end());
  place->emplace(loop_, std::move(job), [this, place, done = std::move(done)] {
    // Copied: with the work goes this function.
    const auto call = done;
    works_.erase(place);
    call();
  });
}

}  // namespace plait::app
