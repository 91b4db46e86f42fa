#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/crdt/client_table.h"
#include "daemon/crdt/decoded_update.h"
#include "daemon/crdt/id.h"
#include "daemon/crdt/item.h"
#include "daemon/crdt/log_list.h"
#include "daemon/crdt/map_entries.h"
#include "daemon/crdt/pool.h"
#include "daemon/crdt/ref_map.h"
#include "daemon/crdt/sequence_index.h"

namespace plait::crdt {

/// Yjs's type references. A root's kind is not part of its updates: it is Undefined until
/// somebody asks for the root as one of the others.
enum class TypeKind : std::uint8_t {
  Array = 0,
  Map = 1,
  Text = 2,
  XmlElement = 3,
  XmlFragment = 4,
  XmlHook = 5,
  XmlText = 6,
  Undefined = 7,
};

/// A root or nested type: a list and a map. Any type may have both (an XML element has children
/// and attributes).
struct SharedType {
  ItemRef item{};    ///< the item that holds a nested type; None for a root
  NameRef name{};    ///< of a root
  std::string wire;  ///< of a nested type: its content as an update carries it
  TypeKind kind = TypeKind::Undefined;
  bool has_formats = false;  ///< a Format was integrated at some time
  /// The same, but forgotten when a root is first asked for as a text: Yjs makes a new object
  /// then, and does not look at what it holds.
  bool knows_formats = false;
  std::uint64_t changed_in = 0;  ///< the transaction that changed it last
  ItemRef first{};
  SequenceIndex::Tree sequence;
  MapEntries entries;
};

/// What a transaction did, by ids. Lives until the next one begins.
struct TransactionLog {
  struct Deletion {
    ClientRef client{};
    Clock clock;
    std::uint32_t length = 0;
  };
  /// Of a deletion: what disappeared from a list by it.
  struct Loss {
    Deletion of;
    SequenceIndex::Hidden hidden;
  };
  struct Seam {
    ClientRef client{};
    Clock clock;

    auto operator<=>(const Seam&) const noexcept = default;
  };

  /// A character beyond the BMP of which each half is U+FFFD now.
  struct TornPair {
    ClientRef client{};
    Clock high;  ///< of its first half
  };

  std::uint64_t transaction = 0;  ///< its number
  bool local = true;
  LogList<ClientRef> changed_clients;
  LogList<Deletion> deletions;
  LogList<Loss> losses;
  LogList<TypeRef> changed_types;
  std::vector<TornPair> torn;
  // These are done with when the transaction ends.
  std::vector<Seam> seams;  ///< where runs were cut or might be joined
  /// What was deleted before what holds it was: collected with it, and to be joined after all
  /// else.
  std::vector<Seam> reminders;
  bool kept_content = false;  ///< something deleted is still there to be collected
};

/// The state of one document and the primitive operations on it. Everything Yjs does to items
/// is here, one level below transactions, updates and undo; this class keeps the structures
/// consistent with one another, its callers decide what to do.
///
/// Not thread-safe. If memory runs out in the middle of a change the replica is left in a state
/// that only destruction is safe in; Document turns that into an error that sticks.
class Replica {
 public:
  struct Options {
    ClientId client{};
    bool collect = true;  ///< drop what was deleted, as Yjs's gc option
  };

  explicit Replica(Options options);
  Replica(const Replica&) = delete;
  Replica& operator=(const Replica&) = delete;

  // State, readable by the parts of this folder that are built on it.
  ItemPool items;
  ClientTable clients;
  SequenceIndex sequences{items};
  Pool<SharedType, TypeRef, 4> types;
  std::vector<TypeRef> roots;
  TransactionLog log;
  Options options;
  /// How many undo managers want deleted content to be there when the transaction ends.
  std::uint32_t content_keepers = 0;

