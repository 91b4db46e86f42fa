#include "daemon/crdt/snapshot_text.h"

#include <algorithm>
#include <span>
#include <string_view>

#include "daemon/crdt/content_slice.h"
#include "daemon/crdt/struct_writer.h"

namespace plait::crdt {
namespace {

/// Appends the units from `from` to before `to`. Of a character that a border cuts in two, each
/// half becomes U+FFFD, as it does where a change cuts it.
void append_units(std::string_view text, std::uint32_t from, std::uint32_t to,
                  std::string& out) {
  std::string scratch;
  const std::string_view rest = content_from(ContentKind::String, text, from, scratch);
  const ContentCut cut = cut_content(ContentKind::String, rest, to - from);
  if (cut.inside_pair) {
    out += torn_left(rest, cut.at);
  } else {
    out += rest.substr(0, cut.at);
  }
}

/// Appends what the snapshot shows of a run.
void append_shown(const Snapshot& snapshot, ClientId client, const Item& item,
                  std::string_view text, std::string& out) {
  const Clock end = std::min(item.end(), snapshot.state.get(client));
  const std::span<const DeleteRange> deletes = snapshot.deletes.ranges_of(client);
  auto hidden =
      std::partition_point(deletes.begin(), deletes.end(),
                           [&](const DeleteRange& range) { return range.end() <= item.clock; });
  Clock at = item.clock;
  while (at < end) {
    const Clock shown_until =
        hidden == deletes.end() ? end : std::clamp(hidden->clock, at, end);
    if (at < shown_until) append_units(text, at - item.clock, shown_until - item.clock, out);
    if (hidden == deletes.end()) break;
    at = hidden->end();
    ++hidden;
  }
}

}  // namespace

Result<std::string> text_at(const Replica& replica, TypeRef text, const Snapshot& snapshot) {
  if (replica.options.collect) {
    return fail(ErrorCode::Unsupported, "a document that collects what is deleted has no past");
  }
  for (const StateVector::Entry& entry : snapshot.state.entries()) {
    if (entry.clock > replica.clients.next_clock(entry.client)) {
      return fail(ErrorCode::OutOfRange, "the snapshot has what this document has not");
    }
  }
  std::string out;
  ItemRef at = replica.types[text].first;
  while (at != ItemRef::None) {
    const Item& item = replica.items[at];
    if (item.kind == ContentKind::String) {
      append_shown(snapshot, replica.clients.id_of(item.client), item, replica.content(at),
                   out);
    }
    at = item.right;
  }
  return out;
}

}  // namespace plait::crdt
