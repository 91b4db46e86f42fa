#include "tests/bench/load/typist.h"

#include "daemon/crdt/decoded_update.h"

namespace plait::load {

// Yjs's update format v1: one client, one struct, nothing deleted.
std::string_view Typist::type(Nanoseconds time) {
  constexpr auto kString = static_cast<std::uint8_t>(crdt::ContentKind::String);
  const std::uint32_t at = clock();
  update_.clear();
  update_.put_varuint(1);
  update_.put_varuint(1);
  update_.put_varuint(client_);
  update_.put_varuint(at);
  if (at == 0) {
    update_.put_byte(kString);
    update_.put_varuint(1);  // the parent is a root
    update_.put_varbytes(kTextRoot);
  } else {
    update_.put_byte(kString | crdt::kHasOrigin);
    update_.put_varuint(client_);
    update_.put_varuint(at - 1);
  }
  const Stamp stamp = stamp_of(time);
  update_.put_varbytes({stamp.data(), stamp.size()});
  update_.put_varuint(0);
  ++edits_;
  return update_.view();
}

}  // namespace plait::load
