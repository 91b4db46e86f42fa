#include "daemon/server/token_gatekeeper.h"

#include <chrono>
#include <string>
#include <utility>

#include "daemon/people/names.h"

namespace plait::server {

namespace {

using people::Role;

Failure refused() { return fail(ErrorCode::Refused, "the token is not valid"); }

WallTime wall_time(crypto::TokenTime time) {
  return {std::chrono::milliseconds(time.time_since_epoch()).count()};
}

}  // namespace

Result<Access> TokenGatekeeper::check(std::string_view token) {
  auto claims = verifier_.verify(token, crypto::token_time(clock_.wall()));
  if (!claims || directory_.is_revoked(claims->id)) return refused();
  const auto* member = directory_.member(claims->workspace, claims->user);
  const auto token_role = jsonrpc::enum_named<Role>(claims->role);
  if (member == nullptr || !token_role) return refused();
  Access access;
  access.role = people::lower_of(*token_role, people::Directory::role_of(*member));
  access.token_role = *token_role;
  access.may_write = people::may_write(access.role);
  access.identity = {member->id, member->name, people::color_of(member->id),
                     std::string(jsonrpc::name_of(access.role))};
  access.workspace = std::move(claims->workspace);
  access.token = std::move(claims->id);
  access.expires = wall_time(claims->expires);
  return access;
}

}  // namespace plait::server
