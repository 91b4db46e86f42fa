#include "daemon/crdt/text_format.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "daemon/crdt/format_value.h"
#include "protocol/base/bytes.h"

namespace plait::crdt {
namespace {

/// A Format's content.
struct Mark {
  std::string_view key;
  std::string_view value;  ///< JSON in the form that JSON.stringify writes
};

bool is_mark(const Item& item) noexcept {
  return !item.deleted && item.kind == ContentKind::Format;
}

Mark mark_of(const Replica& replica, ItemRef item) noexcept {
  ByteReader content(replica.content(item));
  const std::string_view key = content.varbytes();
  return {key, content.varbytes()};
}

/// The marks that apply at a place.
class Attributes {
 public:
  /// Of the place between two neighbours, as Yjs finds it.
  Attributes(const Replica& replica, const SharedType& text, ItemRef left, ItemRef right) {
    if (text.knows_formats) {
      for (ItemRef at = left; at != ItemRef::None; at = replica.items[at].left) {
        note(replica, at);
      }
    } else {
      // Yjs does not know that this text has formats and so starts from one of its search
      // markers. A fresh one is put at the place itself, or as far to the left of it as items
      // that might be joined go.
      ItemRef at = right != ItemRef::None ? right : left;
      if (at == left && at != ItemRef::None) note(replica, at);
      while (at != ItemRef::None && follows_left(replica, at)) {
        at = replica.items[at].left;
        note(replica, at);
      }
    }
  }

  /// The value of a key: null if it has none.
  [[nodiscard]] std::string_view get(std::string_view key) const noexcept {
    const auto found = values_.find(key);
    return found == values_.end() ? kNullValue : found->second;
  }
  /// Whether a mark would change nothing, in the eyes of somebody who types.
  [[nodiscard]] bool have(const Mark& mark) const {
    const auto found = values_.find(mark.key);
    // Yjs keeps them in an object here, which has more members than one thinks.
    if (found != values_.end() && found->second != kNullValue) {
      return equal_format_values(found->second, mark.value);
    }
    return mark.value == kNullValue && !is_inherited(mark.key);
  }

 private:
  void note(const Replica& replica, ItemRef item) {
    if (!is_mark(replica.items[item])) return;
    const Mark mark = mark_of(replica, item);
    values_.emplace(mark.key, mark.value);  // the nearest to the place came first
  }

  static bool follows_left(const Replica& replica, ItemRef item) noexcept {
    const Item& right = replica.items[item];
    if (right.left == ItemRef::None) return false;
    const Item& left = replica.items[right.left];
    return left.client == right.client && left.end() == right.clock;
  }

  /// Whether every object of JavaScript has a member of this name.
  static bool is_inherited(std::string_view key) noexcept {
    static constexpr std::array<std::string_view, 12> kInherited = {
        "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__",
        "__proto__",        "constructor",      "hasOwnProperty",   "isPrototypeOf",
        "toLocaleString",   "toString",         "valueOf",          "propertyIsEnumerable"};
    return std::find(kInherited.begin(), kInherited.end(), key) != kInherited.end();
  }

  std::unordered_map<std::string_view, std::string_view> values_;
};

/// A mark is the last of its key in front of the next visible item.
using LastMarks = std::unordered_map<std::string_view, ItemRef>;

/// The visible item at or after `start`; `*last` are the marks before it that `counts` takes.
template <class Counts>
ItemRef end_of_gap(const Replica& replica, ItemRef start, LastMarks& last, Counts&& counts) {
  ItemRef at = start;
  while (at != ItemRef::None && !replica.items[at].visible()) {
    if (replica.items[at].deleted) {
      at = replica.sequences.live_from(at);
      continue;
    }
    if (is_mark(replica.items[at]) && counts(at)) last[mark_of(replica, at).key] = at;
    at = replica.items[at].right;
  }
  return at;
}

}  // namespace

ItemRef typing_goes_before(const Replica& replica, TypeRef text, ItemRef left, ItemRef right) {
  ItemRef at = right;
  // Most places have no marks to their right, and then nobody needs to know those to the left.
  std::optional<Attributes> attributes;
  while (at != ItemRef::None) {
    const Item& item = replica.items[at];
    if (item.deleted) {
      at = replica.sequences.live_from(at);
      continue;
    }
    if (item.kind != ContentKind::Format) break;
    if (!attributes) attributes.emplace(replica, replica.types[text], left, right);
    if (!attributes->have(mark_of(replica, at))) break;
    at = item.right;
  }
  return at;
}

void erase_formatted(Replica& replica, TypeRef text, ItemRef left, std::uint32_t units) {
  if (units == 0) return;
  const ItemRef start =
      left == ItemRef::None ? replica.types[text].first : replica.items[left].right;
  ItemRef at = start;
  while (units > 0 && at != ItemRef::None) {
    const Item& item = replica.items[at];
    if (item.deleted) {
      at = replica.sequences.live_from(at);
      continue;
    }
    // Anything else that takes room has no place in a text; Yjs leaves it alone.
    if (item.kind == ContentKind::String || item.kind == ContentKind::Embed ||
        item.kind == ContentKind::Type) {
      if (units < item.length) replica.split(at, units);
      units -= item.length;
      replica.remove(at);
    }
    at = item.right;
  }
  LastMarks last;
  const ItemRef end = end_of_gap(replica, start, last, [](ItemRef) { return true; });
  if (last.empty()) return;
  const Attributes attributes(replica, replica.types[text], left, start);
  for (at = start; at != end; at = replica.items[at].right) {
    if (!is_mark(replica.items[at])) continue;
    const Mark mark = mark_of(replica, at);
    if (last[mark.key] != at || same_format_value(attributes.get(mark.key), mark.value)) {
      replica.remove(at);
    }
  }
}

namespace {

/// Whether the transaction is one after which Yjs cleans up.
bool cleanup_is_called_for(const Replica& replica) noexcept {
  if (replica.log.local) return false;
  const LogList<TypeRef>& changed = replica.log.changed_types;
  return std::any_of(changed.begin(), changed.end(), [&](TypeRef ref) {
    const SharedType& type = replica.types[ref];
    return type.knows_formats && !replica.is_deleted(type) &&
           (type.kind == TypeKind::Text || type.kind == TypeKind::XmlText);
  });
}

/// cleanupYTextAfterTransaction of Yjs. Deletes nothing yet, since the transaction is not over:
/// what it would delete counts as deleted from then on.
class FormatCleanup {
 public:
  explicit FormatCleanup(const Replica& replica) noexcept : replica_(replica) {}

