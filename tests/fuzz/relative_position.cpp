// Any bytes as a relative position: what is read can be written, leads nowhere or into the
// document, and a place leads back to itself.

#include "daemon/crdt/relative_position.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/crdt/document.h"
#include "protocol/base/assert.h"
#include "tests/fuzz/history.h"

using plait::crdt::ClientId;
using plait::crdt::Document;
using plait::crdt::RelativePosition;

namespace {

/// Such a place makes no sense, but Yjs has an answer, and it is the same here.
bool is_map_entry(const Document& document, const RelativePosition& position) {
  const plait::crdt::Replica& replica = document.replica();
  return position.item && replica.items[replica.find(*position.item)].in_map;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto position = RelativePosition::decode(bytes);
  if (!position) return 0;
  const auto again = RelativePosition::decode(position->encode());
  PLAIT_ASSERT(again && *again == *position, "what was written to be read");

  for (const bool collect : {true, false}) {
    Document document({.client = ClientId{1}, .collect = collect});
    plait::fuzz::write_history(document);
    for (const bool follow : {true, false}) {
      const auto place = position->resolve(document, follow);
      if (!place || is_map_entry(document, *position)) continue;
      PLAIT_ASSERT(place->index <= document.length(place->type), "a place in the text");
      const auto there =
          RelativePosition::at(document, place->type, place->index, position->assoc);
      const auto back = there.resolve(document, follow);
      PLAIT_ASSERT(back && back->type == place->type && back->index == place->index,
                   "a place to lead back to itself");
    }
  }
  return 0;
}
