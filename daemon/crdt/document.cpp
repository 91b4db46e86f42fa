#include "daemon/crdt/document.h"

#include <algorithm>
#include <new>

#include "daemon/crdt/any_value.h"
#include "daemon/crdt/encode.h"
#include "daemon/crdt/snapshot_text.h"
#include "daemon/crdt/text_changes.h"
#include "daemon/crdt/text_format.h"
#include "daemon/crdt/update_merge.h"
#include "daemon/crdt/update_validator.h"
#include "protocol/base/utf8.h"

namespace plait::crdt {
namespace {

/// So short that a string holds it without allocating.
constexpr const char* kOutOfMemory = "out of memory";

/// Memory for this many decoded structs is kept from one update to the next.
constexpr std::size_t kKeptStructs = 256;

}  // namespace

// Transactions --------------------------------------------------------------------------------

void Document::finish_observed(Origin origin) {
  for (Observer* observer : observers_) observer->before_collecting(*this, origin);
  const std::vector<Id> redundant = redundant_formats(replica_);
  replica_.finish();
  for (Observer* observer : observers_) observer->committed(*this, origin);
  if (!redundant.empty()) remove_formats(redundant);
}

void Document::remove_formats(const std::vector<Id>& formats) {
  TransactionLog asked_for = std::move(replica_.log);
  replica_.begin(/*local=*/true);
  for (const Id id : formats) replica_.remove(replica_.find(id));
  finish(/*origin=*/0);
  replica_.log = std::move(asked_for);
}

Result<void> Document::out_of_memory() {
  failed_ = true;
  return fail(ErrorCode::OutOfMemory, kOutOfMemory);
}

void Document::remove_observer(Observer& observer) noexcept {
  observers_.erase(std::remove(observers_.begin(), observers_.end(), &observer),
                   observers_.end());
}

Result<void> Document::insert(TypeRef text, Utf16Offset at, std::string_view content,
                              Origin origin) {
  return transact(origin, [&](Editor& editor) { return editor.insert(text, at, content); });
}

Result<void> Document::erase(TypeRef text, Utf16Offset at, Utf16Offset length, Origin origin) {
  return transact(origin, [&](Editor& editor) { return editor.erase(text, at, length); });
}

Result<void> Document::apply(std::string_view update, Origin origin) {
  try {
    if (auto decoded = decode_update(update, decoded_); !decoded) return decoded;
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, kOutOfMemory);
  }
  return apply_decoded(origin);
}

Result<void> Document::apply_checked(std::string_view update, const UpdateRules& rules,
                                     Origin origin) {
  if (failed_) return out_of_memory();
  try {
    const UpdateValidator validator(*this, rules);
    if (auto decoded = validator.decode(update, decoded_); !decoded) return decoded;
    if (auto allowed = validator.check(decoded_); !allowed) return allowed;
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, kOutOfMemory);
  }
  return apply_decoded(origin);
}

/// Applies what was decoded.
Result<void> Document::apply_decoded(Origin origin) {
  if (failed_) return out_of_memory();
  replica_.begin(/*local=*/false);
  try {
    auto result = applier_.apply(decoded_, pending_);
    // A whole document leaves a large object behind, keystrokes one worth keeping.
    if (decoded_.structs.capacity() > kKeptStructs) decoded_ = {};
    finish(origin);
    return result;
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
}

bool Document::encode_change(ByteWriter& out) const {
  return encode_transaction(replica_, out);
}

std::vector<TextEdit> Document::edits(TypeRef text) const {
  return text_changes(replica_, text);
}

// State ---------------------------------------------------------------------------------------

TypeRef Document::root(std::string_view name, TypeKind kind) {
  const TypeRef ref = replica_.root(name);
  SharedType& type = replica_.types[ref];
  if (type.kind == TypeKind::Undefined) type.knows_formats = false;
  type.kind = kind;
  return ref;
}

std::string Document::encode_state(const StateVector& known) const {
  ByteWriter out;
  crdt::encode_state(replica_, known, out);
  if (pending_.empty()) return out.str();
  std::vector<std::string> parts{out.str()};
  if (!pending_.deletes.empty()) {
    ByteWriter deletes;
    deletes.put_varuint(0);
    pending_.deletes.encode(deletes);
    parts.push_back(deletes.str());
  }
  if (!pending_.structs.empty()) {
    parts.push_back(diff_update(pending_.structs, known).value());
  }
  const std::vector<std::string_view> views(parts.begin(), parts.end());
  return merge_updates(views).value();
}

StateVector Document::state_vector() const { return state_vector_of(replica_); }

Snapshot Document::snapshot() const {
  return {delete_set_of(replica_), state_vector_of(replica_)};
}

bool Document::encode_part(StateVector& known, std::size_t max_bytes, ByteWriter& out) const {
  return crdt::encode_part(replica_, known, max_bytes, out);
}

// Text ----------------------------------------------------------------------------------------

std::string Document::to_string(TypeRef text) const {
  std::string whole;
  whole.reserve(replica_.types[text].sequence.total.bytes);
  for_each_chunk(text, [&](std::string_view chunk) { whole += chunk; });
  return whole;
}

Result<std::string> Document::text_at(const Snapshot& snapshot, TypeRef text) const {
  try {
    return crdt::text_at(replica_, text, snapshot);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, kOutOfMemory);
  }
}

