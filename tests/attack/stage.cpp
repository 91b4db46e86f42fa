#include "tests/attack/stage.h"

#include <utility>

#include "protocol/base/assert.h"
#include "tests/attack/json_text.h"
#include "tests/support/child_process.h"

namespace plait::attack {
namespace {

std::vector<std::string> options_of(Stage::Kind kind) {
  switch (kind) {
    case Stage::Kind::Open: return {"--open"};
    case Stage::Kind::Listed:
      return {"--open", "--allow-host", "127.0.0.1", "--allow-origin", "https://example.org"};
    case Stage::Kind::Team: return {};
  }
  return {};
}

}  // namespace

Stage::Stage(const std::string& program, Kind kind)
    : kind_(kind), server_(program, options_of(kind)) {
  if (kind == Kind::Team) {
    const auto made = admin({"--json", "create-workspace", "team"});
    PLAIT_ASSERT(made.has_value(), "a workspace to be made");
    workspace_ = field_of(*made, "id");
  }
  bystanders_ =
      std::make_unique<Bystanders>(visitor("bystanders", "ben"), visitor("bystanders", "cem"));
}

Knock Stage::knock(const std::string& room, const std::string& name, const std::string& role) {
  if (kind_ != Kind::Team) return {.path = "/yjs/" + room};
  return {.path = "/yjs/" + workspace_ + '/' + room + "?token=" + token(name, role)};
}

std::unique_ptr<Visitor> Stage::visitor(const std::string& room, const std::string& name,
                                        const std::string& role) {
  return server_.visitor(knock(room, name, role));
}

Editor Stage::editor(const std::string& room, const std::string& name, std::uint64_t client,
                     const std::string& role) {
  return {visitor(room, name, role), client};
}

std::string Stage::token(const std::string& name, const std::string& role) {
  std::string& known = tokens_[{name, role}];
  if (known.empty()) {
    // One name, one member: with another role somebody else has it.
    const auto made =
        admin({"token", workspace_, "--role", role, "--name", name + " the " + role});
    PLAIT_ASSERT(made.has_value(), "a token to be made");
    known = made->substr(0, made->find('\n'));
  }
  return known;
}

std::optional<std::string> Stage::admin(const std::vector<std::string>& arguments) const {
  support::ChildProcess::Order order{{server_.program(), "admin", "--data", server_.data()}};
  order.command.insert(order.command.end(), arguments.begin(), arguments.end());
  auto finished = support::ChildProcess(order).finish();
  if (finished.exit_code != 0) return std::nullopt;
  return std::move(finished.output);
}

}  // namespace plait::attack
