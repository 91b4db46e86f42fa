#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/folder/bin.h"
#include "daemon/folder/root.h"
#include "daemon/folder/writer.h"
#include "tests/support/counting_random.h"
#include "tests/support/temporary_folder.h"

namespace plait::folder {

struct StoryClock final : Clock {
  WallTime time{1'800'000'000'000};  // 15 January 2027, 08:00:00

  [[nodiscard]] MonotonicTime now() const override { return {}; }
  [[nodiscard]] WallTime wall() const override { return time; }
};

/// The value of what has to have one.
template <class T>
T done(Result<T> result) {
  BOOST_TEST_REQUIRE(result.has_value(), (result ? "" : result.error().message));
  return *std::move(result);
}

template <class T>
void check_refused(const Result<T>& result) {
  BOOST_TEST_REQUIRE(!result.has_value());
  BOOST_TEST((result.error().code == ErrorCode::Refused), result.error().message);
}

/// A folder on disk with its bin beside it, and the programs of the person whose it is.
struct SharedFolder {
  explicit SharedFolder(Abilities abilities = {}, mode_t umask = 022)
      : root(opened(tree, umask, abilities)), bin(Bin::open(outside / "bin", clock).value()) {}

  support::TemporaryFolder outside;
  std::filesystem::path tree = outside.path() / "tree";
  StoryClock clock;
  support::CountingRandom random;
  Root root;
  Bin bin;
  Writer writer{root, bin, random};

  // What an outside program does.

  void put(const std::string& path, std::string_view text) const {
    std::filesystem::create_directories((tree / path).parent_path());
    std::ofstream(tree / path, std::ios::binary) << text;
  }
  /// As careful editors save.
  void save_by_rename(const std::string& path, std::string_view text) const {
    put(path + "~", text);
    std::filesystem::rename(tree / (path + "~"), tree / path);
  }
  void link(const std::string& path, const std::filesystem::path& target) const {
    std::filesystem::create_symlink(target, tree / path);
  }
  [[nodiscard]] std::optional<std::string> text(const std::string& path) const {
    return text_at(tree / path);
  }
  [[nodiscard]] static std::optional<std::string> text_at(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  [[nodiscard]] mode_t mode(const std::string& path) const {
    struct stat status {};
    BOOST_TEST_REQUIRE(::stat((tree / path).c_str(), &status) == 0);
    return status.st_mode & 0777;
  }
  [[nodiscard]] FileStamp stamp(const std::string& path) const {
    const auto found = done(root.stat(path));
    BOOST_TEST_REQUIRE(found.has_value());
    return *found;
  }
  /// Everything in the folder, by path.
  [[nodiscard]] std::set<std::string> all() const {
    std::set<std::string> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(tree)) {
      paths.insert(entry.path().lexically_relative(tree).string());
    }
    return paths;
  }

  // What we do.

  Result<Written> write(const std::string& path, const std::string& text,
                        const Expected& expected = Anything{}) {
    return writer.write({.path = path, .bytes = text, .expected = expected});
  }

 private:
  static Root opened(const std::filesystem::path& tree, mode_t umask, Abilities abilities) {
    std::filesystem::create_directory(tree);
    return Root::open(tree, umask, abilities).value();
  }
};

inline Expected just(std::string_view text) { return crypto::sha256(text); }

/// With the newest kernels, and with what others have to make do with.
inline const Abilities kAllAbilities[] = {{}, {.opens_beneath = false, .exchanges = false}};

inline std::ostream& operator<<(std::ostream& out, const Abilities& abilities) {
  return out << (abilities.opens_beneath ? "openat2" : "walk") << ", "
             << (abilities.exchanges ? "exchange" : "rename");
}

}  // namespace plait::folder
