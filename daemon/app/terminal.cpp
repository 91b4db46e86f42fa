#include "daemon/app/terminal.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <iostream>

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <termios.h>

#include "daemon/app/descriptor.h"

namespace plait::app {
namespace {

constexpr std::size_t kMaxLineBytes = 1024;

/// Signals wait as long as this is there, so that whoever ends a program leaves a terminal that
/// shows what is typed.
class Deferred {
 public:
  Deferred() {
    sigset_t signals{};
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) {
      sigaddset(&signals, signal);
    }
    pthread_sigmask(SIG_BLOCK, &signals, &before_);
    pending_ = Descriptor(::signalfd(-1, &signals, SFD_CLOEXEC));
  }
  ~Deferred() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  Deferred(const Deferred&) = delete;
  Deferred& operator=(const Deferred&) = delete;

  /// Waits for something to read. False: a signal came first.
  [[nodiscard]] bool may_read(int from) const {
    std::array<pollfd, 2> ready{{{from, POLLIN, 0}, {pending_.get(), POLLIN, 0}}};
    while (::poll(ready.data(), ready.size(), /*timeout=*/-1) < 0 && errno == EINTR) {
    }
    return (ready[1].revents & POLLIN) == 0;
  }

 private:
  sigset_t before_{};
  Descriptor pending_;
};

/// A terminal that does not show what is typed.
class Hidden {
 public:
  explicit Hidden(int terminal) : terminal_(terminal) {
    if (tcgetattr(terminal_, &before_) != 0) return;
    termios now = before_;
    now.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    is_hidden_ = tcsetattr(terminal_, TCSAFLUSH, &now) == 0;
  }
  ~Hidden() {
    if (is_hidden_) tcsetattr(terminal_, TCSAFLUSH, &before_);
  }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;

  [[nodiscard]] bool works() const noexcept { return is_hidden_; }

 private:
  const int terminal_;
  termios before_{};
  bool is_hidden_ = false;
};

std::string read_line(int from) {
  std::string line;
  char c = 0;
  while (line.size() < kMaxLineBytes && !read_some(from, {&c, 1}).empty() && c != '\n') {
    line += c;
  }
  return line;
}

}  // namespace

bool is_watched() { return ::isatty(STDERR_FILENO) == 1; }

Result<std::string> ask_secret(std::string_view prompt) {
  const Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  const Deferred signals;
  const Hidden hidden(terminal.get());
  if (!hidden.works()) return fail(ErrorCode::Refused, "there is no terminal to ask on");
  write_all(terminal.get(), prompt);
  std::string line;
  if (signals.may_read(terminal.get())) line = read_line(terminal.get());
  write_all(terminal.get(), "\n");
  if (line.empty()) return fail(ErrorCode::Refused, "nothing was typed");
  return line;
}

Result<std::string> read_input_line() {
  std::string line = read_line(STDIN_FILENO);
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  if (line.empty()) return fail(ErrorCode::NotFound, "standard input has no line");
  return line;
}

std::string shown(std::string_view text) {
  std::string line;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    // The second kind has two bytes of UTF-8: U+0080 to U+009F, which terminals listen to.
    const bool is_control = byte < 0x20 || byte == 0x7f;
    const bool is_second_control = byte == 0xc2 && next >= 0x80 && next < 0xa0;
    line += is_control || is_second_control ? ' ' : text[i];
    if (is_second_control) ++i;
  }
  return line;
}

}  // namespace plait::app
