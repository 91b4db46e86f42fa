#include "tests/attack/line.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/crypto/fingerprint.h"

namespace plait::attack {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::unique_ptr<Line> Line::dial(std::uint16_t port, const net::TlsContext* tls,
                                 std::string_view fingerprint) {
  const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) return nullptr;
  std::unique_ptr<Line> line(new Line(made));
  const int one = 1;
  setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return nullptr;
  }
  if (tls != nullptr && !line->shake_hands(*tls, fingerprint)) return nullptr;
  return line;
}

Line::~Line() { hangs_up(); }

void Line::hangs_up() {
  if (socket_ >= 0) close(std::exchange(socket_, -1));
  ended_ = true;
}

bool Line::shake_hands(const net::TlsContext& context, std::string_view fingerprint) {
  net::ServerIdentity server{"127.0.0.1", {}};
  if (const auto known = crypto::Fingerprint::parse(fingerprint)) server.fingerprint = *known;
  auto session = net::TlsSession::connect(context, std::move(server));
  if (!session) return false;
  tls_ = *std::move(session);
  std::string hello;
  if (!tls_->start(hello) || !write(hello)) return false;
  return hear([this] { return tls_->handshake_done(); });
}

bool Line::wait(short events, milliseconds patience) {
  pollfd waiting{socket_, events, 0};
  const int timeout = static_cast<int>(std::max<std::int64_t>(0, patience.count()));
  return poll(&waiting, 1, timeout) > 0 && waiting.revents != 0;
}

bool Line::say(std::string_view bytes) {
  if (ended_) return false;
  if (!tls_) return write(bytes);
  std::string ciphertext;
  return tls_->write(bytes, ciphertext) && write(ciphertext);
}

bool Line::write(std::string_view bytes) {
  while (!bytes.empty() && !ended_) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN && errno != EINTR) {
      // What it said before it went is still there to be read.
      while (!ended_ && wait(POLLIN, milliseconds{0})) read();
      ended_ = true;
    } else if (!wait(deaf_ ? POLLOUT : POLLOUT | POLLIN, kPatience)) {
      return false;
    } else if (!deaf_ && wait(POLLIN, milliseconds{0})) {
      read();
    }
  }
  return bytes.empty();
}

bool Line::hear(const std::function<bool()>& enough, milliseconds patience) {
  const auto end = steady_clock::now() + patience;
  while (!enough()) {
    const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
    if (ended_ || left.count() <= 0) return false;
    if (wait(POLLIN, left)) read();
  }
  return true;
}

void Line::read() {
  std::array<char, std::size_t{64} << 10> buffer{};
  const ssize_t got = recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got > 0) {
    take({buffer.data(), static_cast<std::size_t>(got)});
  } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
    ended_ = true;
  }
}

void Line::take(std::string_view bytes) {
  if (!tls_) {
    heard_ += bytes;
    return;
  }
  std::array<char, std::size_t{16} << 10> plaintext{};
  std::string answer;
  tls_->feed(bytes);
  for (;;) {
    const auto count = tls_->read(plaintext, answer);
    if (!count) {
      ended_ = true;
      return;
    }
    if (*count == 0) break;
    heard_.append(plaintext.data(), *count);
  }
  if (tls_->closed_by_peer()) ended_ = true;
  if (!answer.empty()) write(answer);
}

void Line::goes_deaf() {
  deaf_ = true;
  const int little = 4096;
  setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
}

}  // namespace plait::attack
