#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/result.h"
#include "protocol/messages/connect/types.h"

namespace plait::server {

/// What the feed says of everything that is not about a message: the body of a stored activity,
/// in JSON. Who did it stands beside it; who is meant is an id, so that names may change.
struct ActivityWords {
  std::string kind;  ///< as in docs/protocol.md: "joined", "roleChanged", "fileCreated", …
  std::optional<std::string> user = {};  ///< to whom it was done
  std::optional<messages::connect::Role> role = {};
  std::optional<std::string> path = {};
  std::optional<std::string> former_path = {};

  static void describe(auto& self, auto& field) {
    using namespace messages::connect;
    field("kind", self.kind, kId);
    field("user", self.user, kId);
    field("role", self.role);
    field("path", self.path, Line{1, kMaxPathBytes});
    field("formerPath", self.former_path, Line{1, kMaxPathBytes});
  }
  bool operator==(const ActivityWords&) const = default;
};

[[nodiscard]] std::string write_activity(const ActivityWords& words);
Result<ActivityWords> read_activity(std::string_view body);

}  // namespace plait::server
