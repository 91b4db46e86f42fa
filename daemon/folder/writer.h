#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/folder/bin.h"
#include "daemon/folder/disk.h"
#include "daemon/folder/root.h"
#include "daemon/support/random.h"
#include "protocol/base/result.h"

namespace plait::folder {

/// Changes what is in a shared folder: as the Disk of disk.h says, but at once. Any thread may
/// use it; two that change the same path at a time are two programs to each other.
///
/// A new version is written to a temporary file beside the old one, synced, and then exchanged
/// for it, so that what comes out can be looked at: if somebody has saved in the meantime, his
/// version is not lost. Where a file system cannot exchange, a save in the instant between
/// looking and renaming is lost to all but the program that made it.
class Writer {
 public:
  /// Root and bin outlive it.
  Writer(const Root& root, const Bin& bin, Random& random);

  Result<Written> write(const WriteOrder& order);
  Result<Outcome> rename(std::string_view from, std::string_view to);
  Result<Removed> remove(std::string_view path, const Expected& expected);
  Result<Outcome> make_folder(std::string_view path);
  Result<Outcome> remove_folder(std::string_view path);
  Result<Outcome> set_executable(std::string_view path, bool executable);

  /// Whether a temporary file was left by a process that has ended.
  [[nodiscard]] bool is_left_over(std::string_view name) const;
  /// Moves it to the bin: it may be what somebody had saved when we were killed.
  Result<std::string> sweep(std::string_view path);

 private:
  class Temporary;

  [[nodiscard]] std::string temporary_name();
  Result<Written> put_in_place(Temporary& fresh, NameIn at, const WriteOrder& order);
  Result<Written> exchange_for(Temporary& fresh, NameIn at, const WriteOrder& order);
  Result<Written> rename_over(Temporary& fresh, NameIn at, const WriteOrder& order);
  Result<Removed> into_bin(NameIn from, std::string_view path, const Expected& expected) const;
  /// Looks at a file that is replaced, and keeps what has to be kept of it.
  Result<std::optional<Displaced>> account_for(NameIn replaced, const WriteOrder& order) const;

  const Root* root_;
  const Bin* bin_;
  std::string prefix_;  ///< of this process's temporary names
  std::atomic<std::uint64_t> next_temporary_ = 0;
};

}  // namespace plait::folder
