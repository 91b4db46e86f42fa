#include "daemon/store/queued_server_store.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/store/backup_job.h"
#include "daemon/store/document_list.h"
#include "daemon/store/tables.h"
#include "daemon/store/verify_job.h"

namespace plait::store {

template <class T, class Work>
void QueuedServerStore::ask(Needs needs, std::size_t bytes, Answer<T> answer, Work work) {
  // Only what writes is turned away when the queue is full: reading holds next to nothing.
  if (needs != Needs::Nothing && queued_bytes() > kMaxQueuedBytes) {
    return enqueue(make_refusal<Tables, T>(std::move(answer)));
  }
  // What is only collected for a commit may as well wait for more.
  const Haste haste = needs == Needs::Transaction ? Haste::CanWait : Haste::Now;
  enqueue(make_request<Tables, T>({needs, haste, bytes}, std::move(work), std::move(answer)));
}

// --- Documents ---------------------------------------------------------------------------

void QueuedServerStore::open_document(std::string_view workspace, std::string_view name,
                                      Answer<LoadedDocument> answer) {
  ask(Needs::Savepoint, workspace.size() + name.size(), std::move(answer),
      [workspace = std::string(workspace), name = std::string(name)](Tables& tables) {
        return tables.documents.open(workspace, name);
      });
}

void QueuedServerStore::append(DocumentKey document, const Author& author, std::string updates,
                               Answer<Appended> answer) {
  if (queued_bytes() > kMaxQueuedBytes) {
    enqueue(make_request<Tables, Appended>(
        {Needs::Transaction, Haste::CanWait, 0},
        [document](Tables& tables) -> Result<Appended> {
          return tables.documents.refuse_append(document);
        },
        std::move(answer)));
    return;
  }
  const std::size_t bytes = updates.size();
  ask(Needs::Transaction, bytes, std::move(answer),
      [document, author, updates = std::move(updates)](Tables& tables) {
        return tables.documents.append(document, author, updates);
      });
}

void QueuedServerStore::claim_clients(DocumentKey document, const Author& author,
                                      std::vector<std::uint64_t> clients, Answer<void> answer) {
  const std::size_t bytes = clients.size() * sizeof(std::uint64_t);
  ask(Needs::Savepoint, bytes, std::move(answer),
      [document, author, clients = std::move(clients)](Tables& tables) {
        return tables.documents.claim_clients(document, author, clients);
      });
}

void QueuedServerStore::put_snapshot(DocumentKey document, std::uint64_t up_to_sequence,
                                     std::string state, Answer<void> answer) {
  const std::size_t bytes = state.size();
  ask(Needs::Savepoint, bytes, std::move(answer),
      [document, up_to_sequence, state = std::move(state)](Tables& tables) {
        return tables.documents.put_snapshot(document, up_to_sequence, state);
      });
}

void QueuedServerStore::list_documents(std::string workspace, std::string after,
                                       std::size_t limit,
                                       Answer<std::vector<ListedDocument>> answer) {
  ask(Needs::Nothing, 0, std::move(answer),
      [workspace = std::move(workspace), after = std::move(after), limit](Tables& tables) {
        return store::list_documents(tables.database, workspace, after, limit);
      });
}

void QueuedServerStore::lease_clients(const LeaseRequest& request, Answer<ClientLease> answer) {
  ask(Needs::Savepoint, 0, std::move(answer),
      [request](Tables& tables) { return tables.leases.lease(request, tables.now); });
}

void QueuedServerStore::lease_holder(std::uint64_t client, Answer<LeaseRequest> answer) {
  ask(Needs::Nothing, 0, std::move(answer),
      [client](Tables& tables) { return tables.leases.holder(client); });
}

void QueuedServerStore::leases_of(std::string workspace, std::string member, std::string device,
                                  Answer<std::vector<ClientLease>> answer) {
  ask(Needs::Nothing, 0, std::move(answer),
      [workspace = std::move(workspace), member = std::move(member),
       device = std::move(device)](Tables& tables) {
        return tables.leases.of_device(workspace, member, device);
      });
}

// --- Directory ---------------------------------------------------------------------------

void QueuedServerStore::put(std::vector<Record> records, Answer<void> answer) {
  const std::size_t bytes = records.size() * sizeof(Record);
  ask(Needs::Savepoint, bytes, std::move(answer),
      [records = std::move(records)](Tables& tables) -> Result<void> {
        for (const Record& record : records) {
          if (auto done = tables.directory.put(record); !done) return done;
        }
        return {};
      });
}

// --- Feed and chat -----------------------------------------------------------------------

void QueuedServerStore::post_message(NewMessage message, Answer<Posted> answer) {
  const std::size_t bytes = message.text.size();
  ask(Needs::Savepoint, bytes, std::move(answer),
      [message = std::move(message)](Tables& tables) { return tables.feed.post(message); });
}

void QueuedServerStore::edit_message(MessageAction action, std::string text,
                                     Answer<std::uint64_t> answer) {
  const std::size_t bytes = text.size();
  ask(Needs::Savepoint, bytes, std::move(answer),
      [action = std::move(action), text = std::move(text)](Tables& tables) {
        return tables.feed.edit(action, text);
      });
}

void QueuedServerStore::delete_message(MessageAction action, Answer<std::uint64_t> answer) {
  ask(Needs::Savepoint, 0, std::move(answer),
      [action = std::move(action)](Tables& tables) { return tables.feed.remove(action); });
}

void QueuedServerStore::react(MessageAction action, std::string emoji, bool on,
                              Answer<std::uint64_t> answer) {
  ask(Needs::Savepoint, 0, std::move(answer),
      [action = std::move(action), emoji = std::move(emoji), on](Tables& tables) {
        return tables.feed.react(action, emoji, on);
      });
}

void QueuedServerStore::add_activity(Activity activity, Answer<std::uint64_t> answer) {
  const std::size_t bytes = activity.body.size();
  ask(Needs::Savepoint, bytes, std::move(answer),
      [activity = std::move(activity)](Tables& tables) {
        return tables.feed.add_activity(activity);
      });
}

void QueuedServerStore::feed_head(std::string workspace, Answer<FeedHead> answer) {
  ask(Needs::Nothing, 0, std::move(answer),
      [workspace = std::move(workspace)](Tables& tables) -> Result<FeedHead> {
        auto sequence = tables.feed.newest(workspace);
        if (!sequence) return forward_error(sequence);
        return FeedHead{tables.generation, *sequence};
      });
}

void QueuedServerStore::feed_since(std::string workspace, std::uint64_t after,
                                   std::size_t limit, Answer<std::vector<FeedEntry>> answer) {
  ask(Needs::Nothing, 0, std::move(answer),
      [workspace = std::move(workspace), after, limit](Tables& tables) {
        return tables.feed.since(workspace, after, limit);
      });
}

void QueuedServerStore::message(std::string workspace, std::uint64_t sequence,
                                Answer<Message> answer) {
  ask(Needs::Nothing, 0, std::move(answer),
      [workspace = std::move(workspace), sequence](Tables& tables) {
        return tables.feed.message(workspace, sequence);
      });
}

void QueuedServerStore::messages_before(std::string workspace, std::uint64_t before,
                                        std::size_t limit,
                                        Answer<std::vector<Message>> answer) {
  ask(Needs::Nothing, 0, std::move(answer),
      [workspace = std::move(workspace), before, limit](Tables& tables) {
        return tables.feed.messages_before(workspace, before, limit);
      });
}

void QueuedServerStore::search(Search search, Answer<std::vector<Message>> answer) {
  ask(Needs::Nothing, 0, std::move(answer),
      [search = std::move(search)](Tables& tables) { return tables.feed.search(search); });
}

void QueuedServerStore::add_audit(AuditEntry entry, Answer<std::uint64_t> answer) {
  const std::size_t bytes = entry.body.size();
  ask(Needs::Savepoint, bytes, std::move(answer),
      [entry = std::move(entry)](Tables& tables) { return tables.feed.add_audit(entry); });
}

void QueuedServerStore::audit_before(std::string workspace, std::uint64_t before,
                                     std::size_t limit,
                                     Answer<std::vector<AuditEntry>> answer) {
  ask(Needs::Nothing, 0, std::move(answer),
      [workspace = std::move(workspace), before, limit](Tables& tables) {
        return tables.feed.audit_before(workspace, before, limit);
      });
}

// --- Blobs -------------------------------------------------------------------------------

void QueuedServerStore::put_blob(BlobChunk chunk, Answer<BlobState> answer) {
  const std::size_t bytes = chunk.bytes.size();
  ask(Needs::Savepoint, bytes, std::move(answer),
      [chunk = std::move(chunk)](Tables& tables) { return tables.blobs.put(chunk); });
}

void QueuedServerStore::blob_state(BlobKey key, Answer<BlobState> answer) {
  ask(Needs::Nothing, 0, std::move(answer),
      [key = std::move(key)](Tables& tables) { return tables.blobs.state(key); });
}

void QueuedServerStore::read_blob(BlobKey key, std::uint64_t offset, std::size_t length,
                                  Answer<std::string> answer) {
  ask(Needs::Nothing, 0, std::move(answer),
      [key = std::move(key), offset, length](Tables& tables) {
        return tables.blobs.read(key, offset, length);
      });
}

void QueuedServerStore::remove_blob(BlobKey key, Answer<void> answer) {
  ask(Needs::Savepoint, 0, std::move(answer),
      [key = std::move(key)](Tables& tables) { return tables.blobs.remove(key); });
}

void QueuedServerStore::drop_unfinished_blobs(WallTime before, Answer<std::uint64_t> answer) {
  ask(Needs::Savepoint, 0, std::move(answer),
      [before](Tables& tables) { return tables.blobs.drop_unfinished(before); });
}

// --- The whole ---------------------------------------------------------------------------

void QueuedServerStore::usage(std::string workspace, Answer<Usage> answer) {
  ask(Needs::Nothing, 0, std::move(answer),
      [workspace = std::move(workspace)](Tables& tables) { return tables.usage(workspace); });
}

void QueuedServerStore::stats(Answer<Stats> answer) {
  ask(Needs::Nothing, 0, std::move(answer), [](Tables& tables) { return tables.stats(); });
}

void QueuedServerStore::backup(std::string file, Answer<void> answer) {
  enqueue(std::make_unique<BackupJob>(std::move(file), std::move(answer)));
}

void QueuedServerStore::verify(Answer<VerifyReport> answer) {
  enqueue(std::make_unique<VerifyJob>(std::move(answer)));
}

}  // namespace plait::store