TextPosition Document::end_of(TypeRef text) const noexcept {
  const SequenceIndex::Tree& tree = replica_.types[text].sequence;
  return position_of(replica_.sequences, tree, tree.total);
}

TextPosition Document::locate(TypeRef text, Utf16Offset at) const noexcept {
  const SequenceIndex::Tree& tree = replica_.types[text].sequence;
  return position_of(replica_.sequences, tree, replica_.sequences.at_units(tree, at.value()));
}

TextPosition Document::locate(TypeRef text, Utf8Offset at) const noexcept {
  const SequenceIndex::Tree& tree = replica_.types[text].sequence;
  return position_of(replica_.sequences, tree, replica_.sequences.at_bytes(tree, at.value()));
}

TextPosition Document::locate(TypeRef text, CodePointOffset at) const noexcept {
  const SequenceIndex::Tree& tree = replica_.types[text].sequence;
  return position_of(replica_.sequences, tree,
                     replica_.sequences.at_code_points(tree, at.value()));
}

TextPosition Document::locate(TypeRef text, LineNumber start_of) const noexcept {
  const SequenceIndex::Tree& tree = replica_.types[text].sequence;
  return position_of(replica_.sequences, tree,
                     replica_.sequences.at_line(tree, start_of.value()));
}

// Editing -------------------------------------------------------------------------------------

namespace {

Failure clock_is_full() {
  return fail(ErrorCode::LimitExceeded, "this client id has no clock left; take a new one");
}
Failure out_of_range() { return fail(ErrorCode::OutOfRange, "the place is past the end"); }

/// The item that ends where unit `at` starts, cut loose if need be; None at the start.
ItemRef item_before(Replica& replica, const SequenceIndex::Tree& tree, std::uint32_t at) {
  if (at == 0) return ItemRef::None;
  const SequenceIndex::Place place = replica.sequences.locate(tree, at - 1);
  if (place.offset + 1 < replica.items[place.item].length) {
    replica.split(place.item, place.offset + 1, Replica::Cut::Stays);
  }
  return place.item;
}

}  // namespace

Result<void> Document::Editor::insert(TypeRef text, Utf16Offset at, std::string_view content) {
  const SharedType& type = replica_.types[text];
  const SequenceIndex::Tree& tree = type.sequence;
  if (at.value() > tree.total.units) return out_of_range();
  if (content.empty()) return {};
  const auto size = measure_checked(content);
  if (!size) return fail(ErrorCode::Malformed, "the text is not valid UTF-8");
  if (!replica_.has_room_for(size->utf16.value())) return clock_is_full();

  ItemRef left = item_before(replica_, tree, at.value());
  ItemRef right = left == ItemRef::None ? type.first : replica_.items[left].right;
  // Like Yjs, behind everything that was deleted here: new text goes where the next live one
  // is.
  const bool moves_on = right != ItemRef::None && replica_.items[right].deleted;
  if (moves_on || type.has_formats) {
    right = type.has_formats ? typing_goes_before(replica_, text, left, right)
                             : replica_.sequences.live_from(right);
    left = right == ItemRef::None ? replica_.sequences.back(tree) : replica_.items[right].left;
  }
  replica_.insert_own_text(text, left, right, content,
                           {size->utf16.value(), size->utf8.value(), size->code_points.value(),
                            size->newlines.value(), /*live=*/0});
  return {};
}

