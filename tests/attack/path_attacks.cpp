#include <string>
#include <utility>

#include "daemon/server/limits.h"
#include "protocol/base/relative_path.h"
#include "tests/attack/attack.h"

namespace plait::attack {
namespace {

Attack path(std::string name, std::string expected, std::string file) {
  return {std::move(name), std::move(expected), [file = std::move(file)](Stage& stage) {
            Visitor visitor(stage.server().line());
            Knock knock = stage.knock(file, "eve");
            return "HTTP " + std::to_string(visitor.knocks(knock));
          }};
}

/// A name that is as long as it may be, or longer, of folders with short names.
std::string longest(Stage& stage, std::size_t more) {
  const std::size_t length = server::kMaxRoomNameBytes - stage.workspace().size() - 1;
  std::string name(length + more, 'n');
  for (std::size_t at = 100; at + 1 < name.size(); at += 100) name[at] = '/';
  Visitor visitor(stage.server().line());
  const Knock knock = stage.knock(name, "eve");
  return "HTTP " + std::to_string(visitor.knocks(knock));
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

}  // namespace

Scene path_attacks() {
  Scene scene{.title = "Names of rooms", .stage = Stage::Kind::Team, .attacks = {}};
  const std::string deepest = repeated("a/", kMaxPathDepth - 1) + "a";
  scene.attacks = {
      path("a step upwards", "HTTP 404", "a/../b"),
      path("a step upwards, encoded", "HTTP 404", "a/%2e%2e/b"),
      path("a slash that is encoded", "HTTP 404", "..%2f..%2fetc%2fpasswd"),
      path("an empty component", "HTTP 404", "a//b"),
      path("a dot alone", "HTTP 404", "./a"),
      path("a NUL", "HTTP 404", "a%00b"),
      path("a line break", "HTTP 404", "a%0ab"),
      path("no UTF-8", "HTTP 404", "%ff%fe"),
      path("a surrogate", "HTTP 404", "%ed%a0%80"),
      path("half a percent sign", "HTTP 404", "a%4"),
      path("no name", "HTTP 404", ""),
      path("64 folders deep", "HTTP 101", deepest),
      path("65 folders deep", "HTTP 404", deepest + "/a"),
      path("a folder's name of 255 bytes", "HTTP 101",
           std::string(kMaxPathComponentBytes, 'n') + "/a"),
      path("a folder's name of 256 bytes", "HTTP 404",
           std::string(kMaxPathComponentBytes + 1, 'n') + "/a"),
      {"a name of 1 KiB, the workspace's with it", "HTTP 101",
       [](Stage& stage) { return longest(stage, 0); }},
      {"a name of 1 KiB and a byte", "HTTP 404",
       [](Stage& stage) { return longest(stage, 1); }},
      {"another workspace's name in the path", "HTTP 403",
       [](Stage& stage) {
         Visitor visitor(stage.server().line());
         const Knock knock{.path = "/yjs/another/file?token=" + stage.token("eve", "editor")};
         return "HTTP " + std::to_string(visitor.knocks(knock));
       }},
  };
  return scene;
}

}  // namespace plait::attack
