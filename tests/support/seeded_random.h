#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ostream>
#include <random>

namespace plait::support {

/// Random numbers for one test case, the same in every run unless PLAIT_SEED is set. A case
/// that begins with BOOST_TEST_INFO_SCOPE(random) prints the seed when a check in it fails.
class SeededRandom {
 public:
  SeededRandom() : SeededRandom(given_seed()) {}
  explicit SeededRandom(std::uint64_t seed) : seed_(seed), engine_(seed) {}

  /// From 0 to count - 1.
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(engine_() % static_cast<std::uint64_t>(count));
  }
  bool one_in(std::size_t count) { return below(count) == 0; }
  std::uint64_t bits() { return engine_(); }

  template <class List>
  const auto& pick(const List& list) {
    return *(std::begin(list) + static_cast<std::ptrdiff_t>(below(std::size(list))));
  }

  friend std::ostream& operator<<(std::ostream& out, const SeededRandom& random) {
    return out << "PLAIT_SEED=" << random.seed_;
  }

 private:
  static std::uint64_t given_seed() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment of a test
    const char* seed = std::getenv("PLAIT_SEED");
    return seed == nullptr ? 1 : std::strtoull(seed, nullptr, 10);
  }

  std::uint64_t seed_;
  std::mt19937_64 engine_;
};

}  // namespace plait::support
