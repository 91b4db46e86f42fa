#pragma once

#include <cstddef>

#include "protocol/base/relative_path.h"
#include "protocol/jsonrpc/json.h"

namespace plait::messages::editor {

// The limits of the editor protocol. Bytes of text are bytes of UTF-8.

/// A message on the pipe, in either direction. A body of this size is mostly one text.
inline constexpr jsonrpc::JsonLimits kLimits{
    .max_bytes = std::size_t{32} << 20, .max_depth = 64, .max_values = 1'000'000};

/// The text of a document, as far as one message holds it.
inline constexpr std::size_t kMaxTextBytes = kLimits.max_bytes;
/// Edits of one change: a rename in a large file has thousands.
inline constexpr std::size_t kMaxEdits = 100'000;
/// A path, each of its bytes percent-encoded.
inline constexpr std::size_t kMaxUriBytes = 3 * kMaxPathBytes + 64;
inline constexpr std::size_t kMaxLinkBytes = 512;
inline constexpr std::size_t kMaxAddressBytes = 512;
inline constexpr std::size_t kMaxEncodings = 16;
inline constexpr std::size_t kMaxSentenceBytes = 4096;  ///< of a sentence for a person
/// Cursors of somebody who edits in many places at once. Others are shown the first few.
inline constexpr std::size_t kMaxSelections = 10'000;
inline constexpr std::size_t kMaxExportBytes = std::size_t{16} << 20;

}  // namespace plait::messages::editor
