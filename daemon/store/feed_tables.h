#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/store/database.h"
#include "daemon/store/feed.h"
#include "protocol/base/result.h"

namespace plait::store {

/// The feed, the messages in it, and the audit log. Means what ServerStore says.
class FeedTables {
 public:
  explicit FeedTables(Database& database) : database_(database) {}

  Result<Posted> post(const NewMessage& message);
  Result<std::uint64_t> edit(const MessageAction& action, std::string_view text);
  Result<std::uint64_t> remove(const MessageAction& action);
  Result<std::uint64_t> react(const MessageAction& action, std::string_view emoji, bool on);
  Result<std::uint64_t> add_activity(const Activity& activity);

  /// 0 if there is none.
  Result<std::uint64_t> newest(std::string_view workspace);
  Result<std::vector<FeedEntry>> since(std::string_view workspace, std::uint64_t after,
                                       std::size_t limit);
  Result<Message> message(std::string_view workspace, std::uint64_t sequence);
  Result<std::vector<Message>> messages_before(std::string_view workspace, std::uint64_t before,
                                               std::size_t limit);
  Result<std::vector<Message>> search(const Search& search);

  Result<std::uint64_t> add_audit(const AuditEntry& entry);
  Result<std::vector<AuditEntry>> audit_before(std::string_view workspace, std::uint64_t before,
                                               std::size_t limit);

 private:
  struct Entry {
    std::string_view workspace;
    std::string_view member;
    WallTime time;
    FeedKind kind;
    std::string_view body = {};
    /// Nothing for an activity; a new message is named by its own entry.
    std::optional<std::uint64_t> message = {};
    std::string_view nonce = {};
  };
  Result<std::uint64_t> add_entry(const Entry& entry);
  Result<std::uint64_t> add_entry(const MessageAction& action, FeedKind kind);
  /// The row of a message, and whether it is there still.
  struct Target {
    std::int64_t id = 0;
    bool deleted = false;
  };
  Result<Target> target(const MessageAction& action);
  /// The row of a message that was not deleted.
  Result<std::int64_t> living(const MessageAction& action);
  Result<Message> read_message(const Cursor& row);

  Database& database_;
};

}  // namespace plait::store
