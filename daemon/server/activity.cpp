#include "daemon/server/activity.h"

#include "daemon/store/feed.h"
#include "protocol/jsonrpc/fields.h"
#include "protocol/jsonrpc/json.h"

namespace plait::server {

std::string write_activity(const ActivityWords& words) {
  return jsonrpc::write_json(jsonrpc::write_fields(words));
}

Result<ActivityWords> read_activity(std::string_view body) {
  auto json = jsonrpc::parse_json(body, {.max_bytes = store::kMaxBodyBytes});
  if (!json) return forward_error(json);
  return jsonrpc::read_fields<ActivityWords>(*json, "activity");
}

}  // namespace plait::server
