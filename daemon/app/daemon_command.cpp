#include "daemon/app/daemon_command.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "daemon/app/daemon_host.h"
#include "daemon/app/daemon_process.h"
#include "daemon/app/log_file.h"
#include "daemon/app/process_limits.h"

namespace plait::app {
namespace {

/// What the child that stays says to its parent when it listens.
constexpr std::string_view kListens = "listens";

Failure failed(const std::string& what, int why) {
  return fail(ErrorCode::System, what + ": " + std::generic_category().message(why));
}

std::string read_all(const Descriptor& from) {
  std::string text;
  std::array<char, 1024> room{};
  for (;;) {
    const std::string_view piece = read_some(from.get(), room);
    if (piece.empty()) return text;
    text += piece;
  }
}

Result<std::unique_ptr<DaemonProcess>> begin(const Home& home, const DaemonOptions& options,
                                             LogFile* log) {
  const auto make = [&home](loop::Loop& loop) { return DaemonHost::start(loop, home); };
  return DaemonProcess::start(home, make, options.idle_exit, log);
}

Result<void> run_here(const Home& home, const DaemonOptions& options) {
  auto process = begin(home, options, /*log=*/nullptr);
  if (!process) return forward_error(process);
  (*process)->run();
  return {};
}

/// What has to be left behind by a process that stays.
Result<void> leave_terminal(const LogFile& log) {
  ::setsid();
  ::prctl(PR_SET_NAME, "plait");  // and not "exe", as which it was started
  if (::chdir("/") != 0) return failed("going to /", errno);
  const Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!nothing.is_open() || ::dup2(nothing.get(), STDIN_FILENO) < 0) {
    return failed("opening /dev/null", errno);
  }
  return log.attach();
}

Result<void> run_behind(const Home& home, const DaemonOptions& options, Descriptor& to) {
  auto log = LogFile::open(home.path_of(kLogFolder));
  if (!log) return forward_error(log);
  if (auto left = leave_terminal(*log); !left) return left;
  auto process = begin(home, options, &*log);
  if (!process) return forward_error(process);
  write_all(to.get(), kListens);
  to.close();
  (*process)->run();
  return {};
}

/// Comes back when the child listens. The child itself does not come back.
Result<void> detach(const Home& home, const DaemonOptions& options) {
  auto pipe = make_pipe();
  if (!pipe) return forward_error(pipe);
  // Before there is a loop or a thread, which would not go along.
  const pid_t child = ::fork();
  if (child < 0) return failed("making a process", errno);
  if (child == 0) {
    const auto ran = run_behind(home, options, pipe->in);
    if (!ran && pipe->in.is_open()) write_all(pipe->in.get(), ran.error().message);
    ::_exit(ran ? 0 : 1);
  }
  pipe->in.close();
  const std::string said = read_all(pipe->out);
  if (said == kListens) return {};
  return fail(ErrorCode::System, said.empty() ? "it ended at once" : said);
}

/// Signals are as a program expects them, whatever this one does with them.
class SpawnAttributes {
 public:
  SpawnAttributes() {
    posix_spawnattr_init(&attributes_);
    sigset_t none{};
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    sigset_t usual{};
    sigemptyset(&usual);
    for (const int signal : {SIGPIPE, SIGHUP, SIGTERM, SIGINT}) sigaddset(&usual, signal);
    posix_spawnattr_setsigdefault(&attributes_, &usual);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;

  [[nodiscard]] const posix_spawnattr_t* get() const noexcept { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

/// Nothing that is open here is open there, but what it may say on standard error.
class SpawnFiles {
 public:
  explicit SpawnFiles(int errors) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
  }
  ~SpawnFiles() { posix_spawn_file_actions_destroy(&actions_); }
  SpawnFiles(const SpawnFiles&) = delete;
  SpawnFiles& operator=(const SpawnFiles&) = delete;

  [[nodiscard]] const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

/// The last line that a program said, without its own name.
std::string last_words(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  text.erase(0, text.rfind('\n') + 1);
  constexpr std::string_view kName = "plait daemon: ";
  if (text.starts_with(kName)) text.erase(0, kName.size());
  return text;
}

}  // namespace

Result<void> run_daemon(const DaemonOptions& options) {
  const auto folder = home_folder();
  if (!folder) return Failure{folder.error()};
  auto home = Home::open(*folder);
  if (!home) return forward_error(home);
  // Held until the end, and across fork().
  auto lock = DaemonLock::take(*home);
  if (!lock) return forward_error(lock);
  if (!*lock) return fail(ErrorCode::Refused, "a daemon runs already for " + *folder);
  return options.foreground ? run_here(*home, options) : detach(*home, options);
}

Result<void> start_daemon(const Home& home) {
  auto errors = make_pipe();
  if (!errors) return forward_error(errors);
  std::string program = "plait";
  std::string verb = "daemon";
  const std::array<char*, 3> arguments{program.data(), verb.data(), nullptr};
  pid_t child = -1;
  const SpawnFiles files(errors->in.get());
  const SpawnAttributes attributes;
  const mode_t own_umask = ::umask(umask_of_person());  // which it is to know as well
  // What this process runs, whatever lies at that path by now.
  const int status = ::posix_spawn(&child, "/proc/self/exe", files.get(), attributes.get(),
                                   arguments.data(), environ);
  ::umask(own_umask);
  if (status != 0) return failed("starting the daemon", status);
  errors->in.close();
  std::string said = last_words(read_all(errors->out));
  int ended = 0;
  while (::waitpid(child, &ended, 0) < 0 && errno == EINTR) {
  }
  if ((WIFEXITED(ended) && WEXITSTATUS(ended) == 0) || DaemonLock::is_taken(home)) return {};
  if (said.empty()) said = "it ended at once";
  return fail(ErrorCode::System, "the daemon cannot be started: " + said);
}

}  // namespace plait::app
