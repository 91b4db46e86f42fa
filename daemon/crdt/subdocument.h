#pragma once

#include "protocol/base/bytes.h"

namespace plait::crdt {

/// Writes a subdocument's content (its id as text, its options as an "any" value) the way Yjs
/// writes it after reading it. Yjs makes a document of the options and keeps only gc, autoLoad
/// and meta, each only where it differs from the default; an option named guid replaces the id.
/// False, and nothing written, if Yjs could not read it or would draw a random id.
[[nodiscard]] bool rewrite_subdocument(ByteReader& reader, ByteWriter& out);

}  // namespace plait::crdt
