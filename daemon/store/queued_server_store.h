#pragma once

#include <memory>

#include "daemon/store/request.h"
#include "daemon/store/server_store.h"

namespace plait::store {

/// A ServerStore whose requests wait in a queue until somebody runs them with a StoreCore: a
/// thread in the program, a simulation when it sees fit.
class QueuedServerStore : public ServerStore {
 public:
  void open_document(std::string_view workspace, std::string_view name,
                     Answer<LoadedDocument> answer) override;
  void append(DocumentKey document, const Author& author, std::string updates,
              Answer<Appended> answer) override;
  void claim_clients(DocumentKey document, const Author& author,
                     std::vector<std::uint64_t> clients, Answer<void> answer) override;
  void put_snapshot(DocumentKey document, std::uint64_t up_to_sequence, std::string state,
                    Answer<void> answer) override;
  void list_documents(std::string workspace, std::string after, std::size_t limit,
                      Answer<std::vector<ListedDocument>> answer) override;
  void lease_clients(const LeaseRequest& request, Answer<ClientLease> answer) override;
  void lease_holder(std::uint64_t client, Answer<LeaseRequest> answer) override;
  void leases_of(std::string workspace, std::string member, std::string device,
                 Answer<std::vector<ClientLease>> answer) override;

  void put(std::vector<Record> records, Answer<void> answer) override;

  void post_message(NewMessage message, Answer<Posted> answer) override;
  void edit_message(MessageAction action, std::string text,
                    Answer<std::uint64_t> answer) override;
  void delete_message(MessageAction action, Answer<std::uint64_t> answer) override;
  void react(MessageAction action, std::string emoji, bool on,
             Answer<std::uint64_t> answer) override;
  void add_activity(Activity activity, Answer<std::uint64_t> answer) override;
  void feed_head(std::string workspace, Answer<FeedHead> answer) override;
  void feed_since(std::string workspace, std::uint64_t after, std::size_t limit,
                  Answer<std::vector<FeedEntry>> answer) override;
  void message(std::string workspace, std::uint64_t sequence, Answer<Message> answer) override;
  void messages_before(std::string workspace, std::uint64_t before, std::size_t limit,
                       Answer<std::vector<Message>> answer) override;
  void search(Search search, Answer<std::vector<Message>> answer) override;
  void add_audit(AuditEntry entry, Answer<std::uint64_t> answer) override;
  void audit_before(std::string workspace, std::uint64_t before, std::size_t limit,
                    Answer<std::vector<AuditEntry>> answer) override;

  void put_blob(BlobChunk chunk, Answer<BlobState> answer) override;
  void blob_state(BlobKey key, Answer<BlobState> answer) override;
  void read_blob(BlobKey key, std::uint64_t offset, std::size_t length,
                 Answer<std::string> answer) override;
  void remove_blob(BlobKey key, Answer<void> answer) override;
  void drop_unfinished_blobs(WallTime before, Answer<std::uint64_t> answer) override;
  void usage(std::string workspace, Answer<Usage> answer) override;

  void backup(std::string file, Answer<void> answer) override;
  void verify(Answer<VerifyReport> answer) override;
  void stats(Answer<Stats> answer) override;

 protected:
  virtual void enqueue(std::unique_ptr<Request> request) = 0;
  virtual void enqueue(std::unique_ptr<Job> job) = 0;

 private:
  /// `bytes` is what the request holds besides itself.
  template <class T, class Work>
  void ask(Needs needs, std::size_t bytes, Answer<T> answer, Work work);
};

}  // namespace plait::store
