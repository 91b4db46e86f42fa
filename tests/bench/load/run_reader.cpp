#include "tests/bench/load/run_reader.h"

#include "protocol/base/bytes.h"

namespace plait::load {

/// One client, one string behind another, nothing deleted; false for anything else.
bool RunReader::read_single(std::string_view update, TextRun& run) noexcept {
  constexpr auto kTyped =
      static_cast<std::uint8_t>(crdt::ContentKind::String) | crdt::kHasOrigin;
  ByteReader reader(update);
  if (reader.varuint() != 1 || reader.varuint() != 1) return false;
  run.client = reader.varuint();
  run.clock = static_cast<std::uint32_t>(reader.varuint());
  if (reader.byte() != kTyped) return false;
  if (reader.varuint() != run.client) return false;
  if (reader.varuint() + 1 != run.clock) return false;
  run.text = reader.varbytes();
  return reader.varuint() == 0 && reader.ok() && reader.at_end();
}

}  // namespace plait::load