Result<void> Document::Editor::erase(TypeRef ref, Utf16Offset at, Utf16Offset length) {
  const SequenceIndex::Tree& tree = replica_.types[ref].sequence;
  if (at.value() > tree.total.units || length.value() > tree.total.units - at.value()) {
    return out_of_range();
  }
  const SharedType& type = replica_.types[ref];
  if (type.has_formats && (type.kind == TypeKind::Text || type.kind == TypeKind::XmlText)) {
    erase_formatted(replica_, ref, item_before(replica_, tree, at.value()), length.value());
    return {};
  }
  std::uint32_t left = length.value();
  while (left > 0) {
    const SequenceIndex::Place place = replica_.sequences.locate(tree, at.value());
    ItemRef item = place.item;
    if (place.offset > 0) {
      const std::uint32_t tail = replica_.items[item].length - place.offset;
      if (tail <= left && replica_.try_remove_tail(item, tail)) {
        left -= tail;
        continue;
      }
      item = replica_.split(item, place.offset, Replica::Cut::Stays);
    }
    const std::uint32_t head = std::min(left, replica_.items[item].length);
    left -= head;
    if (replica_.try_remove_head(item, head)) continue;
    if (head < replica_.items[item].length) replica_.split(item, head, Replica::Cut::Stays);
    replica_.remove(item);
  }
  return {};
}

namespace {

/// Content of a new nested type, as on the wire.
std::string type_content(TypeKind kind) { return std::string(1, static_cast<char>(kind)); }

}  // namespace

Result<void> Document::Editor::set(TypeRef map, std::string_view key, std::string_view value) {
  if (!replica_.has_room_for(1)) return clock_is_full();
  const NameRef name = replica_.intern(key);
  replica_.insert_own(map, name, replica_.newest(replica_.types[map], name), ItemRef::None,
                      ContentKind::Any, value, 1);
  return {};
}

Result<TypeRef> Document::Editor::set_type(TypeRef map, std::string_view key, TypeKind kind) {
  if (!replica_.has_room_for(1)) return clock_is_full();
  const NameRef name = replica_.intern(key);
  return replica_.type_of(
      replica_.insert_own(map, name, replica_.newest(replica_.types[map], name), ItemRef::None,
                          ContentKind::Type, type_content(kind), 1));
}

Result<void> Document::Editor::unset(TypeRef map, std::string_view key) {
  const ItemRef item = replica_.newest(replica_.types[map], replica_.intern(key));
  if (item == ItemRef::None || replica_.items[item].deleted) {
    return fail(ErrorCode::NotFound, "the map has no such key");
  }
  replica_.remove(item);
  return {};
}

Result<void> Document::Editor::insert_value(TypeRef array, std::uint32_t at,
                                            std::string_view value) {
  const SharedType& type = replica_.types[array];
  if (at > type.sequence.total.units) return out_of_range();
  if (!replica_.has_room_for(1)) return clock_is_full();
  const ItemRef left = item_before(replica_, type.sequence, at);
  const ItemRef right = left == ItemRef::None ? type.first : replica_.items[left].right;
  replica_.insert_own(array, NameRef::None, left, right, ContentKind::Any, value, 1);
  return {};
}

Result<TypeRef> Document::Editor::insert_type(TypeRef array, std::uint32_t at, TypeKind kind) {
  const SharedType& type = replica_.types[array];
  if (at > type.sequence.total.units) return out_of_range();
  if (!replica_.has_room_for(1)) return clock_is_full();
  const ItemRef left = item_before(replica_, type.sequence, at);
  const ItemRef right = left == ItemRef::None ? type.first : replica_.items[left].right;
  return replica_.type_of(replica_.insert_own(array, NameRef::None, left, right,
                                              ContentKind::Type, type_content(kind), 1));
}

}  // namespace plait::crdt
