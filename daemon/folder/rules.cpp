#include "daemon/folder/rules.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/folder/names.h"

namespace plait::folder {
namespace {

constexpr std::string_view kIgnoreFile = ".gitignore";
/// There since the first scan was completed.
constexpr std::string_view kScannedFile = "ignore/scanned";

std::vector<std::string_view> rules_in(std::string_view text) {
  std::vector<std::string_view> rules;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty() && !line.starts_with('#')) rules.push_back(line);
  }
  return rules;
}

bool includes(std::string_view rule) { return rule.starts_with('!'); }

/// Whether one of the names in a path is that of an ignore file.
bool is_in_ignore_file(std::string_view path) {
  for (; !path.empty(); path = folder_of(path)) {
    if (name_in(path) == kIgnoreFile) return true;
  }
  return false;
}

std::string path_of(const std::string& folder, std::string_view name) {
  return (std::filesystem::path(folder) / name).string();
}

}  // namespace

bool only_excludes_more(std::string_view before, std::string_view after) {
  const auto old_rules = rules_in(before);
  auto at = old_rules.begin();
  for (const auto rule : rules_in(after)) {
    // The same rule in its old place: what was left out before it may only have included.
    const auto same = std::find(at, old_rules.end(), rule);
    if (same != old_rules.end() && std::all_of(at, same, includes)) {
      at = same + 1;
    } else if (includes(rule)) {
      return false;
    }
  }
  return std::all_of(at, old_rules.end(), includes);
}

Rules::Rules(std::string folder, bool is_first, IgnoreLayer accepted, IgnoreLayer current,
             IgnoreLayer own, IgnoreLayer own_only)
    : folder_(std::move(folder)),
      is_first_(is_first),
      accepted_(std::move(accepted)),
      current_(std::move(current)),
      own_(std::move(own)),
      own_only_(std::move(own_only)) {}

Result<Rules> Rules::open(const std::string& folder) {
  const bool is_first = !std::filesystem::exists(path_of(folder, kScannedFile));
  auto accepted = IgnoreLayer::open(path_of(folder, "ignore/accepted"));
  if (!accepted) return forward_error(accepted);
  auto current = IgnoreLayer::open(path_of(folder, "ignore/current"));
  if (!current) return forward_error(current);
  auto own = IgnoreLayer::open(path_of(folder, "ignore/own"));
  if (!own) return forward_error(own);
  auto own_only = IgnoreLayer::open(path_of(folder, "ignore/own-only"));
  if (!own_only) return forward_error(own_only);
  Rules rules(folder, is_first, *std::move(accepted), *std::move(current), *std::move(own),
              *std::move(own_only));
  if (auto loaded = rules.load_own_rules(); !loaded) return forward_error(loaded);
  return rules;
}

Result<void> Rules::load_own_rules() {
  const std::string path = path_of(folder_, kOwnRulesFile);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  if (file.is_open() && !read_all(file.fd(), IgnoreLayer::kMaxFileBytes, text)) {
    return system_failure("reading", path);
  }
  if (text.size() > IgnoreLayer::kMaxFileBytes) {
    return fail(ErrorCode::LimitExceeded, path + " is too large");
  }
  has_own_ = !rules_in(text).empty();
  if (auto set = own_.set(kIgnoreFile, text); !set) return set;
  return own_only_.set(kIgnoreFile, "*\n" + text);
}

Result<void> Rules::begin_scan(const Root& root) {
  entered_.clear();
  waiting_.clear();
  if (auto loaded = load_own_rules(); !loaded) return loaded;
  auto exclude = root.read(IgnoreLayer::kExcludeFile, IgnoreLayer::kMaxFileBytes);
  // A work tree of a repository that is elsewhere has none; and what cannot be read is as it
  // was.
  if (!exclude && exclude.error().code != ErrorCode::NotFound) return {};
  return see(std::string(IgnoreLayer::kExcludeFile),
             exclude ? std::optional(std::move(exclude->bytes)) : std::nullopt);
}

