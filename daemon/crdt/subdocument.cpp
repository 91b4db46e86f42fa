#include "daemon/crdt/subdocument.h"

#include <string_view>

#include "daemon/crdt/any.h"
#include "daemon/crdt/any_value.h"
#include "protocol/base/utf8.h"

namespace plait::crdt {
namespace {

/// What JavaScript makes of a canonical value where a condition is asked for.
bool is_truthy(std::string_view value) noexcept {
  using namespace std::string_view_literals;
  switch (static_cast<AnyTag>(value.front())) {
    case AnyTag::Undefined:
    case AnyTag::Null:
    case AnyTag::False: return false;
    case AnyTag::Integer: return value != "\x7D\x00"sv && value != "\x7D\x40"sv;
    case AnyTag::BigInt: return value != "\x7A\0\0\0\0\0\0\0\0"sv;
    case AnyTag::Float64: {
      // The smallest magnitude with an exponent of all ones is infinity, and that is a Float32.
      const bool is_nan = (static_cast<unsigned char>(value[1]) & 0x7F) == 0x7F &&
                          static_cast<unsigned char>(value[2]) >= 0xF0;
      return !is_nan;
    }
    case AnyTag::String: return value.size() > 2;
    case AnyTag::Float32:
    case AnyTag::True:
    case AnyTag::Object:
    case AnyTag::Array:
    case AnyTag::Binary: return true;
  }
  return true;
}

constexpr std::string_view kUndefined = "\x7F";
constexpr std::string_view kNull = "\x7E";

}  // namespace

bool rewrite_subdocument(ByteReader& reader, ByteWriter& out) {
  std::string_view guid = reader.varbytes();
  ByteWriter canonical;
  if (!reader.ok() || !is_valid_utf8(guid) || !rewrite_any(reader, canonical)) return false;
  if (canonical.view() == kUndefined || canonical.view() == kNull) return false;

  std::string_view gc = kUndefined;
  std::string_view auto_load = kUndefined;
  std::string_view meta = kUndefined;
  ByteReader options(canonical.view());
  // Options that are no object are as good as none.
  if (static_cast<AnyTag>(options.byte()) == AnyTag::Object) {
    for (std::uint64_t left = options.varuint(); left > 0; --left) {
      const std::string_view key = options.varbytes();
      const char* begin = options.position();
      if (skip_any(options) == AnyForm::Invalid) return false;
      const std::string_view value(begin, static_cast<std::size_t>(options.position() - begin));
      if (key == "gc") gc = value;
      if (key == "autoLoad") auto_load = value;
      if (key == "meta") meta = value;
      if (key == "guid") {
        ByteReader text(value);
        if (static_cast<AnyTag>(text.byte()) != AnyTag::String) return false;
        guid = text.varbytes();
      }
    }
  }

  const bool keeps_deleted = gc != kUndefined && !is_truthy(gc);
  const bool loads = is_truthy(auto_load);
  const bool has_meta = meta != kUndefined && meta != kNull;
  out.put_varbytes(guid);
  out.put_byte(static_cast<std::uint8_t>(AnyTag::Object));
  out.put_byte(static_cast<std::uint8_t>(int{keeps_deleted} + int{loads} + int{has_meta}));
  if (keeps_deleted) {
    out.put_varbytes("gc");
    put_any_bool(out, /*value=*/false);
  }
  if (loads) {
    out.put_varbytes("autoLoad");
    put_any_bool(out, /*value=*/true);
  }
  if (has_meta) {
    out.put_varbytes("meta");
    out.put_bytes(meta);
  }
  return true;
}

}  // namespace plait::crdt
