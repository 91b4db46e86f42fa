#include "daemon/server/audit_words.h"

#include <utility>

#include "protocol/jsonrpc/json.h"

namespace plait::server {

std::string write_audit(const AuditWords& words) {
  return jsonrpc::write_json(jsonrpc::write_fields(words));
}

Result<AuditWords> read_audit(std::string_view body) {
  auto json = jsonrpc::parse_json(body, {.max_bytes = store::kMaxBodyBytes});
  if (!json) return forward_error(json);
  return jsonrpc::read_fields<AuditWords>(*json, "audit");
}

Result<messages::connect::AuditEntry> shown(const store::AuditEntry& entry,
                                            const people::Directory& directory) {
  auto words = read_audit(entry.body);
  if (!words) return forward_error(words);
  messages::connect::AuditEntry shown;
  shown.seq = static_cast<std::int64_t>(entry.sequence);
  shown.time = entry.time.ms;
  shown.action = entry.action;
  if (!entry.actor.empty()) shown.actor = directory.user(entry.workspace, entry.actor);
  if (words->user) shown.user = directory.user(entry.workspace, *words->user);
  shown.detail = std::move(words->detail);
  return shown;
}

}  // namespace plait::server
