#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <unordered_set>

#include "daemon/crdt/decoded_update.h"
#include "daemon/crdt/id.h"
#include "protocol/base/result.h"

namespace plait::crdt {

class Document;

// The limits that a server gives an update, where nobody chooses others. Honest editing stays
// far below all of them, long sessions without a connection included.

/// A message on the wire is no longer (security: "WebSocket and HTTP").
inline constexpr std::size_t kMaxUpdateBytes = std::size_t{4} << 20;
/// Each struct is a few searches and allocations, and takes as little as five bytes. Twenty
/// thousand visits to one file without a connection make fifty thousand.
inline constexpr std::size_t kMaxUpdateStructs = 100'000;
/// Clients in one update. A replica takes a new id whenever it starts, so an old document has
/// thousands, and somebody may send all of it.
inline constexpr std::size_t kMaxUpdateSections = 10'000;
inline constexpr std::size_t kMaxDeleteRanges = 10'000;
/// What is deleted before it is sent takes no bytes, whatever its length. Nobody types this
/// much in vain, and it leaves clocks for a while.
inline constexpr std::uint64_t kMaxDeletedUnits = std::uint64_t{1} << 26;
/// Items that are looked at to find the places of all that is new. Typing takes none; a place
/// where others were meanwhile takes as many as they put there, once for everything that was
/// typed there in one go. The busiest recorded history has one update that takes 6,238; two
/// people who each came back to the same ten characters twenty thousand times while they were
/// apart take 38,000. Yjs does some two million a second, so those who follow in a browser wait
/// for a twentieth of one.
inline constexpr std::uint64_t kMaxScanSteps = 100'000;
/// Of those, how many may hang on the very origin that one new item hangs on. It takes that
/// many additions at one place, none of them behind another, while somebody who adds there too
/// is away.
inline constexpr std::uint32_t kMaxSiblings = 10'000;
/// Each root is compared by name, and stays for ever.
inline constexpr std::size_t kMaxRoots = 256;

/// Some of the kinds of content.
class KindSet {
 public:
  constexpr KindSet(std::initializer_list<ContentKind> kinds) noexcept {
    for (const ContentKind kind : kinds) bits_ |= bit(kind);
  }
  [[nodiscard]] constexpr bool contains(ContentKind kind) const noexcept {
    return (bits_ & bit(kind)) != 0;
  }
  [[nodiscard]] constexpr KindSet with(ContentKind kind) const noexcept {
    KindSet more = *this;
    more.bits_ |= bit(kind);
    return more;
  }

 private:
  static constexpr std::uint32_t bit(ContentKind kind) noexcept {
    return std::uint32_t{1} << static_cast<unsigned>(kind);
  }
  std::uint32_t bits_ = 0;
};

/// What text consists of, and what is left of it.
inline constexpr KindSet kFileKinds{ContentKind::String, ContentKind::Deleted};
/// All that a client can insert. Gc is not: it is a length without content or place, which says
/// nothing that could be checked. Skip is not content.
inline constexpr KindSet kAnyKinds{
    ContentKind::Deleted, ContentKind::Json,  ContentKind::Binary,
    ContentKind::String,  ContentKind::Embed, ContentKind::Format,
    ContentKind::Type,    ContentKind::Any,   ContentKind::Doc};
/// All that Yjs sends. A client that deleted a nested type before it had sent it has collected
/// what was inside, and sends the length of that.
inline constexpr KindSet kYjsKinds = kAnyKinds.with(ContentKind::Gc);

using ClientSet = std::unordered_set<ClientId>;

/// Knows whose client ids are whose, where nobody has leased them.
class ClientOwners {
 public:
  ClientOwners() = default;
  ClientOwners(const ClientOwners&) = delete;
  ClientOwners& operator=(const ClientOwners&) = delete;
  virtual ~ClientOwners() = default;
  /// Whether the sender may insert something new under this id.
  [[nodiscard]] virtual bool may_insert(ClientId client) const = 0;
};

/// What an update may be.
struct UpdateRules {
  KindSet kinds = kAnyKinds;
  /// Where all new content has to be, outside of maps. Nothing: in any root and nested type.
  std::optional<std::string_view> only_root;
  /// Whether what is new has to stand between its origins. Where it does not, inside of what
  /// one client wrote in one go, the outcome depends on whether a replica has joined that into
  /// one item yet, so replicas may differ for ever. Text that somebody honest wrote keeps the
  /// rule. Yjs breaks it only where undo restores a nested type with its contents.
  bool between_origins = true;
  /// Whether there is no room for anything new. What is known may still come again.
  bool nothing_new = false;
  /// The client ids that the sender may insert under; null: any. Outlives the check.
  const ClientSet* leased = nullptr;
  /// Asked about each id that the sender inserts under; null: nobody is. Outlives the check.
  const ClientOwners* owners = nullptr;

