#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "daemon/folder/entry.h"
#include "daemon/folder/ignore_layer.h"
#include "daemon/folder/root.h"
#include "protocol/base/result.h"

namespace plait::folder {

/// What of a shared folder leaves this machine. The rules live outside of the folder, since
/// others can write into it:
///
///     own-rules         the person's own, as in a .gitignore: lines exclude, and include with
///     "!" ignore/accepted/  the .gitignore files as the person here has accepted them
///     ignore/current/   as they are in the folder
///
/// What either of the last two ignores is excluded. So a change to a .gitignore in the folder
/// may exclude more at once; it includes more only when the person accepts it. A change that
/// can only exclude more is accepted by itself, as is all that is there at the first scan.
///
/// The own rules go before all but names that are never shared. To include what is in an
/// excluded folder they have to include the folder as well; what looks secret in there stays
/// excluded unless it is included itself.
///
/// Belongs to one thread at a time.
class Rules {
 public:
  static constexpr std::string_view kOwnRulesFile = "own-rules";

  /// `folder` is made if need be.
  static Result<Rules> open(const std::string& folder);

  // While a folder is scanned: enter() before anything in a folder is asked for.

  Result<void> begin_scan(const Root& root);
  /// A folder that is shared, and whether there is a .gitignore in it.
  Result<void> enter(const Root& root, std::string_view folder, bool has_ignore_file);
  /// What was not entered is not there.
  Result<void> end_scan();

  /// Nothing if it is shared. `path` is in a folder that is.
  [[nodiscard]] std::optional<LeftOutReason> why_left_out(std::string_view path,
                                                          bool is_folder) const;
  /// Wherever it is.
  [[nodiscard]] Sharing classify(std::string_view path, bool is_folder) const;

  /// Some .gitignore in the folder ignores less than what was accepted.
  [[nodiscard]] bool is_waiting() const noexcept { return !waiting_.empty(); }
  Result<void> accept();

 private:
  enum class Opinion { None, Include, Exclude };

  Rules(std::string folder, bool is_first, IgnoreLayer accepted, IgnoreLayer current,
        IgnoreLayer own, IgnoreLayer own_only);

  Result<void> load_own_rules();
  /// An ignore file is as it is.
  Result<void> see(const std::string& path, const std::optional<std::string>& text);
  [[nodiscard]] Opinion own_opinion(std::string_view path, bool is_folder) const;
  [[nodiscard]] bool is_included_above(std::string_view path) const;

  std::string folder_;
  bool is_first_;  ///< no scan has been completed yet
  IgnoreLayer accepted_;
  IgnoreLayer current_;
  bool differ_ = true;
  IgnoreLayer own_;       ///< the own rules
  IgnoreLayer own_only_;  ///< nothing but what they include: ignores all the rest
  bool has_own_ = false;
  std::set<std::string, std::less<>> entered_;
  std::set<std::string, std::less<>> waiting_;  ///< ignore files
};

/// Whether what ignore rules say can only have become more: no line has gone but such as
/// include, and none has come but such as exclude.
[[nodiscard]] bool only_excludes_more(std::string_view before, std::string_view after);

}  // namespace plait::folder
