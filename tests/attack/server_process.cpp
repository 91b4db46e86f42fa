#include "tests/attack/server_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/base/assert.h"

namespace plait::attack {
namespace {

/// A process whose standard output is `output`, and whose standard error is a file.
pid_t spawn(const std::vector<std::string>& command, int output, const std::string& errors) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = fork();
  PLAIT_ASSERT(child >= 0, "a process to be made");
  if (child > 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // whatever becomes of this program
  dup2(output, STDOUT_FILENO);
  dup2(open(errors.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600), STDERR_FILENO);
  execv(arguments[0], arguments.data());
  _exit(127);
}

/// Reads a line, or what there is of it when the other end goes.
std::string read_line(int from) {
  std::string line;
  for (char c = 0; read(from, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::uint16_t port_of(const std::string& line) {
  return static_cast<std::uint16_t>(std::atoi(line.c_str() + line.rfind(':') + 1));
}

}  // namespace

Finished run(const std::vector<std::string>& command) {
  std::array<int, 2> pipe_ends{};
  PLAIT_ASSERT(pipe2(pipe_ends.data(), O_CLOEXEC) == 0, "a pipe to be made");
  const pid_t child = spawn(command, pipe_ends[1], "/dev/null");
  close(pipe_ends[1]);
  Finished finished;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t got = read(pipe_ends[0], buffer.data(), buffer.size());
    if (got <= 0) break;
    finished.output.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status)) finished.exit_code = WEXITSTATUS(status);
  return finished;
}

ServerProcess::ServerProcess(std::string program, const std::vector<std::string>& options)
    : program_(std::move(program)),
      data_(folder_ / "data"),
      tls_(net::TlsContext::client().value()) {
  std::vector<std::string> command = {program_,    "serve",       "--listen", "127.0.0.1:0",
                                      "--metrics", "127.0.0.1:0", "--data",   data_};
  command.insert(command.end(), options.begin(), options.end());
  std::array<int, 2> pipe_ends{};
  PLAIT_ASSERT(pipe2(pipe_ends.data(), O_CLOEXEC) == 0, "a pipe to be made");
  pid_ = spawn(command, pipe_ends[1], folder_ / "log");
  close(pipe_ends[1]);
  output_ = pipe_ends[0];
  while (metrics_port_ == 0) {
    const std::string line = read_line(output_);
    PLAIT_ASSERT(!line.empty() || waitpid(pid_, nullptr, WNOHANG) == 0,
                 "the server to come up");
    if (line.starts_with("listening on ")) port_ = port_of(line);
    if (line.starts_with("fingerprint ")) fingerprint_ = line.substr(12);
    if (line.starts_with("metrics on ")) metrics_port_ = port_of(line);
  }
}

ServerProcess::~ServerProcess() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  close(output_);
}

std::unique_ptr<Line> ServerProcess::line() const {
  return Line::dial(port_, &tls_, fingerprint_);
}

std::unique_ptr<Visitor> ServerProcess::visitor(const Knock& knock) const {
  auto dialled = line();
  if (!dialled) return nullptr;
  auto made = std::make_unique<Visitor>(std::move(dialled));
  return made->knocks(knock) == 101 ? std::move(made) : nullptr;
}

std::chrono::microseconds ServerProcess::cpu() const {
  std::uint64_t nanoseconds = 0;
  std::error_code ignored;
  const std::string tasks = "/proc/" + std::to_string(pid_) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks, ignored)) {
    nanoseconds += std::strtoull(read_file(task.path() / "schedstat").c_str(), nullptr, 10);
  }
  return std::chrono::microseconds{nanoseconds / 1000};
}

std::size_t ServerProcess::status_kilobytes(const std::string& field) const {
  const std::string status = read_file("/proc/" + std::to_string(pid_) + "/status");
  const std::size_t at = status.find(field);
  return at == std::string::npos
             ? 0
             : std::strtoull(status.c_str() + at + field.size(), nullptr, 10);
}

void ServerProcess::forget_peak() const {
  std::ofstream("/proc/" + std::to_string(pid_) + "/clear_refs") << '5';
}

std::string ServerProcess::log() const { return read_file(folder_ / "log"); }

std::optional<double> ServerProcess::metric(const std::string& name) const {
  const auto line = Line::dial(metrics_port_);
  if (!line) return std::nullopt;
  line->say("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  line->hear([] { return false; });
  const std::size_t at = line->heard().find('\n' + name + ' ');
  if (at == std::string::npos) return std::nullopt;
  return std::strtod(line->heard().c_str() + at + name.size() + 2, nullptr);
}

}  // namespace plait::attack
