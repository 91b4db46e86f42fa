#include "tests/sim/attack.h"

#include <array>
#include <vector>

#include "daemon/crdt/state_vector.h"
#include "protocol/base/assert.h"
#include "protocol/base/bytes.h"

namespace plait::sim {
namespace {

/// A copy of the enemy's document, to make updates with that it does not get to see.
class Scratch {
 public:
  Scratch(const crdt::Document& view, crdt::ClientId client) : document_({client}) {
    PLAIT_ASSERT(document_.apply(view.encode_state()), "a document's own state to be applied");
  }
  /// Types at a place of the root, and gives the update.
  std::string types(std::string_view root, std::size_t at, std::string_view text) {
    const crdt::TypeRef type = document_.text(root);
    PLAIT_ASSERT(document_.insert(type, Utf16Offset{static_cast<std::uint32_t>(at)}, text),
                 "text to be typed");
    ByteWriter update;
    PLAIT_ASSERT(document_.encode_change(update), "typing to change something");
    return update.str();
  }

 private:
  crdt::Document document_;
};

enum class Attack : std::uint8_t {
  Truncated,
  WithTail,
  WithUnknownDeletion,  ///< half of it is right
  WithoutDependency,
  ForeignId,
  OtherRoot,
};
constexpr std::array kInOpenRooms = {Attack::Truncated, Attack::WithTail,
                                     Attack::WithUnknownDeletion, Attack::WithoutDependency};
constexpr std::array kInWorkspaces = {Attack::Truncated,           Attack::WithTail,
                                      Attack::WithUnknownDeletion, Attack::WithoutDependency,
                                      Attack::ForeignId,           Attack::OtherRoot};

/// Somebody who has written here, and is not the enemy.
std::optional<crdt::ClientId> somebody_else(const crdt::Document& view, Chance& chance) {
  std::vector<crdt::ClientId> others;
  const crdt::StateVector known = view.state_vector();
  for (const auto& entry : known.entries()) {
    if (entry.client != view.client()) others.push_back(entry.client);
  }
  if (others.empty()) return std::nullopt;
  return others[chance.below(others.size())];
}

}  // namespace

std::optional<std::string> attack(const crdt::Document& view, bool open, std::string_view text,
                                  Chance& chance) {
  const Attack kind = open ? kInOpenRooms[chance.below(kInOpenRooms.size())]
                           : kInWorkspaces[chance.below(kInWorkspaces.size())];
  if (kind == Attack::ForeignId) {
    const auto victim = somebody_else(view, chance);
    if (!victim) return std::nullopt;
    return Scratch(view, *victim).types("content", 0, text);
  }
  Scratch scratch(view, view.client());
  if (kind == Attack::OtherRoot) return scratch.types("other", 0, text);
  std::string update = scratch.types("content", 0, text);
  switch (kind) {
    case Attack::Truncated: update.resize(update.size() - 1 - chance.below(3)); break;
    case Attack::WithTail: update += '\0'; break;
    case Attack::WithUnknownDeletion: {
      // Of one client, in one range, at a clock that nobody has reached.
      ByteWriter deletion;
      for (const std::uint64_t number :
           {std::uint64_t{1}, crdt::number(view.client()), std::uint64_t{1},
            std::uint64_t{1} << 20U, std::uint64_t{1}}) {
        deletion.put_varuint(number);
      }
      update.pop_back();  // the empty set
      update += deletion.view();
      break;
    }
    case Attack::WithoutDependency:
      update = scratch.types("content", 1, text.substr(text.size() / 2));
      break;
    case Attack::ForeignId:
    case Attack::OtherRoot: break;
  }
  return update;
}

std::string noise(Chance& chance) {
  std::string bytes(1 + chance.below(40), '\0');
  for (char& byte : bytes) byte = static_cast<char>(chance.bits());
  bytes.front() = '\x00';                   // sync,
  if (bytes.size() > 1) bytes[1] = '\x07';  // but nothing that there is
  return bytes;
}

}  // namespace plait::sim
