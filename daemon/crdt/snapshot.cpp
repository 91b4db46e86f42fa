#include "daemon/crdt/snapshot.h"

#include <utility>

#include "protocol/base/bytes.h"

namespace plait::crdt {

std::string Snapshot::encode() const {
  ByteWriter out;
  deletes.encode(out);
  state.encode(out);
  return out.str();
}

Result<Snapshot> Snapshot::decode(std::string_view bytes) {
  ByteReader reader(bytes);
  auto deletes = DeleteSet::read(reader);
  if (!deletes) return forward_error(deletes);
  auto state = StateVector::read(reader);
  if (!state) return forward_error(state);
  if (!reader.at_end()) {
    return fail(ErrorCode::Malformed, "bytes follow the end of the snapshot");
  }
  return Snapshot{std::move(*deletes), std::move(*state)};
}

}  // namespace plait::crdt
