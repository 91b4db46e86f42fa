#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/crdt/decoded_update.h"
#include "protocol/base/result.h"

namespace plait::load {

/// Text that one client typed in one go, as an update brings it.
struct TextRun {
  std::uint64_t client = 0;
  std::uint32_t clock = 0;
  std::string_view text;  ///< ASCII, so its bytes are its units
};

/// Takes updates apart, those that a server has merged as well. Most are as Typist made them,
/// and those cost no more than reading their few numbers.
class RunReader {
 public:
  /// Calls `visit(const TextRun&)` with every run; the update is text and nothing else.
  template <class Visit>
  Result<void> read(std::string_view update, Visit&& visit) {
    TextRun run;
    if (read_single(update, run)) {
      visit(run);
      return {};
    }
    if (auto decoded = crdt::decode_update(update, decoded_); !decoded) return decoded;
    for (const crdt::DecodedSection& section : decoded_.sections) {
      for (std::uint32_t i = 0; i < section.count; ++i) {
        const crdt::DecodedStruct& item = decoded_.structs[section.first + i];
        if (item.kind != crdt::ContentKind::String || item.content.size() != item.length) {
          return fail(ErrorCode::Unsupported, "an update with something else than typed text");
        }
        visit(TextRun{number(section.client), item.clock.value(), item.content});
      }
    }
    return {};
  }

 private:
  [[nodiscard]] static bool read_single(std::string_view update, TextRun& run) noexcept;

  crdt::DecodedUpdate decoded_;
};

}  // namespace plait::load
