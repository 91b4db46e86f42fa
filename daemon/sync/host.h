#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crypto/digest.h"
#include "protocol/base/result.h"
#include "protocol/messages/connect/all.h"

namespace plait::sync {

namespace connect = messages::connect;

/// Why there is no conversation about the workspace at this moment.
enum class Absence : std::uint8_t {
  // It is tried again, without anybody having to do anything.
  Cut,       ///< the server cannot be reached, or the connection has ended
  Draining,  ///< the server stops, and says when to come back
  Busy,      ///< the server cannot, or it was too much
  Fault,     ///< the server said what it may not say

  // It is tried again, but it is somebody else who has to act.
  Waiting,      ///< an owner has to let us in
  OtherServer,  ///< what answers is not the server whose certificate is known, or none at all

  // Nothing happens until a person has done something.
  Removed,           ///< not a member any more, or never one
  Kicked,            ///< by an owner; coming back is allowed
  LoginRefused,      ///< the server does not take this device's key
  InviteRefused,     ///< wrong, expired, revoked, used up, or an owner said no
  PasswordWanted,    ///< the invite wants one, or another one
  VersionTooOld,     ///< one of both programs has to be brought up to date
  ChannelUntrusted,  ///< something ends TLS before a server whose certificate is pinned
};

/// Whether it is of no use to try again before a person has done something.
[[nodiscard]] constexpr bool stops(Absence why) noexcept { return why >= Absence::Removed; }

struct Offline {
  Absence why = Absence::Cut;
  std::string reason;  ///< for a person
};

/// What the host says to a server that told what it has of a document.
struct Answer {
  /// The part of the replica's own that the server lacks, and all deletions that are known. An
  /// update that is empty is said as well.
  std::string update;
  /// Whether the server also lacks what others wrote: it brings them back, not we.
  bool lacks_others = false;
};

/// Of a page of the list of all documents that have anything.
using ListedDocument = connect::DocumentList::Entry;

/// What a Session asks and tells. Documents are named as on the server, and those that are
/// asked for were opened or sent to before. Any of these may call the session again; none may
/// destroy it.
class Host {
 public:
  Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // The connection ---------------------------------------------------------------------------

  /// The server went back to a backup, or it is heard of for the first time: feed numbers begin
  /// a new count, and what was acknowledged may be lost. New client ids are to be wanted. Comes
  /// before on_online().
  virtual void on_generation_changed(const std::string& generation) = 0;
  /// From now on things happen. Who we are: the participant of that id.
  virtual void on_online(const connect::WorkspaceOpen::Reply& workspace) = 0;
  /// Once after each on_online(), and whenever another attempt has failed.
  virtual void on_offline(const Offline& why) = 0;
  /// The workspace's name, or our role.
  virtual void on_workspace_changed(const connect::Workspace& workspace) = 0;
  /// The server stops soon, and can be expected back after so long.
  virtual void on_draining(std::chrono::milliseconds returns_after) = 0;
  /// More waits for the server than should, or no longer. Meanwhile what is sent is left to a
  /// later answer(), which has it as one: nothing is lost, but it is worth being gentle.
  virtual void on_backlog(bool behind) = 0;
  /// Client ids that nobody else has or had.
  virtual void on_client_ids(std::span<const std::int64_t> ids) = 0;

  // The people -------------------------------------------------------------------------------

  /// Those who came or changed, and who is gone. All who were there came with on_online().
  virtual void on_participants(const connect::PresenceChanged& change) = 0;
  virtual void on_cursors(const connect::CursorChanged& change) = 0;
  /// Who waits for an owner's approval; owners alone hear of it.
  virtual void on_waiting(const connect::MemberWaiting& waiting) = 0;

  // The feed ---------------------------------------------------------------------------------

  /// The last entry that the host has; nothing: it wants those from now on.
  virtual std::optional<std::int64_t> feed_seen() = 0;
  /// In order and without gaps, from feed_seen() on.
  virtual void on_feed(std::span<const connect::FeedEntry> entries) = 0;

  // Documents --------------------------------------------------------------------------------

  virtual std::string state_vector(const std::string& document) = 0;
  /// Something to be applied. If it cannot be, the document is opened anew after a while.
  virtual Result<void> take(const std::string& document, std::string_view update) = 0;
  /// What the server lacks that has this. Fails for what is no state vector.
  virtual Result<Answer> answer(const std::string& document, std::string_view state_vector) = 0;
  /// Of the text in UTF-8, with everything that was taken and handed to Session::send().
  /// Nothing if there is no text, or if something waits that was not handed over.
  virtual std::optional<crypto::Sha256Digest> text_hash(const std::string& document) = 0;
  /// Whether nobody would miss it if it were closed to make room for others. Asked while all of
  /// them are looked through, so this one must not call the session.
  virtual bool may_close(const std::string& document) = 0;

  /// All that the server had was taken, up to this version or a later one.
  virtual void on_synced(const std::string& document, std::optional<std::int64_t> version) = 0;
  /// All that was sent is on the server's disk.
  virtual void on_saved(const std::string& document) = 0;
  /// Closed to make room, or as asked. Until then everything up to this version was taken. From
  /// now on on_touched() tells when it changes. What was about to be closed at a cut is
  /// forgotten without a word; the list tells what changed.
  virtual void on_closed(const std::string& document, std::optional<std::int64_t> version) = 0;
  /// An update was not taken, and the document is closed. What the rule wants is in
  /// docs/protocol.md; mostly a copy, and a new replica under a new client id, before the
  /// document is opened again.
  virtual void on_refused(const std::string& document, const std::string& rule,
                          const std::string& reason) = 0;
  /// The server cannot load or store it now, or has no room for it (`quota`). It is opened
  /// again after a while.
  virtual void on_postponed(const std::string& document, const std::string& rule,
                            const std::string& reason) = 0;
  /// The text is another one than the server's; the server was told, and the document is
  /// closed. As after a refusal.
  virtual void on_diverged(const std::string& document) = 0;
  /// All documents that have anything, in pages, after each on_online(); not if the server has
  /// no such list.
  virtual void on_listed(std::span<const ListedDocument> page, bool more) = 0;
  /// Documents that are not open have changed. `all`: any of them may have; the list follows.
  virtual void on_touched(std::span<const std::string> documents, bool all) = 0;

 protected:
  ~Host() = default;
};

}  // namespace plait::sync