  // Names and types ---------------------------------------------------------------------------
  [[nodiscard]] NameRef intern(std::string_view name);
  /// None if nothing was ever interned under this name.
  [[nodiscard]] NameRef find_name(std::string_view name) const noexcept {
    const auto known = name_refs_.find(name);
    return known == name_refs_.end() ? NameRef::None : known->second;
  }
  [[nodiscard]] std::string_view name(NameRef ref) const noexcept {
    return names_[index_of(ref)];
  }
  [[nodiscard]] TypeRef find_root(std::string_view name) const noexcept;
  [[nodiscard]] TypeRef root(std::string_view name);
  [[nodiscard]] ItemRef newest(const SharedType& type, NameRef key) const noexcept;
  /// The type that a live Type item holds; None for any other item.
  [[nodiscard]] TypeRef type_of(ItemRef item) const noexcept;
  [[nodiscard]] bool is_deleted(const SharedType& type) const noexcept {
    return type.item != ItemRef::None && items[type.item].deleted;
  }

  // Content -----------------------------------------------------------------------------------
  /// What an item carries, as in DecodedStruct. Empty for collected content.
  [[nodiscard]] std::string_view content(ItemRef item) const noexcept;

  /// From now on this replica inserts under another id.
  void set_client(ClientId client) noexcept {
    options.client = client;
    own_client_ = ClientRef::None;
  }

  // Transactions ------------------------------------------------------------------------------
  void begin(bool local);
  /// Collects what was deleted and joins what can be joined.
  void finish() {
    if (options.collect && log.kept_content) collect_deleted();
    if (!log.seams.empty() || !log.reminders.empty()) join_seams();
  }
  /// The first clock that the logged transaction gave a client; its end if it gave none.
  [[nodiscard]] Clock before_clock(ClientRef client) const noexcept {
    const ClientTable::Client& c = clients[client];
    return c.changed_in == log.transaction ? c.before_change : c.runs.end();
  }
  [[nodiscard]] std::uint64_t transaction() const noexcept { return transaction_; }

  // Items -------------------------------------------------------------------------------------
  [[nodiscard]] bool has(Id id) const noexcept {
    return id.clock < clients.next_clock(id.client);
  }
  [[nodiscard]] Id id_of(ItemRef item) const noexcept {
    return {clients.id_of(items[item].client), items[item].clock};
  }
  [[nodiscard]] Id last_id_of(ItemRef item) const noexcept {
    return {clients.id_of(items[item].client), items[item].last()};
  }
  /// The item that contains a known id.
  [[nodiscard]] ItemRef find(ClientRef client, Clock clock) const noexcept {
    const RunIndex& runs = clients[client].runs;
    return runs.at(runs.find(clock)).item;
  }
  [[nodiscard]] ItemRef find(Id id) const noexcept {
    return find(clients.find(id.client), id.clock);
  }
  /// The item that starts (ends) with a known id, cut loose if need be. A collected range is
  /// not cut.
  ItemRef clean_start(ClientRef client, Clock clock);
  ItemRef clean_end(ClientRef client, Clock clock);
  /// Cuts an item in two after `units` and returns the right part. What stays whole is joined
  /// again when the transaction ends; whoever is about to change one part or to put something
  /// between them says so and saves the attempt.
  enum class Cut : bool { MayHeal, Stays };
  ItemRef split(ItemRef item, std::uint32_t units, Cut cut = Cut::MayHeal);

  /// A new item that is about to be put between `left` and `right`.
  struct Draft {
    ClientRef client{};
    Clock clock;
    Point origin;
    Point right_origin;
    TypeRef parent{};
    NameRef key{};  ///< None for a list
    ContentKind kind = ContentKind::String;
    std::string_view content;
    std::uint32_t length = 0;
  };
  /// Integrates an item whose neighbours-to-be are known (YATA; Item.integrate in Yjs). Long
  /// content may become several items; the first is returned.
  ItemRef integrate(const Draft& draft, ItemRef left, ItemRef right);
  /// Records a range of which nothing but the length is known.
  void integrate_gc(ClientRef client, Clock clock, std::uint32_t length);
  /// Whether this replica's own clock leaves room for so many more units.
  [[nodiscard]] bool has_room_for(std::uint32_t length) const noexcept {
    return clients.next_clock(options.client).value() + std::uint64_t{length} <= kClockLimit;
  }
  /// Puts new content of this replica's own client between two neighbours.
  ItemRef insert_own(TypeRef parent, NameRef key, ItemRef left, ItemRef right, ContentKind kind,
                     std::string_view content, std::uint32_t length);
  /// The same for text, of which the size is known by now (without counting an item).
  void insert_own_text(TypeRef parent, ItemRef left, ItemRef right, std::string_view text,
                       const Extent& size);
  /// Deletes an item and, if it holds a type, everything in it.
  void remove(ItemRef item);
  // Deleting at the edge of a text item next to what its author deleted there before needs no
  // new item, only another border: what backspace and delete do over and over. False, and
  // nothing done, where that is not possible. `units` is less than the item's length for a
  // tail.
  [[nodiscard]] bool try_remove_tail(ItemRef item, std::uint32_t units);
  [[nodiscard]] bool try_remove_head(ItemRef item, std::uint32_t units);

