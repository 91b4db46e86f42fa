#include "daemon/server/token_gatekeeper.h"

#include <array>
#include <string>
#include <utility>

#include "daemon/crypto/digest.h"

namespace plait::server {
namespace {

constexpr std::array<std::string_view, 12> kColors = {
    "#d9480f", "#c2255c", "#9c36b5", "#6741d9", "#3b5bdb", "#1971c2",
    "#0c8599", "#099268", "#2f9e44", "#66a80f", "#e8890c", "#868e96"};

bool may_write(std::string_view role) noexcept { return role == "owner" || role == "editor"; }

}  // namespace

Result<Access> TokenGatekeeper::check(std::string_view token) {
  auto claims = verifier_.verify(token, crypto::token_time(clock_.wall()));
  if (!claims) return forward_error(claims);
  Access access;
  access.may_write = may_write(claims->role);
  access.workspace = std::move(claims->workspace);
  access.identity = {claims->user, claims->user, color_of(claims->user), claims->role};
  return access;
}

std::string color_of(std::string_view member) {
  return std::string(kColors[crypto::sha256(member)[0] % kColors.size()]);
}

}  // namespace plait::server
