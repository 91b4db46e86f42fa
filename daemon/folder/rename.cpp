#include "daemon/folder/rename.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>

namespace plait::folder {
namespace {

/// EINVAL if the kernel, the file system or a sandbox does not know the flags.
int rename_with(NameIn from, NameIn to, unsigned flags, const Abilities& abilities) noexcept {
  if (!abilities.exchanges) return EINVAL;
  const int status = renameat2(from.folder, from.name, to.folder, to.name, flags);
  if (status == 0) return 0;
  return errno == ENOSYS ? EINVAL : errno;
}

}  // namespace

int rename_to_free(NameIn from, NameIn to, const Abilities& abilities) noexcept {
  const int number = rename_with(from, to, RENAME_NOREPLACE, abilities);
  if (number != EINVAL) return number;
  struct stat status {};
  if (fstatat(to.folder, to.name, &status, AT_SYMLINK_NOFOLLOW) == 0) return EEXIST;
  if (errno != ENOENT) return errno;
  // Also what tells a folder that is to go into itself.
  return renameat(from.folder, from.name, to.folder, to.name) == 0 ? 0 : errno;
}

int exchange(NameIn a, NameIn b, const Abilities& abilities) noexcept {
  return rename_with(a, b, RENAME_EXCHANGE, abilities);
}

}  // namespace plait::folder
