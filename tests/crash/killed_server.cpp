#include "tests/crash/killed_server.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/base/assert.h"

namespace plait::crash {
namespace {

/// Reads a line; an empty one if the other end has gone.
std::string read_line(int from) {
  std::string line;
  for (char c = 0; read(from, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

}  // namespace

KilledServer::KilledServer(std::string program, std::string data, std::string log)
    : program_(std::move(program)), data_(std::move(data)), log_(std::move(log)) {}

KilledServer::~KilledServer() { kill(); }

void KilledServer::start() {
  const std::string listen = "127.0.0.1:" + std::to_string(port_);
  std::vector<std::string> command = {program_, "serve", "--listen", listen, "--data", data_};
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  std::array<int, 2> ends{};
  PLAIT_ASSERT(pipe2(ends.data(), O_CLOEXEC) == 0, "a pipe to be made");
  const int errors = open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  pid_ = fork();
  PLAIT_ASSERT(pid_ >= 0, "a process to be made");
  if (pid_ == 0) {
    dup2(ends[1], STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(ends[1]);
  close(errors);
  output_ = ends[0];
  fingerprint_.clear();
  while (fingerprint_.empty()) {
    const std::string line = read_line(output_);
    PLAIT_ASSERT(!line.empty(), "the server to come up");
    if (line.starts_with("listening on ")) {
      port_ = static_cast<std::uint16_t>(std::atoi(line.c_str() + line.rfind(':') + 1));
    }
    if (line.starts_with("fingerprint ")) fingerprint_ = line.substr(12);
  }
}

void KilledServer::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  close(output_);
  pid_ = -1;
}

}  // namespace plait::crash
