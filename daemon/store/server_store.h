#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/answer.h"
#include "daemon/store/blobs.h"
#include "daemon/store/documents.h"
#include "daemon/store/feed.h"
#include "daemon/store/records.h"
#include "protocol/base/result.h"

namespace plait::store {

/// What verify() found.
struct VerifyReport {
  /// Something that is not as it was written, in words for the operator.
  struct Finding {
    std::string where;
    std::string what;
  };
  std::uint64_t documents = 0;
  std::uint64_t entries = 0;
  std::uint64_t blobs = 0;
  /// At most kMaxFindings.
  std::vector<Finding> findings;
  [[nodiscard]] bool ok() const { return findings.empty(); }
};
inline constexpr std::size_t kMaxFindings = 1000;

struct Stats {
  std::uint64_t generation = 0;
  std::uint64_t file_bytes = 0;
  /// Of the file, waiting to be used again.
  std::uint64_t free_bytes = 0;
  std::uint64_t workspaces = 0;
  std::uint64_t members = 0;
  std::uint64_t documents = 0;
  std::uint64_t entries = 0;
  std::uint64_t messages = 0;
  std::uint64_t blobs = 0;
};

/// What a server has to remember. It does not know what the bytes of a document mean.
///
/// Everything is asked for on the loop's thread and answered there later. Requests take effect
/// in their order: what is read sees all that was asked for before it. Requests that arrive
/// together are committed together; if that fails, all of them are answered with the error, and
/// whether they left anything behind is known only once it is read again.
///
/// Limits are named beside the types; what is past one is answered with LimitExceeded.
class ServerStore {
 public:
  ServerStore() = default;
  ServerStore(const ServerStore&) = delete;
  ServerStore& operator=(const ServerStore&) = delete;
  virtual ~ServerStore() = default;

  // --- Documents ---

  /// Makes it on first use.
  virtual void open_document(std::string_view workspace, std::string_view name,
                             Answer<LoadedDocument> answer) = 0;

  /// One or more updates, each behind its length, for the end of the log. A document whose
  /// append failed takes no more until it is opened again: its log never has a hole.
  virtual void append(DocumentKey document, const Author& author, std::string updates,
                      Answer<Appended> answer) = 0;

  /// From now on these client ids are the author's in this document. Refused, all of them, if
  /// one is somebody else's.
  virtual void claim_clients(DocumentKey document, const Author& author,
                             std::vector<std::uint64_t> clients, Answer<void> answer) = 0;

  /// Compaction: a state that covers every entry up to `up_to_sequence` takes their place.
  /// Sequence, hash chain and claims go on as they were.
  virtual void put_snapshot(DocumentKey document, std::uint64_t up_to_sequence,
                            std::string state, Answer<void> answer) = 0;

  /// The next documents of a workspace that something was appended to, by their names' bytes.
  /// Names are passed over that are no ids: letters, digits, '-', '_' and '.'.
  virtual void list_documents(std::string workspace, std::string after, std::size_t limit,
                              Answer<std::vector<ListedDocument>> answer) = 0;

  /// Ids from 2^32 upwards, never given out twice, not even by a restored backup.
  virtual void lease_clients(const LeaseRequest& request, Answer<ClientLease> answer) = 0;
  /// Whom a client id was leased to; `count` is that of the lease. NotFound if to nobody.
  virtual void lease_holder(std::uint64_t client, Answer<LeaseRequest> answer) = 0;
  /// All that one device of a member was ever leased, in ascending order.
  virtual void leases_of(std::string workspace, std::string member, std::string device,
                         Answer<std::vector<ClientLease>> answer) = 0;

  // --- Directory ---

  /// Waits for the disk, so it is for starting up.
  virtual Result<Directory> load_directory() = 0;

  /// All of them or none.
  virtual void put(std::vector<Record> records, Answer<void> answer) = 0;

  // --- Feed and chat ---

  virtual void post_message(NewMessage message, Answer<Posted> answer) = 0;
  /// These answer the new feed entry's sequence number, or 0 if nothing changes: the same text
  /// or reaction, a message that was deleted already. NotFound for messages that there are not,
  /// or whose text is gone; Refused for somebody else's, where only one's own will do.
  virtual void edit_message(MessageAction action, std::string text,
                            Answer<std::uint64_t> answer) = 0;
  virtual void delete_message(MessageAction action, Answer<std::uint64_t> answer) = 0;
  virtual void react(MessageAction action, std::string emoji, bool on,
                     Answer<std::uint64_t> answer) = 0;
  /// Answers the same number for the same nonce; Refused if its body was another.
  virtual void add_activity(Activity activity, Answer<std::uint64_t> answer) = 0;

  /// Where the feed is.
  virtual void feed_head(std::string workspace, Answer<FeedHead> answer) = 0;
  /// The next entries after a sequence number, oldest first.
  virtual void feed_since(std::string workspace, std::uint64_t after, std::size_t limit,
                          Answer<std::vector<FeedEntry>> answer) = 0;
  /// One message, or NotFound.
  virtual void message(std::string workspace, std::uint64_t sequence,
                       Answer<Message> answer) = 0;
  /// The page of messages before a sequence number, newest first; deleted ones are in it.
  virtual void messages_before(std::string workspace, std::uint64_t before, std::size_t limit,
                               Answer<std::vector<Message>> answer) = 0;
  /// Newest first.
  virtual void search(Search search, Answer<std::vector<Message>> answer) = 0;

  /// Its sequence number is given by the store.
  virtual void add_audit(AuditEntry entry, Answer<std::uint64_t> answer) = 0;
  /// The page before a sequence number, newest first.
  virtual void audit_before(std::string workspace, std::uint64_t before, std::size_t limit,
                            Answer<std::vector<AuditEntry>> answer) = 0;

  // --- Blobs ---

  /// Takes a chunk that begins where the last one ended; a chunk from elsewhere changes nothing
  /// and is answered with where to go on. With the last one the hash is checked.
  virtual void put_blob(BlobChunk chunk, Answer<BlobState> answer) = 0;
  /// NotFound if nothing of it was ever sent.
  virtual void blob_state(BlobKey key, Answer<BlobState> answer) = 0;
  /// At most `length` bytes of a complete blob; fewer at its end.
  virtual void read_blob(BlobKey key, std::uint64_t offset, std::size_t length,
                         Answer<std::string> answer) = 0;
  virtual void remove_blob(BlobKey key, Answer<void> answer) = 0;
  /// Forgets uploads that began before a time and never ended; answers how many.
  virtual void drop_unfinished_blobs(WallTime before, Answer<std::uint64_t> answer) = 0;

  virtual void usage(std::string workspace, Answer<Usage> answer) = 0;

  // --- The whole ---

  /// Copies everything, as it is when the copy ends, into a file that must not exist yet. Goes
  /// on beside other requests; the answer comes when it is done.
  virtual void backup(std::string file, Answer<void> answer) = 0;
  /// Recomputes every hash. Goes on beside other requests; the answer comes when it is done.
  virtual void verify(Answer<VerifyReport> answer) = 0;
  virtual void stats(Answer<Stats> answer) = 0;

  /// Bytes that wait for their commit. Past kMaxQueuedBytes requests are refused, so whoever
  /// reads from many connections stops earlier.
  [[nodiscard]] virtual std::size_t queued_bytes() const = 0;
};

}  // namespace plait::store
