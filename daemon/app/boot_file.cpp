#include "daemon/app/boot_file.h"

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/support/log.h"

namespace plait::app {
namespace {

std::string read_whole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// With a newline at its end. Empty where the kernel does not say: nothing is kept there.
const std::string& name_of_boot() {
  static const std::string kName = read_whole("/proc/sys/kernel/random/boot_id");
  return kName;
}

}  // namespace

std::vector<std::string> BootFile::read() {
  std::vector<std::string> parts;
  for (const std::string& path : {former_path(), path_}) {
    std::string part = read_whole(path);
    if (name_of_boot().empty() || !part.starts_with(name_of_boot())) continue;
    parts.push_back(part.substr(name_of_boot().size()));
  }
  return parts;
}

void BootFile::begin_anew(std::string_view bytes) {
  if (name_of_boot().empty()) return;
  // It may not be there, the first time.
  std::rename(path_.c_str(), former_path().c_str());
  file_ = Descriptor(::open(
      path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
  if (!file_.is_open()) return give_up();
  append(name_of_boot());
  append(bytes);
}

void BootFile::append(std::string_view bytes) {
  if (file_.is_open() && !write_all(file_.get(), bytes)) give_up();
}

void BootFile::give_up() {
  log::warning("what editors have open cannot be written down",
               {{"file", path_}, {"error", std::generic_category().message(errno)}});
  file_.close();
  std::remove(path_.c_str());
  std::remove(former_path().c_str());
}

}  // namespace plait::app
