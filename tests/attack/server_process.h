#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

#include "daemon/net/tls.h"
#include "tests/attack/visitor.h"
#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace plait::attack {

/// A real `plait serve` with TLS and a data folder of its own.
class ServerProcess {
 public:
  /// Ends this program if it does not come up.
  ServerProcess(std::string program, const std::vector<std::string>& options);

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] const std::string& program() const noexcept { return program_; }
  [[nodiscard]] const std::string& data() const noexcept { return data_; }
  [[nodiscard]] pid_t pid() const noexcept { return process_.pid(); }

  /// A connection behind the TLS handshake.
  [[nodiscard]] std::unique_ptr<Line> line() const;
  /// The same before it.
  [[nodiscard]] std::unique_ptr<Line> bare_line() const { return Line::dial(port_); }
  /// Somebody who was let in, or null.
  [[nodiscard]] std::unique_ptr<Visitor> visitor(const Knock& knock) const;

  /// What it has used of all processors so far.
  [[nodiscard]] std::chrono::microseconds cpu() const;
  [[nodiscard]] std::size_t memory_bytes() const { return status_kilobytes("VmRSS:") * 1024; }
  /// The most since forget_peak(), where this system tells.
  [[nodiscard]] std::size_t peak_memory_bytes() const {
    return status_kilobytes("VmHWM:") * 1024;
  }
  void forget_peak() const;
  /// What it has logged.
  [[nodiscard]] std::string log() const;
  /// Of /metrics; nothing if there is no such line.
  [[nodiscard]] std::optional<double> metric(const std::string& name) const;

 private:
  [[nodiscard]] std::size_t status_kilobytes(const std::string& field) const;

  std::string program_;
  support::TemporaryFolder folder_;
  std::string data_;
  net::TlsContext tls_;
  std::string fingerprint_;
  std::uint16_t port_ = 0;
  std::uint16_t metrics_port_ = 0;
  support::ChildProcess process_;
};

}  // namespace plait::attack
