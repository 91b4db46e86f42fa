#include "daemon/folder/names.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace plait::folder {
namespace {

using namespace std::string_view_literals;

// git~1 is what Windows also calls .git.
constexpr std::array kNever{".git"sv, ".hg"sv,    ".svn"sv, ".jj"sv,
                            ".ssh"sv, ".gnupg"sv, "git~1"sv};

constexpr std::array kGuardedFolders{
    ".vscode"sv, ".idea"sv,   ".devcontainer"sv, ".husky"sv, ".githooks"sv, ".vim"sv, ".nvim"sv,
    ".zed"sv,    ".cursor"sv, ".claude"sv,       ".cargo"sv, ".fleet"sv,    ".vs"sv,  ".mvn"sv};

constexpr std::array kGuardedFiles{".nvim.lua"sv,
                                   ".nvimrc"sv,
                                   ".exrc"sv,
                                   ".vimrc"sv,
                                   ".gvimrc"sv,
                                   ".lvimrc"sv,
                                   ".lazy.lua"sv,
                                   ".envrc"sv,
                                   ".gitattributes"sv,
                                   ".gitmodules"sv,
                                   ".gitconfig"sv,
                                   ".npmrc"sv,
                                   ".yarnrc"sv,
                                   ".yarnrc.yml"sv,
                                   ".pnpmfile.cjs"sv,
                                   ".pre-commit-config.yaml"sv,
                                   "lefthook.yml"sv,
                                   ".mise.toml"sv,
                                   "mise.toml"sv,
                                   "rust-toolchain"sv,
                                   "rust-toolchain.toml"sv,
                                   ".tool-versions"sv,
                                   ".dir-locals.el"sv,
                                   ".gdbinit"sv,
                                   ".lldbinit"sv,
                                   ".bazelrc"sv,
                                   ".rprofile"sv,
                                   ".irbrc"sv,
                                   ".mcp.json"sv};

constexpr std::array kGuardedEndings{".code-workspace"sv};

constexpr std::array kSecretNames{
    "id_rsa"sv,      "id_dsa"sv,        "id_ecdsa"sv,         "id_ed25519"sv,
    "id_ecdsa_sk"sv, "id_ed25519_sk"sv, ".netrc"sv,           "_netrc"sv,
    ".pgpass"sv,     ".pypirc"sv,       ".git-credentials"sv, ".htpasswd"sv,
    ".my.cnf"sv,     ".aws"sv,          ".azure"sv,           ".kube"sv};

constexpr std::array kSecretEndings{".pem"sv, ".key"sv, ".p12"sv,      ".pfx"sv,
                                    ".ppk"sv, ".jks"sv, ".keystore"sv, ".kdbx"sv};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::ranges::find(names, name) != names.end();
}

template <std::size_t N>
bool ends_like(std::string_view name, const std::array<std::string_view, N>& endings) {
  return std::ranges::any_of(endings, [&](auto ending) { return name.ends_with(ending); });
}

/// As file systems that fold case see a name, for comparing with names in ASCII. Two letters
/// outside of it become one inside; dots and spaces at the end do not count on Windows.
std::string folded(std::string_view name) {
  constexpr std::string_view kLongS = "\u017F";
  constexpr std::string_view kKelvin = "\u212A";
  std::string result;
  while (!name.empty()) {
    if (name.starts_with(kLongS)) {
      result += 's';
      name.remove_prefix(kLongS.size());
    } else if (name.starts_with(kKelvin)) {
      result += 'k';
      name.remove_prefix(kKelvin.size());
    } else {
      const char c = name.front();
      result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      name.remove_prefix(1);
    }
  }
  result.erase(result.find_last_not_of(". ") + 1);
  return result;
}

/// Calls `is_it(folded name, is last)` for each name in a path, until one is.
template <class IsIt>
bool any_name(std::string_view path, IsIt is_it) {
  while (true) {
    const std::size_t slash = path.find('/');
    if (is_it(folded(path.substr(0, slash)), slash == std::string_view::npos)) return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

bool is_never_shared(std::string_view path) {
  return any_name(path, [](std::string_view name, bool) {
    return is_one_of(name, kNever) || is_temporary_name(name);
  });
}

Result<void> check_may_be_shared(std::string_view path) {
  if (!is_never_shared(path)) return {};
  return fail(ErrorCode::Refused,
              std::string(path) + " is never shared, nor changed by others");
}

bool is_guarded(std::string_view path) {
  return any_name(path, [](std::string_view name, bool is_last) {
    return is_one_of(name, kGuardedFolders) ||
           (is_last && (is_one_of(name, kGuardedFiles) || ends_like(name, kGuardedEndings)));
  });
}

bool looks_secret(std::string_view path) {
  const std::string name = folded(name_in(path));
  if (name.starts_with(".env")) return name != ".env.example";
  return is_one_of(name, kSecretNames) || ends_like(name, kSecretEndings);
}

bool is_temporary_name(std::string_view name) { return name.starts_with(kTemporaryPrefix); }

std::string_view name_in(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::string path_in(std::string_view folder, std::string_view name) {
  std::string path(folder);
  if (!path.empty()) path += '/';
  return path += name;
}

bool is_within(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) &&
         (folder.empty() || path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace plait::folder
