#include "daemon/folder/ignore_layer.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <git2.h>
#include <unistd.h>

#include "daemon/folder/descriptor.h"
#include "daemon/folder/names.h"
#include "protocol/base/assert.h"

namespace plait::folder {
namespace {

namespace fs = std::filesystem;

constexpr const char* kIgnoreFile = ".gitignore";

Failure git_failure(std::string_view doing, const std::string& folder) {
  const git_error* error = git_error_last();
  std::string message(doing);
  message.append(" ").append(folder).append(": ");
  return fail(ErrorCode::System, message.append(error == nullptr ? "libgit2" : error->message));
}

std::size_t wildcards_in(std::string_view line) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '*' && (i == 0 || line[i - 1] != '*')) ++count;
  }
  return count;
}

/// As libgit2 gets it: without the lines that take for ever. It also drops a line that includes
/// again what no line of the same file excludes, though one of a file above may. So each comes
/// with a line before it that excludes the very same.
std::string for_libgit2(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.find('/') != std::string_view::npos &&
        wildcards_in(line) > IgnoreLayer::kMaxWildcards) {
      continue;
    }
    if (line.starts_with('!')) {
      const std::string_view pattern = line.substr(1);
      if (pattern.starts_with('!') || pattern.starts_with('#')) result += '\\';
      result.append(pattern).append("\n");
    }
    result.append(line).append("\n");
  }
  return result;
}

/// Until the process ends: to stop libgit2 loses what it keeps for each other thread.
void start_libgit2() {
  static const int kUsers = git_libgit2_init();
  PLAIT_ASSERT(kUsers > 0, "libgit2 to start");
}

/// Whole or not at all, also after a crash: half of it would ignore less.
Result<void> store(const fs::path& path, std::string_view text) {
  const fs::path fresh = path.string() + ".new";
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  const Descriptor file(
      open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file.is_open() || !write_all(file.fd(), text) || fsync(file.fd()) != 0 ||
      rename(fresh.c_str(), path.c_str()) != 0) {
    return system_failure("keeping the rules in", path.string());
  }
  return {};
}

}  // namespace

void IgnoreLayer::Free::operator()(git_repository* repository) const noexcept {
  git_repository_free(repository);
}

IgnoreLayer::IgnoreLayer(std::string folder, Repository repository)
    : folder_(std::move(folder)), repository_(std::move(repository)) {}

Result<IgnoreLayer> IgnoreLayer::open(std::string folder) {
  start_libgit2();
  git_repository* opened = nullptr;
  if (!fs::exists(fs::path(folder) / ".git")) {
    if (git_repository_init(&opened, folder.c_str(), /*is_bare=*/0) != 0) {
      return git_failure("making the rules in", folder);
    }
    // libgit2 puts an example there.
    std::error_code ignored;
    fs::remove(fs::path(folder) / kExcludeFile, ignored);
  } else if (git_repository_open(&opened, folder.c_str()) != 0) {
    return git_failure("opening the rules in", folder);
  }
  IgnoreLayer layer(std::move(folder), Repository(opened));
  if (auto loaded = layer.load(); !loaded) return forward_error(loaded);
  return layer;
}

Result<void> IgnoreLayer::load() {
  const auto take = [this](const fs::path& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string text;
    if (!file.is_open() || !read_all(file.fd(), kMaxFileBytes, text)) return false;
    files_.emplace(path.lexically_relative(folder_).string(), std::move(text));
    return true;
  };
  const fs::path exclude = fs::path(folder_) / kExcludeFile;
  if (fs::exists(exclude) && !take(exclude)) return system_failure("reading", exclude.string());
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder_, error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().filename() == ".git") at.disable_recursion_pending();
    if (at->path().filename() != kIgnoreFile) continue;
    if (!take(at->path())) return system_failure("reading", at->path().string());
  }
  if (error) return system_failure("reading the rules in", folder_, error.value());
  return {};
}

Result<void> IgnoreLayer::set(std::string_view path, const std::optional<std::string>& text) {
  const auto known = files_.find(path);
  if (known == files_.end() ? !text : text && known->second == *text) return {};
  const fs::path kept = fs::path(folder_) / path;
  if (!text) {
    std::error_code error;
    fs::remove(kept, error);
    if (error) return system_failure("forgetting the rules in", kept.string(), error.value());
    files_.erase(known);
  } else {
    if (known == files_.end() && files_.size() >= kMaxFiles) {
      return fail(ErrorCode::LimitExceeded,
                  "more than " + std::to_string(kMaxFiles) + " files with ignore rules");
    }
    if (auto stored = store(kept, for_libgit2(*text)); !stored) return stored;
    files_.insert_or_assign(std::string(path), *text);
  }
  git_attr_cache_flush(repository_.get());
  return {};
}

bool IgnoreLayer::ignores(std::string_view path, bool is_folder) const {
  std::string asked(path);
  if (is_folder) asked += '/';
  int is_ignored = 1;
  return git_ignore_path_is_ignored(&is_ignored, repository_.get(), asked.c_str()) != 0 ||
         is_ignored != 0;
}

}  // namespace plait::folder
