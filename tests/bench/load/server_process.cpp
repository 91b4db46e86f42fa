#include "tests/bench/load/server_process.h"

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include <unistd.h>

namespace plait::load {
namespace {

/// /proc/<pid>/stat, proc(5): these fields, counted from the one behind the program's name.
constexpr int kUserTicksField = 11;

Result<std::string> read_of(const std::optional<int>& pid, const char* what) {
  if (!pid) return fail(ErrorCode::NotFound, "which process is the server? --pid says so");
  std::ifstream file("/proc/" + std::to_string(*pid) + "/" + what);
  std::string content{std::istreambuf_iterator<char>(file), {}};
  if (content.empty()) return fail(ErrorCode::NotFound, "the server is not running");
  return content;
}

}  // namespace

Result<double> ServerProcess::cpu_seconds() const {
  auto stat = read_of(pid_, "stat");
  if (!stat) return forward_error(stat);
  std::istringstream fields(stat->substr(stat->rfind(')') + 1));
  std::string skipped;
  for (int i = 0; i < kUserTicksField; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  if (!(fields >> user >> system)) return fail(ErrorCode::System, "/proc/<pid>/stat is odd");
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

Result<std::size_t> ServerProcess::resident_bytes() const {
  auto statm = read_of(pid_, "statm");
  if (!statm) return forward_error(statm);
  std::istringstream fields(*statm);
  std::size_t total = 0;
  std::size_t resident = 0;
  if (!(fields >> total >> resident))
    return fail(ErrorCode::System, "/proc/<pid>/statm is odd");
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace plait::load
