#pragma once

#include <span>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "protocol/base/result.h"

namespace plait::app {

/// A file descriptor that is closed in the end.
class Descriptor {
 public:
  explicit Descriptor(int descriptor = -1) noexcept : descriptor_(descriptor) {}
  Descriptor(Descriptor&& other) noexcept : descriptor_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    close();
    descriptor_ = other.release();
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }
  [[nodiscard]] int get() const noexcept { return descriptor_; }
  /// It is somebody else's to close.
  [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }
  void close() noexcept {
    if (is_open()) ::close(release());
  }

 private:
  int descriptor_;
};

/// What is written to `in` can be read from `out`.
struct Pipe {
  Descriptor out;
  Descriptor in;
};
Result<Pipe> make_pipe();

/// Waits for the next bytes, and puts them into `room`. Nothing at the end, or if it fails.
std::string_view read_some(int from, std::span<char> room) noexcept;
/// Waits until all of it is written; false if the other end takes no more.
bool write_all(int to, std::string_view bytes) noexcept;

}  // namespace plait::app
