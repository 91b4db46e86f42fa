#include "daemon/folder/writer.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/folder/names.h"
#include "daemon/folder/rename.h"
#include "protocol/base/hex.h"

namespace plait::folder {
namespace {

constexpr mode_t kNewFileMode = 0644;
constexpr mode_t kPermissions = S_IRWXU | S_IRWXG | S_IRWXO;
constexpr mode_t kAnyExecute = S_IXUSR | S_IXGRP | S_IXOTH;
/// Others may make and remove a file for as long as they like; somebody has to win.
constexpr int kAttempts = 5;

/// Whoever may read may then also execute.
mode_t with_execution(mode_t mode, bool executable) noexcept {
  const mode_t readers = mode & (S_IRUSR | S_IRGRP | S_IROTH);
  return executable ? mode | readers >> 2 : mode & ~kAnyExecute;
}

Failure refuse_what_is_there(std::string_view path) {
  return fail(ErrorCode::Refused, std::string(path) + " is no regular file");
}

bool is_missing(const Error& error) { return error.code == ErrorCode::NotFound; }

/// Whether a file is what it is believed to be.
Result<bool> holds(const Descriptor& file, std::string_view path, const Expected& expected) {
  const auto* hash = std::get_if<crypto::Sha256Digest>(&expected);
  if (hash == nullptr) return true;
  const auto found = hash_of(file.fd());
  if (!found) return system_failure("reading", path);
  return *found == *hash;
}

Failure still_changing(std::string_view path) {
  return fail(ErrorCode::System, std::string(path) + " is made and removed all the time");
}

}  // namespace

/// A name of our own beside a file, and what is there: removed when it goes.
class Writer::Temporary {
 public:
  Temporary(int folder, std::string name) : folder_(folder), name_(std::move(name)) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (!name_.empty()) unlinkat(folder_, name_.c_str(), 0);
  }

  [[nodiscard]] NameIn at() const noexcept { return {folder_, name_.c_str()}; }
  [[nodiscard]] int folder() const noexcept { return folder_; }
  /// Nothing of ours is there any more, or it is left for the sweep.
  void let_go() noexcept { name_.clear(); }

  /// A new file, on disk when this is done if that is asked for. False with errno.
  [[nodiscard]] bool fill(const WriteOrder& order, mode_t mode) {
    file_ = Descriptor(openat(folder_, name_.c_str(),
                              O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                              S_IRUSR | S_IWUSR));
    return file_.is_open() && write_all(file_.fd(), order.bytes) &&
           fchmod(file_.fd(), mode) == 0 && (!order.is_synced || fsync(file_.fd()) == 0);
  }

  /// The file has its name. Once the folder is on disk, so is that.
  [[nodiscard]] Result<Written> finish(const WriteOrder& order,
                                       std::optional<Displaced> displaced) const {
    struct stat status {};
    if ((order.is_synced && fsync(folder_) != 0) || fstat(file_.fd(), &status) != 0) {
      return system_failure("writing", order.path);
    }
    return Written{Outcome::Done, stamp_of(status), std::move(displaced)};
  }

