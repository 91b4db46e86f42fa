#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/people/directory.h"
#include "daemon/store/feed.h"
#include "protocol/base/result.h"
#include "protocol/messages/connect/feed.h"

namespace plait::server {

/// What the store keeps as the body of an audit entry.
struct AuditWords {
  std::optional<std::string> user;  ///< to whom it was done, a member's id
  std::string detail;               ///< for a person

  static void describe(auto& self, auto& field) {
    field("user", self.user, messages::connect::kId);
    field("detail", self.detail, jsonrpc::Line{0, messages::connect::kMaxReasonBytes});
  }
  bool operator==(const AuditWords&) const = default;
};

[[nodiscard]] std::string write_audit(const AuditWords& words);
/// Malformed if it is not what write_audit() writes.
Result<AuditWords> read_audit(std::string_view body);

/// An entry as owners see it; who did it and to whom is looked up.
Result<messages::connect::AuditEntry> shown(const store::AuditEntry& entry,
                                            const people::Directory& directory);

}  // namespace plait::server
