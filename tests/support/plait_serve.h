#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/support/child_process.h"

namespace plait::support {

/// A real `plait serve` on one data folder, which may be killed and started again: on the same
/// port, as it was.
class PlaitServe {
 public:
  PlaitServe(std::string program, std::string data, std::string log);

  /// Comes back when the server listens; ends this program if it does not come up.
  void start();
  /// At once, wherever it is.
  void kill() { process_.reset(); }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] const std::string& fingerprint() const noexcept { return fingerprint_; }
  [[nodiscard]] pid_t pid() const { return process_->pid(); }
  /// Waits for the link for a first owner, which a server prints that has no workspaces yet.
  [[nodiscard]] std::string first_owner();

 private:
  /// What is behind the next line's name; ends this program if there is no such line.
  std::string next(const std::string& name);

  const std::string program_;
  const std::string data_;
  const std::string log_;
  std::uint16_t port_ = 0;
  std::string fingerprint_;
  std::optional<ChildProcess> process_;
};

}  // namespace plait::support