  [[nodiscard]] bool is_mine(NameIn there) const noexcept {
    struct stat mine {};
    struct stat found {};
    return fstat(file_.fd(), &mine) == 0 &&
           fstatat(there.folder, there.name, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
           mine.st_ino == found.st_ino && mine.st_dev == found.st_dev;
  }

 private:
  int folder_;
  std::string name_;
  Descriptor file_;
};

Writer::Writer(const Root& root, const Bin& bin, Random& random) : root_(&root), bin_(&bin) {
  std::array<std::uint8_t, 8> bytes{};
  random.fill(bytes);
  const std::string process(bytes.begin(), bytes.end());
  prefix_ = std::string(kTemporaryPrefix) + hex_of(process) + "-";
}

std::string Writer::temporary_name() { return prefix_ + std::to_string(next_temporary_++); }
bool Writer::is_left_over(std::string_view name) const {
  return is_temporary_name(name) && !name.starts_with(prefix_);
}

Result<Written> Writer::write(const WriteOrder& order) {
  if (auto checked = check_may_be_shared(order.path); !checked) return forward_error(checked);
  const bool expects_nothing = std::holds_alternative<Nothing>(order.expected);
  const bool expects_this = std::holds_alternative<crypto::Sha256Digest>(order.expected);

  auto place = expects_this ? root_->place_of(order.path) : root_->make_place(order.path);
  if (!place && is_missing(place.error())) return Written{.outcome = Outcome::Missing};
  if (!place) return forward_error(place);
  auto found = look_at(place->at(), order.path);
  if (!found) return forward_error(found);
  if (*found && !S_ISREG((*found)->st_mode)) return refuse_what_is_there(order.path);
  if (*found && expects_nothing) return Written{.outcome = Outcome::Occupied};
  if (!*found && expects_this) return Written{.outcome = Outcome::Missing};

  mode_t mode = *found ? (*found)->st_mode & kPermissions : kNewFileMode & ~root_->umask();
  if (order.executable != Executable::Keep) {
    mode = with_execution(mode, order.executable == Executable::On);
  }
  Temporary fresh(place->folder.fd(), temporary_name());
  if (!fresh.fill(order, mode)) return system_failure("writing", order.path);
  return put_in_place(fresh, place->at(), order);
}

Result<Written> Writer::put_in_place(Temporary& fresh, NameIn at, const WriteOrder& order) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (!std::holds_alternative<Nothing>(order.expected)) {
      int number = exchange(fresh.at(), at, root_->abilities());
      if (number == 0) return exchange_for(fresh, at, order);
      if (number == EINVAL) {
        auto written = rename_over(fresh, at, order);
        if (written || !is_missing(written.error())) return written;
        number = ENOENT;
      }
      if (number != ENOENT) return system_failure("writing", order.path, number);
      if (!std::holds_alternative<Anything>(order.expected)) {
        return Written{.outcome = Outcome::Missing};
      }
    }
    const int number = rename_to_free(fresh.at(), at, root_->abilities());
    if (number == 0) {
      fresh.let_go();
      return fresh.finish(order, /*displaced=*/std::nullopt);
    }
    if (number != EEXIST) return system_failure("writing", order.path, number);
    if (std::holds_alternative<Nothing>(order.expected)) {
      return Written{.outcome = Outcome::Occupied};
    }
  }
  return still_changing(order.path);
}

Result<Written> Writer::exchange_for(Temporary& fresh, NameIn at, const WriteOrder& order) {
  // What was replaced has the temporary name now, and goes with it.
  auto displaced = account_for(fresh.at(), order);
  if (displaced) return fresh.finish(order, *std::move(displaced));
  // Whatever comes out now that is not ours was put there a moment ago, and waits for the
  // sweep.
  const bool is_back = exchange(fresh.at(), at, root_->abilities()) == 0;
  if (!is_back || !fresh.is_mine(fresh.at())) fresh.let_go();
  return forward_error(displaced);
}

Result<Written> Writer::rename_over(Temporary& fresh, NameIn at, const WriteOrder& order) {
  auto displaced = account_for(at, order);
  if (!displaced) return forward_error(displaced);
  if (renameat(fresh.at().folder, fresh.at().name, at.folder, at.name) != 0) {
    return system_failure("writing", order.path);
  }
  fresh.let_go();
  return fresh.finish(order, *std::move(displaced));
}

Result<std::optional<Displaced>> Writer::account_for(NameIn replaced,
                                                     const WriteOrder& order) const {
  auto file = open_file(replaced, order.path);
  if (!file) return forward_error(file);
  auto expected = holds(*file, order.path, order.expected);
  if (!expected) return forward_error(expected);
  std::optional<Displaced> displaced;
  if (*expected && !order.keeps_replaced) return displaced;
  auto kept_at = bin_->keep_copy(order.path, *file);
  if (!kept_at) return forward_error(kept_at);
  if (*expected) return displaced;

  displaced.emplace().kept_at = *std::move(kept_at);
  if (!read_all(file->fd(), kMaxDisplacedBytes, displaced->bytes)) {
    return system_failure("reading", order.path);
  }
  displaced->is_whole = displaced->bytes.size() <= kMaxDisplacedBytes;
  if (!displaced->is_whole) displaced->bytes.pop_back();
  return displaced;
}

Result<Outcome> Writer::rename(std::string_view from, std::string_view to) {
  for (const auto path : {from, to}) {
    if (auto checked = check_may_be_shared(path); !checked) return forward_error(checked);
  }
  auto source = root_->place_of(from);
  if (!source && is_missing(source.error())) return Outcome::Missing;
  if (!source) return forward_error(source);
  auto found = look_at(source->at(), from);
  if (!found) return forward_error(found);
  if (!*found) return Outcome::Missing;
  if (!S_ISREG((*found)->st_mode) && !S_ISDIR((*found)->st_mode)) {
    return refuse_what_is_there(from);
  }
  auto target = root_->make_place(to);
  if (!target) return forward_error(target);
  const int number = rename_to_free(source->at(), target->at(), root_->abilities());
  if (number == EEXIST) return Outcome::Occupied;
  if (number == ENOENT) return Outcome::Missing;
  if (number != 0) return system_failure("renaming", from, number);
  if (fsync(source->folder.fd()) != 0 || fsync(target->folder.fd()) != 0) {
    return system_failure("renaming", from);
  }
  return Outcome::Done;
}

