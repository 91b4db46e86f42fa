#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace plait::bench {

/// What was measured on one trace. A figure that makes no sense for the trace is missing.
struct Figures {
  std::string trace;
  std::size_t txns = 0;
  std::size_t patches = 0;
  std::optional<double> local_ms;         ///< each patch a local edit, its own transaction
  std::optional<double> local_update_ms;  ///< the same, and an update encoded for each
  std::optional<double> remote_ms;        ///< one update a patch, applied to a fresh replica
  std::optional<double> merge_ms;         ///< one update a transaction, from all authors
  double save_ms = 0;                     ///< the whole state encoded
  std::size_t save_bytes = 0;
  double load_ms = 0;            ///< the saved state decoded and its text read
  double apply_one_ms = 0;       ///< the whole state as one update, applied
  std::size_t heap_bytes = 0;    ///< what a loaded document keeps
  bool ok = true;                ///< every replica ended with the trace's text
  bool agree = true;             ///< every replica ended with the same text
  std::size_t final_length = 0;  ///< UTF-16 units
};

/// One point of a curve: what an operation costs when there are so many.
struct GrowthPoint {
  std::string curve;
  std::size_t operations = 0;
  double ns_per_op = 0;
};

[[nodiscard]] std::string to_json(const Figures& figures);
[[nodiscard]] std::string to_json(const std::vector<GrowthPoint>& curves);
[[nodiscard]] std::string to_lines(const Figures& figures);
[[nodiscard]] std::string to_lines(const std::vector<GrowthPoint>& curves);

}  // namespace plait::bench
