#include "daemon/crdt/struct_writer.h"

#include "daemon/crdt/any.h"
#include "protocol/base/assert.h"
#include "protocol/base/utf8.h"

namespace plait::crdt {

StructToWrite struct_to_write(const DecodedUpdate& update, ClientId client,
                              const DecodedStruct& s) noexcept {
  StructToWrite out;
  out.kind = s.kind;
  out.id = {client, s.clock};
  out.length = s.length;
  out.origin = s.origin();
  out.right_origin = s.right_origin();
  out.content = s.content;
  if (s.parent != DecodedStruct::kNoParent) {
    const DecodedParent& parent = update.parents[s.parent];
    out.root = parent.root;
    out.parent = parent.item;
    out.has_key = parent.key.has_value();
    out.key = parent.key.value_or(std::string_view{});
  }
  return out;
}

void write_struct_from(ByteWriter& out, StructToWrite s, std::uint32_t offset) {
  PLAIT_ASSERT(offset < s.length, "an offset inside of the struct");
  std::string scratch;
  s.content = content_from(s.kind, s.content, offset, scratch);
  s.length -= offset;
  if (offset != 0 && s.kind != ContentKind::Gc && s.kind != ContentKind::Skip) {
    s.origin = Id{s.id.client, s.id.clock + (offset - 1)};
  }
  write_struct(out, s);
}

std::string_view content_from(ContentKind kind, std::string_view content, std::uint32_t offset,
                              std::string& scratch) {
  if (offset == 0) return content;
  switch (kind) {
    case ContentKind::Gc:
    case ContentKind::Skip:
    case ContentKind::Deleted: return content;
    case ContentKind::String: {
      bool inside_pair = false;
      const std::size_t at = bytes_of_utf16_prefix(content, offset, &inside_pair);
      if (!inside_pair) return content.substr(at);
      constexpr std::size_t kPairBytes = 4;
      scratch.assign(kReplacementCharacter).append(content.substr(at + kPairBytes));
      return scratch;
    }
    case ContentKind::Json:
    case ContentKind::Any: {
      ByteReader elements(content);
      for (std::uint32_t i = 0; i < offset; ++i) {
        if (kind == ContentKind::Json) {
          static_cast<void>(elements.varbytes());
        } else {
          static_cast<void>(skip_any(elements));
        }
      }
      PLAIT_ASSERT(elements.ok(), "as many elements as the struct is long");
      return elements.rest();
    }
    case ContentKind::Binary:
    case ContentKind::Embed:
    case ContentKind::Format:
    case ContentKind::Type:
    case ContentKind::Doc: break;
  }
  PLAIT_ASSERT(false, "content of one unit to stay whole");
  return {};
}

}  // namespace plait::crdt