Result<Removed> Writer::remove(std::string_view path, const Expected& expected) {
  if (auto checked = check_may_be_shared(path); !checked) return forward_error(checked);
  auto place = root_->place_of(path);
  if (!place && is_missing(place.error())) return Removed{.outcome = Outcome::Missing};
  if (!place) return forward_error(place);
  auto found = look_at(place->at(), path);
  if (!found) return forward_error(found);
  if (!*found) return Removed{.outcome = Outcome::Missing};
  if (!S_ISREG((*found)->st_mode)) return refuse_what_is_there(path);
  if (std::holds_alternative<Nothing>(expected)) return Removed{.outcome = Outcome::Occupied};

  // Out of the way first: what is looked at then is what goes.
  const std::string aside_name = temporary_name();
  const NameIn aside{place->folder.fd(), aside_name.c_str()};
  const int number = rename_to_free(place->at(), aside, root_->abilities());
  if (number == ENOENT) return Removed{.outcome = Outcome::Missing};
  if (number != 0) return system_failure("removing", path, number);
  auto removed = into_bin(aside, path, expected);
  if (!removed || removed->outcome != Outcome::Done) {
    // If somebody has made another one meanwhile, this one waits for the sweep.
    (void)rename_to_free(aside, place->at(), root_->abilities());
  }
  if (fsync(place->folder.fd()) != 0) return system_failure("removing", path);
  return removed;
}

Result<Removed> Writer::into_bin(NameIn from, std::string_view path,
                                 const Expected& expected) const {
  auto file = open_file(from, path);
  if (!file) return forward_error(file);
  auto is_expected = holds(*file, path, expected);
  if (!is_expected) return forward_error(is_expected);
  if (!*is_expected) return Removed{.outcome = Outcome::Changed};
  auto kept_at = bin_->take(from, path);
  if (!kept_at) return forward_error(kept_at);
  return Removed{Outcome::Done, *std::move(kept_at)};
}

Result<Outcome> Writer::make_folder(std::string_view path) {
  if (auto checked = check_may_be_shared(path); !checked) return forward_error(checked);
  auto found = root_->stat(path);
  if (!found) return forward_error(found);
  if (*found) return (*found)->kind == FileKind::Folder ? Outcome::Done : Outcome::Occupied;
  auto made = root_->make_folder(path);
  if (!made) return forward_error(made);
  return Outcome::Done;
}

Result<Outcome> Writer::remove_folder(std::string_view path) {
  if (auto checked = check_may_be_shared(path); !checked) return forward_error(checked);
  auto place = root_->place_of(path);
  if (!place && is_missing(place.error())) return Outcome::Missing;
  if (!place) return forward_error(place);
  if (unlinkat(place->folder.fd(), place->name.c_str(), AT_REMOVEDIR) == 0) {
    if (fsync(place->folder.fd()) != 0) return system_failure("removing", path);
    return Outcome::Done;
  }
  if (errno == ENOENT) return Outcome::Missing;
  if (errno == ENOTEMPTY || errno == EEXIST) return Outcome::Occupied;
  if (errno == ENOTDIR) return fail(ErrorCode::Refused, std::string(path) + " is no folder");
  return system_failure("removing", path);
}

Result<Outcome> Writer::set_executable(std::string_view path, bool executable) {
  if (auto checked = check_may_be_shared(path); !checked) return forward_error(checked);
  auto place = root_->place_of(path);
  if (!place && is_missing(place.error())) return Outcome::Missing;
  if (!place) return forward_error(place);
  auto file = open_file(place->at(), path);
  if (!file && is_missing(file.error())) return Outcome::Missing;
  if (!file) return forward_error(file);
  struct stat status {};
  if (fstat(file->fd(), &status) != 0 ||
      fchmod(file->fd(), with_execution(status.st_mode & kPermissions, executable)) != 0) {
    return system_failure("changing the mode of", path);
  }
  return Outcome::Done;
}

Result<std::string> Writer::sweep(std::string_view path) {
  auto place = root_->place_of(path);
  if (!place) return forward_error(place);
  return bin_->take(place->at(), path);
}

}  // namespace plait::folder
