#include "daemon/app/process_limits.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "daemon/support/log.h"

namespace plait::app {
namespace {

constexpr mode_t kPrivate = S_IRWXG | S_IRWXO;

mode_t given_umask = S_IWGRP | S_IWOTH;

}  // namespace

mode_t umask_of_person() noexcept { return given_umask; }

void set_process_limits() {
  given_umask = umask(kPrivate);

  // The limit alone would not do: it does not hold for a program that the kernel pipes a dump
  // to.
  const rlimit none{0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    log::warning("this process may leave a core dump");
  }

  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &files) != 0) log::warning("the limit of open files stays low");
}

}  // namespace plait::app
