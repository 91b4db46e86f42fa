#include "tests/demo/terminal.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace plait::demo {
namespace {

constexpr std::string_view kEnter = "\x1B[?1049h\x1B[?25l\x1B[?7l\x1B[2J";
constexpr std::string_view kLeave = "\x1B[0m\x1B[?7h\x1B[?25h\x1B[?1049l";

constexpr std::array kEndings{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGABRT};

// Signal handlers find nothing but globals.
bool has_input_modes = false;
termios input_modes;  // as they were
volatile std::sig_atomic_t is_spoilt = 0;

// Safe to be called by a signal handler, as are the two below.
void write_all(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t written = write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // whoever closed the terminal does not look at it
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void enter() noexcept {
  if (has_input_modes) {
    termios silent = input_modes;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &silent);
  }
  write_all(kEnter);
}

void leave() noexcept {
  write_all(kLeave);
  // What was typed meanwhile was not meant for the shell.
  if (has_input_modes) tcsetattr(STDIN_FILENO, TCSAFLUSH, &input_modes);
}

extern "C" void end_by_signal(int signal) noexcept {
  leave();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

extern "C" void pause_by_signal(int) noexcept {
  const int error = errno;
  leave();
  std::raise(SIGSTOP);
  enter();
  is_spoilt = 1;
  errno = error;
}

/// The value of an environment variable, or an empty one.
std::string_view environment(const char* name) noexcept {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread, and it changes nothing there
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

}  // namespace

bool Terminal::is_there() noexcept {
  const std::string_view kind = environment("TERM");
  return isatty(STDOUT_FILENO) == 1 && !kind.empty() && kind != "dumb";
}

bool Terminal::has_unicode() noexcept {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view locale = environment(name);
    if (locale.empty()) continue;
    for (const std::string_view wanted : {"UTF-8", "utf-8", "UTF8", "utf8"}) {
      if (locale.find(wanted) != std::string_view::npos) return true;
    }
    return false;
  }
  return false;
}

Terminal::Terminal() {
  has_input_modes = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &input_modes) == 0;
  for (const int ending : kEndings) std::signal(ending, end_by_signal);
  std::signal(SIGTSTP, pause_by_signal);
  enter();
}

Terminal::~Terminal() {
  for (const int ending : kEndings) std::signal(ending, SIG_DFL);
  std::signal(SIGTSTP, SIG_DFL);
  leave();
}

Size Terminal::size() noexcept {
  winsize window{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0) return {80, 24};
  return {window.ws_col, window.ws_row};
}

void Terminal::show(const Canvas& canvas) {
  std::string out;
  if (is_spoilt != 0 || !shown_ || shown_->size() != canvas.size()) {
    is_spoilt = 0;
    out = "\x1B[0m\x1B[2J";
    shown_.emplace(canvas.size(), canvas.unicode());
  }
  out += canvas.changes_since(*shown_);
  // Terminals that know this mode show all of it at once, others ignore it.
  if (!out.empty()) write_all("\x1B[?2026h" + out + "\x1B[?2026l");
  *shown_ = canvas;
}

}  // namespace plait::demo
