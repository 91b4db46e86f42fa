#pragma once

#include <string>

#include "daemon/crdt/document.h"

namespace plait::support {

/// String(type), as Yjs has it: texts are their text, XML types are markup, anything else is
/// "[object Object]". Does not recurse. Lowers element names in ASCII only.
[[nodiscard]] std::string markup_of(const crdt::Document& document, crdt::TypeRef type,
                                    crdt::TypeKind kind);

}  // namespace plait::support
