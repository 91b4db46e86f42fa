#include "daemon/crdt/undo_scope.h"

#include <algorithm>

namespace plait::crdt {

UndoScope::UndoScope(const Replica& replica, std::span<const TypeRef> types)
    : replica_(replica) {
  for (const TypeRef type : types) {
    const ItemRef item = replica.types[type].item;
    members_.push_back(
        {type, item == ItemRef::None ? std::nullopt : std::optional(replica.id_of(item))});
  }
}

void UndoScope::refresh() {
  answers_.clear();
  for (Member& member : members_) {
    if (member.item) member.type = replica_.type_of(replica_.find(*member.item));
  }
}

bool UndoScope::contains(ItemRef item) {
  return members_.empty() || contains_type(replica_.items[item].parent);
}

bool UndoScope::is_changed() {
  if (members_.empty()) return true;
  return std::ranges::any_of(replica_.log.changed_types, [&](TypeRef type) {
    return !replica_.is_deleted(replica_.types[type]) && contains_type(type);
  });
}

bool UndoScope::contains_type(TypeRef type) {
  path_.clear();
  bool answer = false;
  for (TypeRef at = type;;) {
    if (std::ranges::any_of(members_, [&](const Member& m) { return m.type == at; })) {
      answer = true;
      break;
    }
    const auto known = answers_.find(at);
    if (known != answers_.end()) {
      answer = known->second;
      break;
    }
    path_.push_back(at);
    const ItemRef holder = replica_.types[at].item;
    if (holder == ItemRef::None) break;
    at = replica_.items[holder].parent;
  }
  for (const TypeRef passed : path_) answers_.emplace(passed, answer);
  return answer;
}

}  // namespace plait::crdt
