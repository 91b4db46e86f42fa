#include "tests/support/child_process.h"

#include <array>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/base/assert.h"

namespace plait::support {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> all;
  all.reserve(words.size());
  for (const std::string& word : words) all.push_back(const_cast<char*>(word.c_str()));
  return all;
}

}  // namespace

ChildProcess::ChildProcess(const Order& order) {
  // All that allocates is done before the fork.
  std::vector<char*> arguments = pointers(order.command);
  arguments.push_back(nullptr);
  std::vector<char*> environment = pointers(order.environment);
  for (char** here = environ; *here != nullptr; ++here) environment.push_back(*here);
  environment.push_back(nullptr);

  std::array<int, 2> in{};
  std::array<int, 2> out{};
  PLAIT_ASSERT(pipe2(in.data(), O_CLOEXEC) == 0, "a pipe to be made");
  PLAIT_ASSERT(pipe2(out.data(), O_CLOEXEC) == 0, "a pipe to be made");
  const int errors =
      open(order.errors.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  pid_ = fork();
  PLAIT_ASSERT(pid_ >= 0, "a process to be made");
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    execve(arguments[0], arguments.data(), environment.data());
    _exit(127);
  }
  for (const int theirs : {in[0], out[1], errors}) close(theirs);
  input_ = in[1];
  output_ = out[0];
}

ChildProcess::~ChildProcess() {
  kill();
  for (const int end : {input_, output_}) {
    if (end >= 0) close(end);
  }
}

void ChildProcess::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(std::exchange(pid_, -1), nullptr, 0);
}

std::string ChildProcess::read_line() {
  std::string line;
  for (char c = 0; read(output_, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

ChildProcess::Finished ChildProcess::finish() {
  Finished finished;
  std::array<char, 4096> piece{};
  for (;;) {
    const ssize_t got = read(output_, piece.data(), piece.size());
    if (got <= 0) break;
    finished.output.append(piece.data(), static_cast<std::size_t>(got));
  }
  int status = 0;
  waitpid(std::exchange(pid_, -1), &status, 0);
  if (WIFEXITED(status)) finished.exit_code = WEXITSTATUS(status);
  return finished;
}

int ChildProcess::release_input() noexcept { return std::exchange(input_, -1); }

int ChildProcess::release_output() noexcept { return std::exchange(output_, -1); }

}  // namespace plait::support
