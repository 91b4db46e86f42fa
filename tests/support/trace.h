#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.h"

namespace plait::support {

/// Deletes `deleted` code points at `position`, then inserts `inserted` there.
struct Patch {
  std::uint32_t position;
  std::uint32_t deleted;
  std::string_view inserted;  ///< into its trace's arena
};

/// What one author did at once. The positions of its patches hold in the merge of its parents
/// and all their ancestors.
struct Txn {
  std::uint32_t agent;
  std::vector<std::uint32_t> parents;  ///< earlier transactions; none is the empty document
  std::size_t first_patch;
  std::size_t patch_count;
};

/// A recorded editing session, as in github.com/josephg/editing-traces. Movable, not copyable:
/// its patches point into its arena.
struct Trace {
  std::string name;  ///< the file's, without its endings
  std::string start_content;
  std::string end_content;
  bool concurrent = false;
  std::uint32_t agents = 1;
  std::vector<Txn> txns;
  std::vector<Patch> patches;  ///< of all transactions, in order
  std::vector<char> arena;     ///< what the patches insert

  Trace() = default;
  Trace(Trace&&) noexcept = default;
  Trace& operator=(Trace&&) noexcept = default;
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;
  ~Trace() = default;

  [[nodiscard]] std::span<const Patch> patches_of(const Txn& txn) const {
    return std::span(patches).subspan(txn.first_patch, txn.patch_count);
  }
};

/// Reads a trace from a gzip'd JSON file. A transaction without author or parents follows the
/// one before it, by agent 0.
[[nodiscard]] Result<Trace> read_trace(const std::string& path);

/// The same from JSON text.
[[nodiscard]] Result<Trace> parse_trace(std::string_view json);

/// The trace played `times` times over: each copy starts where the one before it ended, so the
/// final text is the trace's, repeated.
void repeat_trace(Trace& trace, std::uint32_t times);

/// Turns the positions and counts into UTF-16 units, which most editors and libraries use. Only
/// sequential traces may have characters for which that makes a difference.
[[nodiscard]] Result<void> to_utf16(Trace& trace);

}  // namespace plait::support