  /// Whether Yjs would have merged two structs that follow each other in clock order.
  [[nodiscard]] bool joinable(ItemRef left, ItemRef right) const noexcept;
  /// Keeps an item and what holds it from being collected (or stops doing so).
  void set_keep(ItemRef item, bool keep) noexcept;
  [[nodiscard]] std::optional<Id> redone_as(ItemRef item) const noexcept;
  void set_redone(ItemRef item, Id id);

  // Loading -----------------------------------------------------------------------------------
  /// Between these two the sequence index is left alone, which makes integrating a whole
  /// document much cheaper. Only for a replica that has no items; `content` of drafts must stay
  /// alive.
  void begin_loading() noexcept { loading_ = true; }
  void end_loading();
  /// Text that a draft may point at until loading ends.
  [[nodiscard]] std::string_view keep_while_loading(const std::string& text) {
    if (loading_) return loading_torn_.emplace_back(text);
    return text;
  }

  /// Aborts with a message if any invariant of any structure does not hold.
  void check_invariants() const;

 private:
  [[nodiscard]] ItemRef resolve_conflicts(const Draft& draft, ItemRef left, ItemRef right);
  [[nodiscard]] bool try_append(const Draft& draft, ItemRef left);
  [[nodiscard]] bool append_text(ItemRef left, std::string_view text, const Extent& size);
  ItemRef place(const Draft& draft, ItemRef left);
  void link(ItemRef item, ItemRef left, SharedType& type);
  void note_new(ClientRef client, Clock clock);
  void note_deletion(ClientRef client, Clock clock, std::uint32_t length,
                     const SequenceIndex::Hidden& hidden);
  void note_changed(TypeRef type);
  void remove_one(ItemRef item, std::vector<ItemRef>& children);
  void set_payload(Item& item, std::string_view content);
  void drop_payload(Item& item);
  void collect(ItemRef item);
  void collect_contents(TypeRef type);
  void make_gc(ItemRef item);
  void collect_deleted();
  template <class Visit>
  void for_each_deleted(Visit&& visit);
  void join_seams();
  [[nodiscard]] bool can_move_border(const Item& item) const noexcept;
  bool try_join(ClientRef client, RunIndex::Position right_position);
  void spread_keep(ItemRef left, ItemRef right) noexcept;
  void split_content(Item& left_item, Item& right_item, ItemRef left, ItemRef right);
  void index_list(SharedType& type);
  bool absorb_loaded(SequenceIndex::Builder& builder, ItemRef left);
  [[nodiscard]] bool keeps_content(const SharedType& type) const noexcept {
    return !options.collect || content_keepers > 0 || type.has_formats;
  }

  std::deque<std::string> names_;  // names stay where they are: name_refs_ looks at them
  std::unordered_map<std::string_view, NameRef> name_refs_;
  RefMap<NameRef> roots_by_name_;
  Pool<std::string, PayloadRef, 64> payloads_;
  std::vector<std::string_view> loading_text_;
  std::deque<std::string> loading_torn_;  // text that had to be changed while loading
  std::unordered_map<ItemRef, Id> redone_;
  std::vector<std::uint64_t> scan_marks_;
  std::uint64_t scans_ = 0;
  std::uint64_t transaction_ = 0;
  ClientRef own_client_{};  ///< None until this replica inserts something
  bool loading_ = false;
};

}  // namespace plait::crdt
