#include "daemon/crdt/struct_writer.h"

#include "daemon/crdt/content_slice.h"
#include "protocol/base/assert.h"

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
  PLAIT_ASSERT(offset > 0 && offset < s.length, "an offset inside of the struct");
  std::string scratch;
  s.content = content_from(s.kind, s.content, offset, scratch);
  s.length -= offset;
  s.origin = Id{s.id.client, s.id.clock + (offset - 1)};
  write_struct(out, s);
}

std::string_view content_from(ContentKind kind, std::string_view content, std::uint32_t offset,
                              std::string& scratch) {
  if (offset == 0) return content;
  const ContentCut cut = cut_content(kind, content, offset);
  if (!cut.inside_pair) return content.substr(cut.at);
  scratch = torn_right(content, cut.at);
  return scratch;
}

}  // namespace plait::crdt
