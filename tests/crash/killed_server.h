#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plait::crash {

/// A real `plait serve` on one data folder, which is killed and started again on the same port.
class KilledServer {
 public:
  KilledServer(std::string program, std::string data, std::string log);
  ~KilledServer();
  KilledServer(const KilledServer&) = delete;
  KilledServer& operator=(const KilledServer&) = delete;

  /// Comes back when the server listens; ends this program if it does not come up.
  void start();
  /// At once, wherever it is.
  void kill();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] const std::string& fingerprint() const noexcept { return fingerprint_; }

 private:
  const std::string program_;
  const std::string data_;
  const std::string log_;
  std::uint16_t port_ = 0;
  std::string fingerprint_;
  int output_ = -1;
  int pid_ = -1;  ///< none: it does not run
};

}  // namespace plait::crash
