#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/crdt/apply.h"
#include "daemon/crdt/id.h"
#include "daemon/crdt/replica.h"
#include "daemon/crdt/snapshot.h"
#include "daemon/crdt/state_vector.h"
#include "daemon/crdt/text_edit.h"
#include "protocol/base/result.h"
#include "protocol/base/text_units.h"

namespace plait::crdt {

struct UpdateRules;

/// Who made a change, as far as this replica is concerned: an editor, a tool, the network.
/// Undo managers track origins. Zero is whoever does not say.
using Origin = std::uint32_t;

/// One local replica of a shared document: named root types (texts, maps, arrays) that can be
/// edited here, and updates by others that are merged in. Speaks Yjs's update format v1 and
/// ends in the same state as Yjs does after the same updates, to the byte.
///
/// Does no I/O and knows no time. Not thread-safe. No input can break it: what cannot be
/// applied is answered with an error and changes nothing.
///
/// Only running out of memory in the middle of a change cannot be undone: from then on every
/// change answers OutOfMemory and nothing else may be asked; the owner loads the document again
/// from where it is stored. What answers with something other than a Result lets std::bad_alloc
/// through, and leaves the document as it was.
class Document {
 public:
  struct Options {
    ClientId client{};  ///< the id this replica inserts under; nobody else may ever use it
    bool collect =
        true;  ///< drop what was deleted (Yjs: gc); without it, snapshots can be read
  };

  /// Is told about transactions. Registered with add_observer() and removed before it dies.
  class Observer {
   public:
    Observer() = default;
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;
    virtual ~Observer() = default;
    /// Everything is done but what was deleted is still there.
    virtual void before_collecting(Document&, Origin) {}
    /// The transaction is over. This is the time for encode_change() and edits().
    virtual void committed(Document&, Origin) {}
  };

  explicit Document(Options options)
      : replica_({options.client, options.collect}), applier_(replica_) {}

  [[nodiscard]] ClientId client() const noexcept { return replica_.options.client; }
  /// Goes on under another id that nobody else may ever use, for instance a newly leased one.
  void set_client(ClientId client) noexcept { replica_.set_client(client); }

  // Root types; made on first use. The handles stay good for as long as the document.
  [[nodiscard]] TypeRef text(std::string_view name) { return root(name, TypeKind::Text); }
  [[nodiscard]] TypeRef map(std::string_view name) { return root(name, TypeKind::Map); }
  [[nodiscard]] TypeRef array(std::string_view name) { return root(name, TypeKind::Array); }

  // Changing ----------------------------------------------------------------------------------

  /// What can be done inside of a transaction. A handle of a nested type is good until the type
  /// is deleted.
  class Editor;

  /// Runs `change(Editor&)`, which returns Result<void>, as one change by `origin`: one update,
  /// one step of undo. What `change` did before it failed stays done.
  template <class Change>
  Result<void> transact(Origin origin, Change&& change);

  // The same as transactions of their own.
  Result<void> insert(TypeRef text, Utf16Offset at, std::string_view content,
                      Origin origin = 0);
  Result<void> erase(TypeRef text, Utf16Offset at, Utf16Offset length, Origin origin = 0);

  /// Merges what somebody else did. Updates may come twice, in any order, and before what they
  /// build on (then they are kept). If formats of a text became redundant by it, deleting them
  /// is a transaction of its own, local and by origin zero, which observers are told of.
  Result<void> apply(std::string_view update, Origin origin = 0);

  /// The same for what a server gets from somebody it need not trust: refuses whatever breaks a
  /// rule (update_validator.h), with an error that begins with the rule's name, and changes
  /// nothing then. What it takes leaves nothing pending.
  Result<void> apply_checked(std::string_view update, const UpdateRules& rules,
                             Origin origin = 0);

  // The latest transaction. For an observer that is the one it is told of, otherwise the one
  // that was asked for.
  // ------------------------------------------------------------------------

  /// Whether it did anything.
  [[nodiscard]] bool changed() const noexcept {
    return !replica_.log.changed_clients.empty() || !replica_.log.deletions.empty();
  }
  /// Appends an update with what it did; false and nothing if it did nothing.
  [[nodiscard]] bool encode_change(ByteWriter& out) const;
  /// The edits that turn the text of before into the text of after.
  [[nodiscard]] std::vector<TextEdit> edits(TypeRef text) const;

  // State -------------------------------------------------------------------------------------

