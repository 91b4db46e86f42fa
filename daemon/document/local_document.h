#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crdt/document.h"
#include "daemon/crdt/undo_manager.h"
#include "daemon/crypto/digest.h"
#include "daemon/document/text_change.h"
#include "daemon/document/text_view.h"
#include "daemon/support/clock.h"
#include "protocol/base/result.h"

namespace plait::document {

/// The root of a text file's document that holds its text.
inline constexpr std::string_view kContentRoot = "content";

/// A text file's document on this machine: the replica, with everything that this machine's
/// editors, its disk and the network do to it.
///
/// Every change has an origin. Its observers are told of each one: what is about to happen (for
/// who needs the text as it was), the edits (for copies of the text), the update (for the log,
/// and for the network if it was made here). They must not change the document from there.
///
/// Does no I/O. Not thread-safe. A document that has run out of memory says so ever after; its
/// owner loads it again from where it is stored.
class LocalDocument final : private crdt::Document::Observer {
 public:
  using Origin = crdt::Origin;

  static constexpr Origin kNetwork = 1;
  static constexpr Origin kDisk = 2;

  class Observer {
   public:
    Observer() = default;
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;
    virtual ~Observer() = default;
    /// The text may change now.
    virtual void about_to_change(Origin) {}
    /// It did: each edit applies to what the one before it left.
    virtual void changed(std::span<const crdt::TextEdit>, Origin) {}
    /// The document has changed, and this says how. To be kept; to be sent as well unless it
    /// came from the network. Comes after changed(), and also where the text is the same.
    virtual void updated(std::string_view, Origin) {}
  };

  /// What a store has: a snapshot (may be empty) and the entries behind it, each of them
  /// updates behind their lengths (docs/storage.md). `own` are the client ids that were ever
  /// leased to this device and may be in it. Fails if they are no updates.
  static Result<std::unique_ptr<LocalDocument>> load(std::string_view snapshot,
                                                     std::span<const std::string> entries,
                                                     std::vector<crdt::ClientId> own);

  void add_observer(Observer& observer) { observers_.push_back(&observer); }
  void remove_observer(Observer& observer) noexcept;

  // Who inserts -------------------------------------------------------------------------------

  /// Goes on under an id that was leased to this device and never used. Until there is one,
  /// nothing can be inserted here.
  void set_client(crdt::ClientId client);
  [[nodiscard]] bool has_client() const noexcept { return has_client_; }
  /// A number for an editor's buffer. Undo takes back what came from any of them.
  [[nodiscard]] Origin add_editor();

  // Changing ----------------------------------------------------------------------------------

  /// What time it is. What follows counts as done at this moment: a pause ends a step of undo.
  void advance(MonotonicTime now) noexcept;
  /// By an editor or the disk. Refused without a client id, or where the change does not fit.
  Result<void> change(const TextChange& change, Origin origin);
  /// From the network, in any order; updates may come twice, and before what they build on.
  Result<void> apply(std::string_view update);
  /// Something came that builds on something that has not.
  [[nodiscard]] bool has_pending() const noexcept { return document_.has_pending(); }
  /// Clients that inserted something in the latest change.
  [[nodiscard]] std::vector<crdt::ClientId> authors() const;

  /// What is to be selected once something was taken back.
  struct Selection {
    Utf16Offset anchor;
    Utf16Offset head;
  };
  struct Undone {
    bool changed = false;
    std::optional<Selection> selection;
  };
  /// Takes back the latest step of this machine's editors, and of nobody else. Observers hear
  /// of it under an origin that is none of theirs.
  Result<Undone> undo() { return revert(&crdt::UndoManager::undo); }
  Result<Undone> redo() { return revert(&crdt::UndoManager::redo); }

  // Text --------------------------------------------------------------------------------------

  [[nodiscard]] TextView view() const noexcept { return {document_, text_}; }
  [[nodiscard]] std::string text() const { return document_.to_string(text_); }
  /// SHA-256 of the text's UTF-8; computed when asked after a change.
  [[nodiscard]] const crypto::Sha256Digest& hash() const;

  /// A place that stays where it is while the rest moves, as others understand it: bytes of
  /// crdt::RelativePosition. Resolving fails if they are none, and gives nothing where this
  /// replica does not know the place.
  [[nodiscard]] std::string to_relative(Utf16Offset at) const;
  [[nodiscard]] Result<std::optional<Utf16Offset>> from_relative(std::string_view bytes) const;

  // State -------------------------------------------------------------------------------------

  [[nodiscard]] crdt::StateVector state_vector() const { return document_.state_vector(); }
  /// What this device may tell a server that knows `known` (own_part.h).
  [[nodiscard]] std::string own_part(const crdt::StateVector& known) const;
  /// Whether that server lacks what somebody else inserted (has_more_of_others() there).
  [[nodiscard]] bool has_more_of_others(const crdt::StateVector& known) const;
  /// All of it, as one update: a snapshot.
  [[nodiscard]] std::string encode() const { return document_.encode_state(); }

  /// For tests.
  void check_invariants() const { document_.check_invariants(); }

 private:
  LocalDocument();

  void committed(crdt::Document& document, Origin origin) override;
  void announce(Origin origin);
  Result<Undone> revert(Result<bool> (crdt::UndoManager::*step)());

  crdt::Document document_{{}};
  crdt::TypeRef text_;
  std::vector<crdt::ClientId> own_;
  bool has_client_ = false;
  Origin next_editor_ = kDisk + 1;
  crdt::UndoManager::Time now_{};
  std::unique_ptr<crdt::UndoManager> undo_;  ///< from the first editor on
  std::vector<Observer*> observers_;
  std::optional<Selection> edited_;  ///< what the first edit of the latest change inserted
  mutable std::optional<crypto::Sha256Digest> hash_;
};

}  // namespace plait::document
