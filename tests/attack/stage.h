#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/attack/bystanders.h"
#include "tests/attack/editor.h"
#include "tests/attack/server_process.h"

namespace plait::attack {

/// A server, two bystanders on it, and ways in.
class Stage {
 public:
  enum class Kind : std::uint8_t {
    Open,    ///< `--open`: everybody is let in, and any content is
    Listed,  ///< the same, for one name and the pages of one origin
    Team     ///< a workspace, whose members have tokens
  };
  Stage(const std::string& program, Kind kind);

  [[nodiscard]] ServerProcess& server() noexcept { return server_; }
  [[nodiscard]] Bystanders& bystanders() noexcept { return *bystanders_; }

  /// A room that nobody has been in.
  [[nodiscard]] std::string new_room() { return "room-" + std::to_string(++rooms_); }
  /// How somebody asks to be let in there; with a token, where they are needed.
  [[nodiscard]] Knock knock(const std::string& room, const std::string& name,
                            const std::string& role = "editor");
  [[nodiscard]] std::unique_ptr<Visitor> visitor(const std::string& room,
                                                 const std::string& name,
                                                 const std::string& role = "editor");
  [[nodiscard]] Editor editor(const std::string& room, const std::string& name,
                              std::uint64_t client, const std::string& role = "editor");
  /// A token for the workspace, by `plait admin`; the same for the same name and role.
  [[nodiscard]] std::string token(const std::string& name, const std::string& role);
  [[nodiscard]] const std::string& workspace() const noexcept { return workspace_; }
  /// `plait admin` beside the running server: what it prints, or nothing if it fails.
  std::optional<std::string> admin(const std::vector<std::string>& arguments) const;

 private:
  Kind kind_;
  ServerProcess server_;
  std::string workspace_;
  std::map<std::pair<std::string, std::string>, std::string> tokens_;  ///< by name and role
  int rooms_ = 0;
  std::unique_ptr<Bystanders> bystanders_;
};

}  // namespace plait::attack