  /// Steps that the sender has left for all of his updates; null: any number. What a check
  /// takes is taken off, also if it refuses. Outlives the check.
  std::uint64_t* scan_steps_left = nullptr;

  std::size_t max_bytes = kMaxUpdateBytes;
  std::size_t max_structs = kMaxUpdateStructs;
  std::size_t max_sections = kMaxUpdateSections;
  std::size_t max_delete_ranges = kMaxDeleteRanges;
  std::uint64_t max_deleted_units = kMaxDeletedUnits;
  std::uint64_t max_scan_steps = kMaxScanSteps;
  std::uint32_t max_siblings = kMaxSiblings;
  std::size_t max_roots = kMaxRoots;

  /// For the document of a file: text in the root `content`, and nothing else.
  [[nodiscard]] static UpdateRules for_file() noexcept {
    UpdateRules rules;
    rules.kinds = kFileKinds;
    rules.only_root = "content";
    return rules;
  }
  /// For a document that is open to any Yjs client: whatever honest Yjs sends, and in one
  /// update as much as its bytes can hold, since a client may bring a whole document. Among
  /// people who need not trust each other it is too much: who sends a block of nothing but a
  /// length can use up the clocks of somebody else's client id.
  [[nodiscard]] static UpdateRules for_open_document() noexcept {
    UpdateRules rules;
    rules.kinds = kYjsKinds;
    rules.between_origins = false;
    rules.max_structs = rules.max_sections = rules.max_delete_ranges = kMaxUpdateBytes;
    return rules;
  }
};

/// Why an update is refused.
enum class Rule : std::uint8_t {
  Size,          ///< too many bytes
  Format,        ///< not an update, or with a clock beyond 2^31
  Canonical,     ///< not the bytes that Yjs would write
  Structs,       ///< too many
  Sections,      ///< too many, or a client twice, or not the highest first
  Pending,       ///< the document waits for something itself, so nothing can be foreseen
  Kind,          ///< of content, not allowed
  Lease,         ///< something new under an id that is not the sender's
  Clock,         ///< something new does not start where its client ends
  Length,        ///< too much deleted content
  Dependency,    ///< builds on something that is neither known nor in the update
  Parent,        ///< what is new is not in a list, or in one that is not allowed
  Origins,       ///< what is new is between things that nothing can be between
  Roots,         ///< too many
  Known,         ///< something known comes with other content, or at another place
  Deletes,       ///< out of order, overlapping, or of something unknown
  DeleteRanges,  ///< too many
  Steps,         ///< finding the places of what is new takes too long
  Siblings,      ///< too many at one place
  Quota,         ///< something new, and there is no room for it
};
inline constexpr std::size_t kRules = static_cast<std::size_t>(Rule::Quota) + 1;
/// The name that an error's message begins with: "rule lease: …". Stable.
[[nodiscard]] std::string_view name_of(Rule rule) noexcept;
/// The rule that an error of apply_checked() is about; nothing if it is about none.
[[nodiscard]] std::optional<Rule> rule_of(const Error& error) noexcept;
/// Whether somebody honest may break the rule, because something between him and the server was
/// lost: he is to send again all that the server lacks.
[[nodiscard]] bool asks_for_resync(Rule rule) noexcept;

/// Decides whether a server takes an update, before anything changes: only what Yjs takes too,
/// what leaves nothing pending, and what costs no more than it should. See Document's
/// apply_checked().
///
/// What is known may come again, also in part, if it is the same as before: an honest client
/// sends again what was not acknowledged. Content that was collected is not there to be
/// compared, so only its place is; and a client may have collected what is deleted.
///
/// The time it takes grows with the update and not with the document, except that a range which
/// is sent again, or deleted, may cover many items. Steps count as in IntegrationForecast.
class UpdateValidator {
 public:
  /// Both outlive the validator.
  UpdateValidator(const Document& document, const UpdateRules& rules) noexcept
      : document_(document), rules_(rules) {}

  /// Takes an update apart, if it is not too large and well formed.
  Result<void> decode(std::string_view update, DecodedUpdate& out) const;
  /// What decode() took apart.
  [[nodiscard]] Result<void> check(const DecodedUpdate& update) const;

 private:
  const Document& document_;
  const UpdateRules& rules_;
};

}  // namespace plait::crdt
