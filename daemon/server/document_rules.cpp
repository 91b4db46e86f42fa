#include "daemon/server/document_rules.h"

#include <utility>

#include "daemon/document/tree.h"
#include "daemon/server/limits.h"

namespace plait::server {
namespace {

/// The text of a file's document.
constexpr std::string_view kFileRoot = "content";

/// The tree is made of maps in maps. Each root is compared by name, and one is enough; clients
/// may come to need another.
constexpr std::size_t kMaxTreeRoots = 4;

crdt::UpdateRules rules_of_tree() {
  crdt::UpdateRules rules;
  // Gc is what is left of the fields of a file that somebody made and deleted before he was
  // heard.
  rules.kinds = {crdt::ContentKind::Any, crdt::ContentKind::Type, crdt::ContentKind::Deleted,
                 crdt::ContentKind::Gc};
  rules.max_roots = kMaxTreeRoots;
  return rules;
}

}  // namespace

Room::Config workspace_document(std::string workspace, std::string name) {
  Room::Config config;
  config.workspace = std::move(workspace);
  config.claims_clients = true;
  config.max_state_bytes = kMaxStateBytes;
  if (name == document::kTreeDocument) {
    config.rules = rules_of_tree();
  } else {
    config.rules = crdt::UpdateRules::for_file();
    config.text_root = kFileRoot;
  }
  config.name = std::move(name);
  return config;
}

Room::Config open_document(std::string name) {
  Room::Config config;
  config.name = std::move(name);
  config.rules = crdt::UpdateRules::for_open_document();
  return config;
}

}  // namespace plait::server
