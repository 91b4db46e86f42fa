#include "tests/attack/bystanders.h"

#include <algorithm>
#include <utility>

namespace plait::attack {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr milliseconds kPause{20};
/// Their text stays small: what they pay for is the server's time, not theirs.
constexpr std::size_t kMostText = 200;

}  // namespace

Bystanders::Bystanders(std::unique_ptr<Visitor> writer, std::unique_ptr<Visitor> reader)
    : writer_(std::move(writer), 101),
      reader_(std::move(reader), 102),
      thread_([this] { write_to_each_other(); }) {}

Bystanders::~Bystanders() {
  stopped_ = true;
  thread_.join();
}

void Bystanders::write_to_each_other() {
  if (!writer_.joins() || !reader_.joins()) return;
  while (!stopped_) {
    const auto start = steady_clock::now();
    const std::size_t length = writer_.length();
    const bool said = length < kMostText ? writer_.types(0, "x") : writer_.erases(0, length);
    if (!said || !reader_.reads(writer_.text())) return;
    const auto took =
        std::chrono::duration_cast<microseconds>(steady_clock::now() - start).count();
    worst_ = std::max<std::int64_t>(worst_, took);
    ++arrived_;
    while (writer_.listens(milliseconds{0})) {
    }
    std::this_thread::sleep_for(kPause);
  }
}

bool Bystanders::are_well() const {
  const auto end = steady_clock::now() + kPatience;
  // What is under way now may have been sent before; what comes after it was not.
  const std::uint64_t enough = arrived_ + 2;
  while (arrived_ < enough) {
    if (steady_clock::now() > end) return false;
    std::this_thread::sleep_for(milliseconds{1});
  }
  return true;
}

}  // namespace plait::attack
