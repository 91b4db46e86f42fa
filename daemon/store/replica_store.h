#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/answer.h"
#include "daemon/store/replica_records.h"
#include "protocol/base/result.h"

namespace plait::store {

/// What a client, one user's machine, has to remember about the folders that it shares. It does
/// not know what the bytes of a document or a message mean.
///
/// Everything is asked for on the loop's thread and answered there later. Requests take effect
/// in their order: what is read sees all that was asked for before it. Requests that arrive
/// together are committed together; if that fails, a full disk for example, all of them are
/// answered with the error, and whether they left anything behind is known only once it is read
/// again. Later requests work as soon as there is room. Progress and caches, which can be had
/// again (versions, files, messages that were seen or sent, notes), gather for a moment before
/// they are saved; all else is saved at once.
///
/// A workspace is there once put_workspace() was asked for; before that, and after
/// remove_workspace(), whatever is asked for in it is answered with NotFound. Limits are named
/// beside the types; what is past one is answered with LimitExceeded, and changes nothing.
class ReplicaStore {
 public:
  ReplicaStore() = default;
  ReplicaStore(const ReplicaStore&) = delete;
  ReplicaStore& operator=(const ReplicaStore&) = delete;
  virtual ~ReplicaStore() = default;

  // --- Settings and workspaces ---

  /// These wait for the disk, so they are for starting up. Workspaces come in the order of
  /// their ids.
  virtual Result<std::map<std::string, std::string>> load_settings() = 0;
  virtual Result<std::vector<ReplicaWorkspace>> load_workspaces() = 0;

  virtual void put_setting(std::string name, std::string value, Answer<void> answer) = 0;

  /// Replaces the record with the same id, and nothing else of that workspace.
  virtual void put_workspace(ReplicaWorkspace workspace, Answer<void> answer) = 0;
  /// And everything of it. Success too if there is none.
  virtual void remove_workspace(std::string_view workspace, Answer<void> answer) = 0;

  // --- Client ids ---

  /// Adds to the stock. Those that are in it, or were taken at any time, change nothing: so a
  /// lease may be put twice.
  virtual void put_clients(std::string_view workspace, std::vector<std::uint64_t> clients,
                           Answer<void> answer) = 0;
  /// The lowest of the stock, which nobody ever gets again, whatever happens from here on.
  /// NotFound if the stock is empty.
  virtual void take_client(std::string_view workspace, Answer<TakenClient> answer) = 0;
  virtual void clients_left(std::string_view workspace, Answer<std::uint64_t> answer) = 0;
  /// The stock is worth nothing any more: the server is another one, or an older state of it.
  virtual void drop_clients(std::string_view workspace, Answer<void> answer) = 0;

  // --- Documents ---

  /// What was never written is empty, and not made by this.
  virtual void open_document(std::string_view workspace, std::string_view document,
                             Answer<ReplicaDocument> answer) = 0;

  /// One or more updates, each behind its length. Answers how many bytes there are behind the
  /// snapshot now. What was typed here is in haste; what came from the server is safe there,
  /// and can wait. A document whose append failed takes no more (Refused) until it is opened
  /// again or gets a snapshot: what is stored never has a hole.
  virtual void append(std::string_view workspace, std::string_view document,
                      std::string updates, Haste haste, Answer<std::size_t> answer) = 0;

  /// A state that takes the place of the snapshot and of all that was appended before this was
  /// asked for.
  virtual void put_snapshot(std::string_view workspace, std::string_view document,
                            std::string state, Answer<void> answer) = 0;

  /// All of them or none. Documents of which nothing is stored may be among them.
  virtual void set_synced(std::string_view workspace, std::vector<SyncedVersion> versions,
                          Answer<void> answer) = 0;
  /// All documents of which anything is stored, in the order of their ids.
  virtual void synced_versions(std::string_view workspace,
                               Answer<std::vector<SyncedVersion>> answer) = 0;
  /// Success too if there is none.
  virtual void remove_document(std::string_view workspace, std::string_view document,
                               Answer<void> answer) = 0;

  // --- Files ---

  /// In the order of their ids.
  virtual void load_files(std::string_view workspace,
                          Answer<std::vector<ReplicaFile>> answer) = 0;
  /// All of it or nothing. The removed ones go first; their base texts stay.
  virtual void put_files(std::string_view workspace, std::vector<ReplicaFile> changed,
                         std::vector<std::string> removed, Answer<void> answer) = 0;

  /// The text that is on disk while the document is ahead of it: an editor has not saved yet.
  virtual void put_base(std::string_view workspace, std::string_view file, std::string text,
                        Answer<void> answer) = 0;
  /// Nothing if there is none.
  virtual void base(std::string_view workspace, std::string_view file,
                    Answer<std::optional<std::string>> answer) = 0;
  /// The ids of all files that have one, in order.
  virtual void bases(std::string_view workspace, Answer<std::vector<std::string>> answer) = 0;
  virtual void remove_base(std::string_view workspace, std::string_view file,
                           Answer<void> answer) = 0;

  // --- Chat ---

  /// One with the same number is replaced. Of a workspace the newest kMaxCachedMessages stay.
  virtual void put_messages(std::string_view workspace, std::vector<CachedMessage> messages,
                            Answer<void> answer) = 0;
  /// The page before a sequence number, newest first.
  virtual void messages_before(std::string_view workspace, std::uint64_t before,
                               std::size_t limit,
                               Answer<std::vector<CachedMessage>> answer) = 0;
  /// All that are cached: the server's feed is another one.
  virtual void drop_messages(std::string_view workspace, Answer<void> answer) = 0;

  /// At the end of the outbox; one with the same id is replaced and keeps its place.
  virtual void put_outgoing(std::string_view workspace, OutgoingMessage message,
                            Answer<void> answer) = 0;
  virtual void remove_outgoing(std::string_view workspace, std::string_view id,
                               Answer<void> answer) = 0;
  /// In the order in which they were first put.
  virtual void load_outgoing(std::string_view workspace,
                             Answer<std::vector<OutgoingMessage>> answer) = 0;

  /// The newest message that the user has read; 0 before any was.
  virtual void put_read_marker(std::string_view workspace, std::uint64_t sequence,
                               Answer<void> answer) = 0;
  virtual void read_marker(std::string_view workspace, Answer<std::uint64_t> answer) = 0;

  // --- Whatever else ---

  virtual void put_note(std::string_view workspace, std::string_view key, std::string bytes,
                        Answer<void> answer) = 0;
  /// Nothing if there is none.
  virtual void note(std::string_view workspace, std::string_view key,
                    Answer<std::optional<std::string>> answer) = 0;
  virtual void remove_note(std::string_view workspace, std::string_view key,
                           Answer<void> answer) = 0;

  virtual void stats(Answer<ReplicaStats> answer) = 0;

  /// Bytes that wait for their commit. Past kMaxQueuedBytes requests that write are refused.
  [[nodiscard]] virtual std::size_t queued_bytes() const = 0;
};

}  // namespace plait::store
