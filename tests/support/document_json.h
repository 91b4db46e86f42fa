#pragma once

#include <span>
#include <string>

#include "daemon/crdt/document.h"
#include "tests/support/js_value.h"

namespace plait::support {

/// What a root is to be read as.
struct RootKind {
  std::string name;
  crdt::TypeKind kind = crdt::TypeKind::Undefined;
};

/// Writes what JSON.stringify makes of Yjs's doc.toJSON(), where js_value.h does not say
/// otherwise: an object with all roots whose kind is known, from `kinds` or from the document.
/// Roots that the document does not have are empty. Does not recurse.
void write_json(const crdt::Document& document, std::span<const RootKind> kinds,
                JsonWriter& out);

}  // namespace plait::support
