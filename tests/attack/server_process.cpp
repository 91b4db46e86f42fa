#include "tests/attack/server_process.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "protocol/base/assert.h"

namespace plait::attack {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::uint16_t port_of(const std::string& line) {
  return static_cast<std::uint16_t>(std::atoi(line.c_str() + line.rfind(':') + 1));
}

std::vector<std::string> command(const std::string& program, const std::string& data,
                                 const std::vector<std::string>& options) {
  std::vector<std::string> words = {program,     "serve",       "--listen", "127.0.0.1:0",
                                    "--metrics", "127.0.0.1:0", "--data",   data};
  words.insert(words.end(), options.begin(), options.end());
  return words;
}

}  // namespace

ServerProcess::ServerProcess(std::string program, const std::vector<std::string>& options)
    : program_(std::move(program)),
      data_(folder_ / "data"),
      tls_(net::TlsContext::client().value()),
      process_({.command = command(program_, data_, options), .errors = folder_ / "log"}) {
  while (metrics_port_ == 0) {
    const std::string line = process_.read_line();
    PLAIT_ASSERT(!line.empty(), "the server to come up");
    if (line.starts_with("listening on ")) port_ = port_of(line);
    if (line.starts_with("fingerprint ")) fingerprint_ = line.substr(12);
    if (line.starts_with("metrics on ")) metrics_port_ = port_of(line);
  }
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
  const std::string tasks = "/proc/" + std::to_string(pid()) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks, ignored)) {
    nanoseconds += std::strtoull(read_file(task.path() / "schedstat").c_str(), nullptr, 10);
  }
  return std::chrono::microseconds{nanoseconds / 1000};
}

std::size_t ServerProcess::status_kilobytes(const std::string& field) const {
  const std::string status = read_file("/proc/" + std::to_string(pid()) + "/status");
  const std::size_t at = status.find(field);
  return at == std::string::npos
             ? 0
             : std::strtoull(status.c_str() + at + field.size(), nullptr, 10);
}

void ServerProcess::forget_peak() const {
  std::ofstream("/proc/" + std::to_string(pid()) + "/clear_refs") << '5';
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
