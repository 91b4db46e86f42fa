#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/net/tls.h"

namespace plait::attack {

/// How long something that is going to happen may take on a busy machine.
inline constexpr std::chrono::milliseconds kPatience{20'000};

/// A TCP connection to this machine, with or without TLS, for one thread that waits: it says
/// what it is told, byte by byte if need be, and reads only when it is told to.
class Line {
 public:
  /// Without a context there is no TLS. Null if nobody is there, or the handshake failed.
  static std::unique_ptr<Line> dial(std::uint16_t port, const net::TlsContext* tls = nullptr,
                                    std::string_view fingerprint = {});
  ~Line();
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  /// Sends all of it; what arrives meanwhile is read, unless it is deaf. False once the other
  /// end has gone, or when it takes nothing for kPatience.
  bool say(std::string_view bytes);
  /// Reads until there is enough, the other end is done, or time is up. Whether there is.
  bool hear(const std::function<bool()>& enough,
            std::chrono::milliseconds patience = kPatience);
  /// From now on nothing is read, and the kernel keeps as little as it can for it.
  void goes_deaf();
  void hangs_up();

  /// What has been heard and not been taken, decrypted.
  [[nodiscard]] std::string& heard() noexcept { return heard_; }
  [[nodiscard]] bool has_ended() const noexcept { return ended_; }
  [[nodiscard]] const net::TlsSession* tls() const noexcept { return tls_.get(); }

 private:
  explicit Line(int socket) noexcept : socket_(socket) {}
  bool shake_hands(const net::TlsContext& context, std::string_view fingerprint);
  bool wait(short events, std::chrono::milliseconds patience);
  bool write(std::string_view bytes);
  void read();
  void take(std::string_view bytes);

  int socket_;
  std::unique_ptr<net::TlsSession> tls_;
  std::string heard_;
  bool ended_ = false;
  bool deaf_ = false;
};

}  // namespace plait::attack
