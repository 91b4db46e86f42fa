#pragma once

#include <string>
#include <vector>

#include <unistd.h>

namespace plait::support {

/// A program that this one starts, with pipes for its standard input and output. It is killed
/// with this one, whatever becomes of it.
class ChildProcess {
 public:
  struct Order {
    std::vector<std::string> command;
    std::vector<std::string> environment = {};  ///< NAME=value, besides what is here
    std::string errors = "/dev/null";           ///< the file that standard error is added to
  };
  explicit ChildProcess(const Order& order);
  /// Kills it.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// At once, wherever it is; comes back when it is gone.
  void kill();
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

  /// Waits for a line of its standard output; an empty one if it has ended.
  std::string read_line();
  /// Waits until it has ended: all that it says before, and its exit code, -1 after a signal.
  struct Finished {
    int exit_code = -1;
    std::string output;
  };
  Finished finish();
  /// The pipes, which are the caller's from then on.
  [[nodiscard]] int release_input() noexcept;
  [[nodiscard]] int release_output() noexcept;

 private:
  int input_ = -1;
  int output_ = -1;
  pid_t pid_ = -1;  ///< none: it has ended, and nobody asks for it any more
};

}  // namespace plait::support