Result<void> Rules::enter(const Root& root, std::string_view folder, bool has_ignore_file) {
  entered_.emplace(folder);
  // A folder of that name cannot stand beside the file in the layers.
  if (is_in_ignore_file(folder)) return {};
  const std::string path = path_in(folder, kIgnoreFile);
  if (!has_ignore_file) return see(path, std::nullopt);
  auto read = root.read(path, IgnoreLayer::kMaxFileBytes);
  if (read) return see(path, std::move(read->bytes));
  // What is no file says nothing, to git neither. One that is too large says what it said
  // before.
  const ErrorCode why = read.error().code;
  if (why != ErrorCode::NotFound && why != ErrorCode::Refused) return {};
  return see(path, std::nullopt);
}

Result<void> Rules::see(const std::string& path, const std::optional<std::string>& text) {
  if (auto set = current_.set(path, text); !set) return set;
  const auto accepted = accepted_.files().find(path);
  const bool is_known = accepted != accepted_.files().end();
  // Nobody else can change the exclude file.
  if (is_first_ || path == IgnoreLayer::kExcludeFile ||
      only_excludes_more(is_known ? accepted->second : "", text ? *text : std::string())) {
    waiting_.erase(path);
    if (auto set = accepted_.set(path, text); !set) return set;
  } else {
    waiting_.insert(path);
  }
  differ_ = accepted_.files() != current_.files();
  return {};
}

Result<void> Rules::end_scan() {
  std::vector<std::string> gone;
  for (const auto& [path, text] : current_.files()) {
    if (path != IgnoreLayer::kExcludeFile && !entered_.contains(folder_of(path))) {
      gone.push_back(path);
    }
  }
  for (const auto& path : gone) {
    if (auto set = current_.set(path, std::nullopt); !set) return set;
  }
  differ_ = accepted_.files() != current_.files();
  if (!std::exchange(is_first_, false)) return {};
  const std::string path = path_of(folder_, kScannedFile);
  const Descriptor marker(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!marker.is_open()) return system_failure("keeping", path);
  return {};
}

Result<void> Rules::accept() {
  std::set<std::string> paths;
  for (const auto* layer : {&accepted_, &current_}) {
    for (const auto& [path, text] : layer->files()) paths.insert(path);
  }
  for (const auto& path : paths) {
    const auto found = current_.files().find(path);
    const bool is_there = found != current_.files().end();
    auto set = accepted_.set(path, is_there ? std::optional(found->second) : std::nullopt);
    if (!set) return set;
  }
  differ_ = false;
  waiting_.clear();
  return {};
}

Rules::Opinion Rules::own_opinion(std::string_view path, bool is_folder) const {
  if (!has_own_) return Opinion::None;
  if (own_.ignores(path, is_folder)) return Opinion::Exclude;
  return own_only_.ignores(path, is_folder) ? Opinion::None : Opinion::Include;
}

bool Rules::is_included_above(std::string_view path) const {
  for (path = folder_of(path); has_own_ && !path.empty(); path = folder_of(path)) {
    if (!own_only_.ignores(path, /*is_folder=*/true)) return true;
  }
  return false;
}

std::optional<LeftOutReason> Rules::why_left_out(std::string_view path, bool is_folder) const {
  if (is_never_shared(path)) return LeftOutReason::Never;
  switch (own_opinion(path, is_folder)) {
    case Opinion::Include: return std::nullopt;
    case Opinion::Exclude: return LeftOutReason::OwnRule;
    case Opinion::None: break;
  }
  if (looks_secret(path)) return LeftOutReason::Secret;
  if (is_included_above(path)) return std::nullopt;
  if (current_.ignores(path, is_folder)) return LeftOutReason::Ignored;
  if (differ_ && accepted_.ignores(path, is_folder)) return LeftOutReason::HeldIgnored;
  return std::nullopt;
}

Sharing Rules::classify(std::string_view path, bool is_folder) const {
  if (is_never_shared(path)) return Sharing::Never;
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    if (why_left_out(path.substr(0, slash), /*is_folder=*/true)) return Sharing::Excluded;
  }
  return why_left_out(path, is_folder) ? Sharing::Excluded : Sharing::Shared;
}

}  // namespace plait::folder
