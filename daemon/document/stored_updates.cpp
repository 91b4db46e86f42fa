#include "daemon/document/stored_updates.h"

#include <utility>

#include "protocol/base/bytes.h"

namespace plait::document {

Result<void> apply_stored(crdt::Document& document, std::string_view snapshot,
                          std::span<const std::string> entries) {
  if (!snapshot.empty()) {
    if (auto applied = document.apply(snapshot); !applied) {
      return Failure{std::move(applied).error().with_context("the snapshot")};
    }
  }
  for (const std::string& entry : entries) {
    for (ByteReader reader(entry); !reader.at_end();) {
      const std::string_view update = reader.varbytes();
      if (!reader.ok()) return fail(ErrorCode::Malformed, "a stored update is cut short");
      if (auto applied = document.apply(update); !applied) {
        return Failure{std::move(applied).error().with_context("a stored update")};
      }
    }
  }
  if (document.has_pending()) {
    return fail(ErrorCode::Malformed, "something that the stored updates build on is missing");
  }
  return {};
}

}  // namespace plait::document
