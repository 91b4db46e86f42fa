#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/result.h"

struct git_repository;

namespace plait::folder {

/// A set of ignore files, and what git makes of them. They are kept outside of the shared tree,
/// in the work tree of a repository that holds nothing else, and libgit2 is asked there. So
/// nobody who writes into the shared folder changes them, nor leads libgit2 anywhere.
///
/// What the person ignores in all of his repositories (core.excludesFile) counts too. Belongs
/// to one thread at a time.
class IgnoreLayer {
 public:
  static constexpr std::size_t kMaxFiles = 10'000;
  static constexpr std::size_t kMaxFileBytes = std::size_t{256} * 1024;
  /// Stretches of stars in a line with a slash; such a line is passed over. Git tries them
  /// against all of a path in all ways that there are, which with seven takes it seconds.
  static constexpr std::size_t kMaxWildcards = 5;

  /// By their paths: "src/.gitignore", or kExcludeFile.
  using Files = std::map<std::string, std::string, std::less<>>;
  static constexpr std::string_view kExcludeFile = ".git/info/exclude";

  /// Opens what was kept in a folder, or begins there.
  static Result<IgnoreLayer> open(std::string folder);

  [[nodiscard]] const Files& files() const noexcept { return files_; }
  /// No text: the file is not there.
  Result<void> set(std::string_view path, const std::optional<std::string>& text);

  /// Also if a folder that the path is in is ignored. Everything is if libgit2 fails.
  [[nodiscard]] bool ignores(std::string_view path, bool is_folder) const;

 private:
  struct Free {
    void operator()(git_repository* repository) const noexcept;
  };
  using Repository = std::unique_ptr<git_repository, Free>;

  IgnoreLayer(std::string folder, Repository repository);
  Result<void> load();

  std::string folder_;
  Repository repository_;
  Files files_;
};

}  // namespace plait::folder
