#pragma once

#include <string_view>

#include "daemon/document/text_change.h"

namespace plait::document {

/// What a buffer that is opened with unsaved changes adds to its document. `on_disk` is the
/// file, which the buffer began with; the document may be ahead of that too.
///
/// Mostly it is ahead by the very same changes, since the editor was restarted, or this process
/// was. What both have, at one place and by and large the same, happens once. Nothing that the
/// document has since been given is removed, and nothing that the buffer has is left out.
[[nodiscard]] TextChange unsaved_changes(std::string_view on_disk, std::string_view buffer,
                                         std::string_view document);

}  // namespace plait::document
