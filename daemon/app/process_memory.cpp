#include "daemon/app/process_memory.h"

#include <fstream>

#include <malloc.h>
#include <unistd.h>

#include "daemon/loop/loop.h"

namespace plait::app {

/// The second number of its statm, proc(5).
double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  statm >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

MemoryReturn::MemoryReturn(loop::Loop& loop, const Counter& unloaded,
                           std::chrono::milliseconds pause)
    : unloaded_(unloaded), pause_(pause), timer_(loop, [this] {
        returned_ = unloaded_.value();
        malloc_trim(0);
      }) {}

void MemoryReturn::end_of_turn() {
  if (unloaded_.value() != returned_ && !timer_.is_running()) timer_.start(pause_);
}

}  // namespace plait::app
