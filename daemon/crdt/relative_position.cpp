#include "daemon/crdt/relative_position.h"

#include <limits>

#include "daemon/crdt/replica.h"
#include "daemon/crdt/sequence_index.h"
#include "protocol/base/assert.h"
#include "protocol/base/bytes.h"
#include "protocol/base/utf8.h"

namespace plait::crdt {

// Places --------------------------------------------------------------------------------------

RelativePosition RelativePosition::at(const Document& document, TypeRef ref, Utf16Offset index,
                                      std::int32_t assoc) {
  const Replica& replica = document.replica();
  const SharedType& type = replica.types[ref];
  RelativePosition position;
  position.assoc = assoc;
  if (type.item == ItemRef::None) {
    position.root = replica.name(type.name);
  } else {
    position.type = replica.id_of(type.item);
  }
  std::uint32_t unit = index.value();
  if (assoc < 0) {
    if (unit == 0) return position;
    --unit;
  }
  if (unit < type.sequence.total.units) {
    const SequenceIndex::Place place = replica.sequences.locate(type.sequence, unit);
    const Id start = replica.id_of(place.item);
    position.item = Id{start.client, start.clock + place.offset};
  } else if (assoc < 0) {
    // Past the end: behind whatever comes last, and be it deleted.
    const ItemRef last = replica.sequences.back(type.sequence);
    if (last != ItemRef::None) position.item = replica.last_id_of(last);
  }
  return position;
}

namespace {

/// The unit that stands for `id` now, which this replica must have.
Id newest_copy(const Replica& replica, Id id) {
  for (;;) {
    const ItemRef item = replica.find(id);
    const std::optional<Id> copy = replica.redone_as(item);
    if (!copy) return id;
    id = {copy->client, copy->clock + (id.clock - replica.items[item].clock)};
  }
}

}  // namespace

std::optional<RelativePosition::Place> RelativePosition::resolve(const Document& document,
                                                                 bool follow_redone) const {
  const Replica& replica = document.replica();
  const auto current = [&](Id id) { return follow_redone ? newest_copy(replica, id) : id; };
  if (item) {
    if (!replica.has(*item)) return std::nullopt;
    const Id id = current(*item);
    const ItemRef ref = replica.find(id);
    const Item& right = replica.items[ref];
    if (right.is_gc()) return std::nullopt;
    if (replica.is_deleted(replica.types[right.parent])) return Place{right.parent, {}};
    std::uint32_t before = right.in_map ? 0 : replica.sequences.before(ref).units;
    if (right.visible()) before += (id.clock - right.clock) + (assoc < 0 ? 1U : 0U);
    return Place{right.parent, Utf16Offset{before}};
  }

  TypeRef found = TypeRef::None;
  if (root) {
    found = replica.find_root(*root);
  } else if (type && replica.has(*type)) {
    found = replica.type_of(replica.find(current(*type)));
  }
  if (found == TypeRef::None) return std::nullopt;
  return Place{found, assoc < 0 ? Utf16Offset{} : document.length(found)};
}

// Bytes ---------------------------------------------------------------------------------------

namespace {

enum class Form : std::uint8_t { Item = 0, Root = 1, Type = 2 };

void put_id(ByteWriter& out, Id id) {
  out.put_varuint(number(id.client));
  out.put_varuint(id.clock.value());
}

/// lib0's signed integer: the first byte has a sign in bit 6 and six bits of the number.
void put_signed(ByteWriter& out, std::int64_t value) {
  const auto magnitude = static_cast<std::uint64_t>(value < 0 ? -value : value);
  const std::uint64_t high = magnitude >> 6;
  out.put_byte(static_cast<std::uint8_t>((high != 0 ? 0x80U : 0U) | (value < 0 ? 0x40U : 0U) |
                                         (magnitude & 0x3FU)));
  if (high != 0) out.put_varuint(high);
}

std::optional<std::int32_t> read_signed(ByteReader& reader) {
  const std::uint8_t first = reader.byte();
  std::uint64_t magnitude = first & 0x3FU;
  if ((first & 0x80) != 0) {
    const std::uint64_t high = reader.varuint();
    constexpr std::uint64_t kMaxHigh = std::numeric_limits<std::int32_t>::max() >> 6;
    if (!reader.ok() || high == 0 || high > kMaxHigh) return std::nullopt;
    magnitude |= high << 6;
  }
  const auto value = static_cast<std::int32_t>(magnitude);
  if ((first & 0x40) == 0) return value;
  if (value == 0) return std::nullopt;  // nobody means a negative zero
  return -value;
}

std::optional<Id> read_id(ByteReader& reader) {
  const ClientId client{reader.varuint()};
  const std::uint64_t clock = reader.varuint();
  if (!reader.ok() || clock >= kClockLimit) return std::nullopt;
  return Id{client, Clock(static_cast<std::uint32_t>(clock))};
}

}  // namespace

std::string RelativePosition::encode() const {
  PLAIT_ASSERT(item || root || type, "a relative position to say what it is relative to");
  const auto put_form = [](ByteWriter& out, Form form) {
    out.put_byte(static_cast<std::uint8_t>(form));
  };
  ByteWriter out;
  if (item) {
    put_form(out, Form::Item);
    put_id(out, *item);
  } else if (root) {
    put_form(out, Form::Root);
    out.put_varbytes(*root);
  } else {
    put_form(out, Form::Type);
    put_id(out, *type);
  }
  put_signed(out, assoc);
  return out.str();
}

Result<RelativePosition> RelativePosition::decode(std::string_view bytes) {
  const auto malformed = [](const char* what) { return fail(ErrorCode::Malformed, what); };
  ByteReader reader(bytes);
  RelativePosition position;
  switch (reader.byte()) {
    case static_cast<std::uint8_t>(Form::Item):
      position.item = read_id(reader);
      if (!position.item) return malformed("the item of a relative position is invalid");
      break;
    case static_cast<std::uint8_t>(Form::Root): {
      const std::string_view name = reader.varbytes();
      if (name.size() > kMaxRootBytes) {
        return fail(ErrorCode::LimitExceeded, "the root of a relative position is too long");
      }
      if (!reader.ok() || !is_valid_utf8(name)) {
        return malformed("the root of a relative position is invalid");
      }
      position.root = name;
      break;
    }
    case static_cast<std::uint8_t>(Form::Type):
      position.type = read_id(reader);
      if (!position.type) return malformed("the type of a relative position is invalid");
      break;
    default: return malformed("a relative position of no known form");
  }
  if (!reader.at_end()) {  // old versions of Yjs wrote no association
    const auto assoc = read_signed(reader);
    if (!assoc) return malformed("the association of a relative position is invalid");
    position.assoc = *assoc;
  }
  if (!reader.at_end()) return malformed("bytes follow the end of the relative position");
  if (!reader.canonical()) return malformed("a number is longer than it has to be");
  return position;
}

}  // namespace plait::crdt
