#include "tests/sim/system/sim_disk.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "daemon/crypto/digest.h"
#include "daemon/folder/names.h"
#include "protocol/base/relative_path.h"

namespace plait::sim::system {

using namespace std::chrono_literals;
using folder::Outcome;

namespace {

bool is_expected(const folder::Expected& expected, const std::string& bytes) {
  const auto* const hash = std::get_if<crypto::Sha256Digest>(&expected);
  return hash == nullptr || *hash == crypto::sha256(bytes);
}

Failure no_space(const std::string& path) {
  return fail(ErrorCode::System, path + ": no space left on device");
}

}  // namespace

SimDisk::SimDisk(SimFolder& folder, const DiskHabits& habits, const Around& around,
                 Chance chance)
    : folder_(folder),
      habits_(habits),
      around_(around),
      chance_(chance),
      self_(std::make_shared<SimDisk*>(this)) {}

SimDisk::~SimDisk() {
  *self_ = nullptr;
  if (listener_ != nullptr) folder_.on_change = {};
}

// Orders --------------------------------------------------------------------------------------

/// What was begun before the disk goes is completed, and nobody hears of it.
template <class T, class Act>
void SimDisk::order(std::string_view what, Act act, Answer<T> answer) {
  const auto later = [this](MonotonicTime& latest, MonotonicTime from) {
    latest = std::max(latest, from + chance_.between(0us, habits_.slowest_order));
    return latest;
  };
  const MonotonicTime done_at = later(latest_order_, around_.clock.now());
  const MonotonicTime told_at = later(latest_answer_, done_at);
  around_.agenda.at(done_at,
                    [self = self_, agenda = &around_.agenda, told_at, name = std::string(what),
                     act = std::move(act), answer = std::move(answer)]() mutable {
                      if (*self == nullptr) return;
                      const Around& around = (*self)->around_;
                      around.trace.note(around.clock.now(), name, around.machine);
                      auto result = std::make_shared<Result<T>>(act());
                      agenda->at(told_at, [self, result, answer = std::move(answer)] {
                        if (*self != nullptr && answer) answer(std::move(*result));
                      });
                    });
}

Result<void> SimDisk::check(std::string_view path) const {
  auto checked = check_relative_path(path);
  if (checked) checked = folder::check_may_be_shared(path);
  if (!checked) around_.on_wrong("an order for " + std::string(path));
  return checked;
}

void SimDisk::scan(Answer<folder::Scan> answer) {
  order<folder::Scan>(
      "scan", [this]() -> Result<folder::Scan> { return folder_.scan(); }, std::move(answer));
}

void SimDisk::classify(std::vector<std::string> paths,
                       Answer<std::vector<folder::Sharing>> answer) {
  order<std::vector<folder::Sharing>>(
      "classify",
      [paths = std::move(paths)]() -> Result<std::vector<folder::Sharing>> {
        std::vector<folder::Sharing> sharing;
        for (const std::string& path : paths) {
          sharing.push_back(folder::is_never_shared(path) ? folder::Sharing::Never
                                                          : folder::Sharing::Shared);
        }
        return sharing;
      },
      std::move(answer));
}

void SimDisk::accept_ignore_rules(Answer<void> answer) {
  order<void>(
      "accept rules", []() -> Result<void> { return {}; }, std::move(answer));
}

void SimDisk::stat(std::string path, Answer<std::optional<folder::FileStamp>> answer) {
  order<std::optional<folder::FileStamp>>(
      "stat",
      [this, path = std::move(path)]() -> Result<std::optional<folder::FileStamp>> {
        return folder_.stat(path);
      },
      std::move(answer));
}

void SimDisk::read(std::string path, std::size_t max_bytes, Answer<folder::ReadFile> answer) {
  order<folder::ReadFile>(
      "read",
      [this, path = std::move(path), max_bytes]() -> Result<folder::ReadFile> {
        const SimFolder::File* const file = folder_.find(path);
        if (file == nullptr) return fail(ErrorCode::NotFound, path + " is not there");
        if (file->bytes.size() > max_bytes) {
          return fail(ErrorCode::LimitExceeded, path + " is too large");
        }
        return folder::ReadFile{file->bytes, crypto::sha256(file->bytes), file->stamp};
      },
      std::move(answer));
}

void SimDisk::write(folder::WriteOrder wanted, Answer<folder::Written> answer) {
  order<folder::Written>(
      "write", [this, wanted = std::move(wanted)] { return put(wanted); }, std::move(answer));
}

Result<folder::Written> SimDisk::put(const folder::WriteOrder& wanted) {
  if (auto checked = check(wanted.path); !checked) return forward_error(checked);
  const SimFolder::File* const there = folder_.find(wanted.path);
  if (folder_.is_folder(wanted.path)) {
    return fail(ErrorCode::Refused, wanted.path + " is no regular file");
  }
  if (there != nullptr && std::holds_alternative<folder::Nothing>(wanted.expected)) {
    return folder::Written{.outcome = Outcome::Occupied};
  }
  if (there == nullptr && std::holds_alternative<crypto::Sha256Digest>(wanted.expected)) {
    return folder::Written{.outcome = Outcome::Missing};
  }
  if (folder_.is_full()) return no_space(wanted.path);
  folder::Written written;
  if (there != nullptr && !habits_.is_blind && !is_expected(wanted.expected, there->bytes)) {
    const std::string bytes = there->bytes;
    written.displaced = folder::Displaced{bytes, true, kept_at(wanted.path)};
  }
  around_.on_written(wanted.path, wanted.bytes);
  folder_.replace(wanted.path, wanted.bytes);
  written.stamp = folder_.find(wanted.path)->stamp;
  return written;
}

void SimDisk::flush(Answer<void> answer) {
  order<void>(
      "flush", []() -> Result<void> { return {}; }, std::move(answer));
}

void SimDisk::rename(std::string from, std::string to, Answer<Outcome> answer) {
  order<Outcome>(
      "rename",
      [this, from = std::move(from), to = std::move(to)]() -> Result<Outcome> {
        for (const std::string& path : {from, to}) {
          if (auto checked = check(path); !checked) return forward_error(checked);
        }
        if (!folder_.stat(from)) return Outcome::Missing;
        return folder_.rename(from, to) ? Outcome::Done : Outcome::Occupied;
      },
      std::move(answer));
}

void SimDisk::remove(std::string path, folder::Expected expected,
                     Answer<folder::Removed> answer) {
  order<folder::Removed>(
      "remove", [this, path = std::move(path), expected] { return take_away(path, expected); },
      std::move(answer));
}

Result<folder::Removed> SimDisk::take_away(const std::string& path,
                                           const folder::Expected& expected) {
  if (auto checked = check(path); !checked) return forward_error(checked);
  const SimFolder::File* const there = folder_.find(path);
  if (there == nullptr) return folder::Removed{Outcome::Missing};
  if (!is_expected(expected, there->bytes)) return folder::Removed{Outcome::Changed};
  folder::Removed removed{Outcome::Done, kept_at(path)};
  folder_.remove(path);
  return removed;
}

void SimDisk::make_folder(std::string path, Answer<Outcome> answer) {
  order<Outcome>(
      "make folder",
      [this, path = std::move(path)]() -> Result<Outcome> {
        if (auto checked = check(path); !checked) return forward_error(checked);
        if (folder_.find(path) != nullptr) return Outcome::Occupied;
        folder_.make_folder(path);
        return Outcome::Done;
      },
      std::move(answer));
}

void SimDisk::remove_folder(std::string path, Answer<Outcome> answer) {
  order<Outcome>(
      "remove folder",
      [this, path = std::move(path)]() -> Result<Outcome> {
        if (auto checked = check(path); !checked) return forward_error(checked);
        if (!folder_.is_folder(path)) return Outcome::Missing;
        return folder_.remove_folder(path) ? Outcome::Done : Outcome::Occupied;
      },
      std::move(answer));
}

void SimDisk::set_executable(std::string path, bool /*executable*/, Answer<Outcome> answer) {
  order<Outcome>(
      "set mode",
      [this, path = std::move(path)]() -> Result<Outcome> {
        return folder_.stat(path) ? Outcome::Done : Outcome::Missing;
      },
      std::move(answer));
}

std::string SimDisk::kept_at(const std::string& path) {
  return "/bin/" + std::to_string(++copies_) + "/" + path;
}

void SimDisk::keep_copy(std::string path, std::string bytes, Answer<std::string> answer) {
  order<std::string>(
      "keep copy",
      [this, path = std::move(path), bytes = std::move(bytes)]() -> Result<std::string> {
        around_.on_kept(bytes);
        return kept_at(path);
      },
      std::move(answer));
}

// Watching ------------------------------------------------------------------------------------

void SimDisk::watch(folder::DiskListener& listener, Answer<void> answer) {
  order<void>(
      "watch",
      [this, &listener]() -> Result<void> {
        listener_ = &listener;
        folder_.on_change = [this](const std::string& path) { changed(path); };
        return {};
      },
      std::move(answer));
}

void SimDisk::changed(const std::string& path) {
  untold_.insert(path);
  if (std::exchange(tells_, true)) return;
  around_.agenda.at(around_.clock.now() + chance_.between(0us, habits_.latest_event),
                    [self = self_] {
                      if (*self != nullptr) (*self)->tell();
                    });
}

void SimDisk::tell() {
  tells_ = false;
  std::vector<std::string> paths;
  for (const std::string& path : std::exchange(untold_, {})) {
    if (!folder::is_never_shared(path)) paths.push_back(path);
  }
  const bool is_lost = habits_.loses_one_in > 0 && chance_.one_in(habits_.loses_one_in);
  around_.trace.note(around_.clock.now(), is_lost ? "overflow" : "events", around_.machine);
  if (is_lost) {
    listener_->everything_may_have_changed();
  } else if (!paths.empty()) {
    listener_->changed(paths);
  }
}

}  // namespace plait::sim::system