  /// All that a peer at `known` lacks, pending updates included.
  [[nodiscard]] std::string encode_state(const StateVector& known = {}) const;
  /// The same in parts, see crdt::encode_part(); without pending updates.
  [[nodiscard]] bool encode_part(StateVector& known, std::size_t max_bytes,
                                 ByteWriter& out) const;
  [[nodiscard]] StateVector state_vector() const;
  [[nodiscard]] Snapshot snapshot() const;
  /// Whether something has arrived that builds on something that has not.
  [[nodiscard]] bool has_pending() const noexcept { return !pending_.empty(); }

  // Text --------------------------------------------------------------------------------------

  /// The text without formats and objects.
  [[nodiscard]] std::string to_string(TypeRef text) const;
  /// Calls `visit(std::string_view)` with the text in order, in pieces of a few kilobytes.
  template <class Visit>
  void for_each_chunk(TypeRef text, Visit&& visit) const {
    replica_.sequences.for_each_chunk(replica_.types[text].sequence,
                                      std::forward<Visit>(visit));
  }
  /// Yjs's length: UTF-16 units, and one for each embedded object.
  [[nodiscard]] Utf16Offset length(TypeRef type) const noexcept {
    return Utf16Offset{replica_.types[type].sequence.total.units};
  }
  [[nodiscard]] TextPosition end_of(TypeRef text) const noexcept;
  // One place in all units. Past the end the answer is the end; inside of a character, its
  // start.
  [[nodiscard]] TextPosition locate(TypeRef text, Utf16Offset at) const noexcept;
  [[nodiscard]] TextPosition locate(TypeRef text, Utf8Offset at) const noexcept;
  [[nodiscard]] TextPosition locate(TypeRef text, CodePointOffset at) const noexcept;
  [[nodiscard]] TextPosition locate(TypeRef text, LineNumber start_of) const noexcept;

  /// The text as it was at a snapshot of this document, which must not collect anything.
  [[nodiscard]] Result<std::string> text_at(const Snapshot& snapshot, TypeRef text) const;

  void add_observer(Observer& observer) { observers_.push_back(&observer); }
  void remove_observer(Observer& observer) noexcept;
  /// An origin that nobody else gets. From the upper end, so count yours from the lower.
  [[nodiscard]] Origin reserve_origin() noexcept { return next_reserved_--; }

  /// Aborts with a message if any invariant of any structure does not hold.
  void check_invariants() const { replica_.check_invariants(); }

  /// For the parts of this folder that are built on items: undo, relative positions,
  /// validation.
  [[nodiscard]] Replica& replica() noexcept { return replica_; }
  [[nodiscard]] const Replica& replica() const noexcept { return replica_; }

 private:
  TypeRef root(std::string_view name, TypeKind kind);
  Result<void> apply_decoded(Origin origin);
  void finish(Origin origin) {
    if (observers_.empty() && replica_.log.local) {
      replica_.finish();
    } else {
      finish_observed(origin);
    }
  }
  void finish_observed(Origin origin);
  void remove_formats(const std::vector<Id>& formats);
  Result<void> out_of_memory();

  Replica replica_;
  UpdateApplier applier_;
  DecodedUpdate decoded_;
  Pending pending_;
  std::vector<Observer*> observers_;
  Origin next_reserved_ = UINT32_MAX;
  bool failed_ = false;
};

class Document::Editor {
 public:
  explicit Editor(Document& document) noexcept : replica_(document.replica_) {}

  // Texts. Offsets are in UTF-16 units; a place inside of a surrogate pair tears it, as in Yjs.
  Result<void> insert(TypeRef text, Utf16Offset at, std::string_view content);
  Result<void> erase(TypeRef type, Utf16Offset at, Utf16Offset length);

  // Maps and arrays. `value` is one value in lib0's "any" encoding (any_value.h).
  Result<void> set(TypeRef map, std::string_view key, std::string_view value);
  Result<TypeRef> set_type(TypeRef map, std::string_view key, TypeKind kind);
  Result<void> unset(TypeRef map, std::string_view key);
  Result<void> insert_value(TypeRef array, std::uint32_t at, std::string_view value);
  Result<TypeRef> insert_type(TypeRef array, std::uint32_t at, TypeKind kind);

 private:
  Replica& replica_;
};

template <class Change>
Result<void> Document::transact(Origin origin, Change&& change) {
  if (failed_) [[unlikely]]
    return out_of_memory();
  replica_.begin(/*local=*/true);
  try {
    Editor editor(*this);
    Result<void> result = change(editor);
    finish(origin);
    return result;
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
}

}  // namespace plait::crdt
