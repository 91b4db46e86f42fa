#include "daemon/crdt/content_slice.h"

#include "daemon/crdt/any.h"
#include "protocol/base/bytes.h"
#include "protocol/base/utf8.h"

namespace plait::crdt {

ContentCut cut_content(ContentKind kind, std::string_view content, std::uint32_t units) {
  ContentCut cut;
  if (kind == ContentKind::String) {
    cut.at = bytes_of_utf16_prefix(content, units, &cut.inside_pair);
    return cut;
  }
  if (kind == ContentKind::Deleted) return cut;
  ByteReader reader(content);
  for (; units > 0 && !reader.at_end(); --units) {
    if (kind == ContentKind::Any) {
      static_cast<void>(skip_any(reader));
    } else {
      static_cast<void>(reader.varbytes());
    }
  }
  cut.at = content.size() - reader.remaining();
  return cut;
}

std::string torn_left(std::string_view text, std::size_t at) {
  return std::string(text.substr(0, at)).append(kReplacementCharacter);
}

std::string torn_right(std::string_view text, std::size_t at) {
  constexpr std::size_t kPairBytes = 4;
  return std::string(kReplacementCharacter).append(text.substr(at + kPairBytes));
}

}  // namespace plait::crdt