  std::vector<Id> run() {
    for (const ClientRef client : replica_.log.changed_clients) note_new(client);
    for (const TransactionLog::Deletion& deletion : deletions()) note_gone(deletion);
    for (const TypeRef type : remarked_) clean_front(type);
    return std::move(redundant_);
  }

 private:
  /// Once one text calls for it, types of every kind are cleaned.
  void note_new(ClientRef client) {
    const RunIndex& runs = replica_.clients[client].runs;
    RunIndex::Position at = runs.find(replica_.before_clock(client));
    do {
      const Item& item = replica_.items[runs.at(at).item];
      if (is_mark(item)) note_remarked(item.parent);
    } while (runs.advance(at));
  }

  /// In Yjs's order, which matters: by client as they first come up, then by clock.
  std::vector<TransactionLog::Deletion> deletions() const {
    std::vector<TransactionLog::Deletion> sorted(replica_.log.deletions.begin(),
                                                 replica_.log.deletions.end());
    std::unordered_map<ClientRef, std::size_t> rank;
    for (const TransactionLog::Deletion& deletion : sorted) {
      rank.emplace(deletion.client, rank.size());
    }
    std::sort(sorted.begin(), sorted.end(), [&](const auto& a, const auto& b) {
      return a.client != b.client ? rank.at(a.client) < rank.at(b.client) : a.clock < b.clock;
    });
    return sorted;
  }

  void note_gone(const TransactionLog::Deletion& deletion) {
    const RunIndex& runs = replica_.clients[deletion.client].runs;
    RunIndex::Position at = runs.find(deletion.clock);
    do {
      const RunIndex::Entry entry = runs.at(at);
      if (entry.start >= deletion.clock + deletion.length) break;
      const Item& item = replica_.items[entry.item];
      if (item.is_gc() || !replica_.types[item.parent].knows_formats ||
          is_remarked(item.parent)) {
        continue;
      }
      if (item.kind == ContentKind::Format) {
        note_remarked(item.parent);
      } else {
        clean_gap_around(entry.item);
      }
    } while (runs.advance(at));
  }

  /// Of several marks with one key in the gap around a deleted item, keeps the last.
  void clean_gap_around(ItemRef item) {
    if (!seen_.insert(item).second) return;
    while (replica_.items[item].right != ItemRef::None &&
           !replica_.items[replica_.items[item].right].visible()) {
      item = replica_.items[item].right;
    }
    std::unordered_set<std::string_view> keys;
    for (; item != ItemRef::None && !replica_.items[item].visible();
         item = replica_.items[item].left) {
      seen_.insert(item);
      if (counts(item) && !keys.insert(mark_of(replica_, item).key).second) give_up(item);
    }
  }

  /// What Yjs does to a text that got or lost a mark. It means to clean all of it, but gets no
  /// further than to the first visible item.
  void clean_front(TypeRef type) {
    LastMarks last;
    const ItemRef first = replica_.types[type].first;
    const ItemRef end =
        end_of_gap(replica_, first, last, [&](ItemRef item) { return counts(item); });
    if (end == ItemRef::None) return;
    for (ItemRef at = first; at != end && !last.empty(); at = replica_.items[at].right) {
      if (!counts(at)) continue;
      const Mark mark = mark_of(replica_, at);
      if (last[mark.key] != at || mark.value == kNullValue) give_up(at);
    }
  }

  bool counts(ItemRef item) const {
    return is_mark(replica_.items[item]) && !given_up_.contains(item);
  }
  void give_up(ItemRef item) {
    given_up_.insert(item);
    redundant_.push_back(replica_.id_of(item));
  }

  bool is_remarked(TypeRef type) const noexcept {
    return std::find(remarked_.begin(), remarked_.end(), type) != remarked_.end();
  }
  void note_remarked(TypeRef type) {
    if (!is_remarked(type)) remarked_.push_back(type);
  }

  const Replica& replica_;
  std::vector<TypeRef> remarked_;  ///< got or lost a mark
  std::unordered_set<ItemRef> seen_;
  std::unordered_set<ItemRef> given_up_;
  std::vector<Id> redundant_;
};

}  // namespace

std::vector<Id> redundant_formats(const Replica& replica) {
  if (!cleanup_is_called_for(replica)) return {};
  return FormatCleanup(replica).run();
}

}  // namespace plait::crdt
