#include "daemon/store/queued_replica_store.h"

#include <utility>

#include "daemon/store/replica_tables.h"

namespace plait::store {

namespace {

constexpr Manner kRead{};

Manner write(Haste haste, std::size_t bytes = 0) { return {Needs::Savepoint, haste, bytes}; }

template <class T>
std::size_t bytes_of(const std::vector<T>& all) {
  return all.size() * sizeof(T);
}

}  // namespace

template <class T, class Work>
void QueuedReplicaStore::ask(const Manner& manner, Answer<T> answer, Work work) {
  // Only what writes is turned away when the queue is full: reading holds next to nothing.
  if (manner.needs != Needs::Nothing && queued_bytes() > kMaxQueuedBytes) {
    return enqueue(make_refusal<ReplicaTables, T>(std::move(answer)));
  }
  enqueue(make_request<ReplicaTables, T>(manner, std::move(work), std::move(answer)));
}

template <class T, class Work>
void QueuedReplicaStore::ask_in(std::string_view workspace, const Manner& manner,
                                Answer<T> answer, Work work) {
  ask(manner, std::move(answer),
      [workspace = std::string(workspace),
       work = std::move(work)](ReplicaTables& tables) -> Result<T> {
        auto key = tables.workspaces.key_of(workspace);
        if (!key) return forward_error(key);
        return work(tables, *key);
      });
}

// --- Settings and workspaces -------------------------------------------------------------

void QueuedReplicaStore::put_setting(std::string name, std::string value, Answer<void> answer) {
  const Manner manner = write(Haste::Now, name.size() + value.size());
  ask(manner, std::move(answer),
      [name = std::move(name), value = std::move(value)](ReplicaTables& tables) {
        return tables.workspaces.put_setting(name, value);
      });
}

void QueuedReplicaStore::put_workspace(ReplicaWorkspace workspace, Answer<void> answer) {
  ask(write(Haste::Now), std::move(answer),
      [workspace = std::move(workspace)](ReplicaTables& tables) {
        return tables.workspaces.put(workspace);
      });
}

void QueuedReplicaStore::remove_workspace(std::string_view workspace, Answer<void> answer) {
  ask(write(Haste::Now), std::move(answer),
      [workspace = std::string(workspace)](ReplicaTables& tables) {
        return tables.remove_workspace(workspace);
      });
}

// --- Client ids --------------------------------------------------------------------------

void QueuedReplicaStore::put_clients(std::string_view workspace,
                                     std::vector<std::uint64_t> clients, Answer<void> answer) {
  const Manner manner = write(Haste::Now, bytes_of(clients));
  ask_in(workspace, manner, std::move(answer),
         [clients = std::move(clients)](ReplicaTables& tables, WorkspaceKey key) {
           return tables.clients.put(key, clients);
         });
}

void QueuedReplicaStore::take_client(std::string_view workspace, Answer<TakenClient> answer) {
  ask_in(workspace, write(Haste::Now), std::move(answer),
         [](ReplicaTables& tables, WorkspaceKey key) { return tables.clients.take(key); });
}

void QueuedReplicaStore::clients_left(std::string_view workspace,
                                      Answer<std::uint64_t> answer) {
  ask_in(workspace, kRead, std::move(answer),
         [](ReplicaTables& tables, WorkspaceKey key) { return tables.clients.left(key); });
}

void QueuedReplicaStore::drop_clients(std::string_view workspace, Answer<void> answer) {
  ask_in(workspace, write(Haste::Now), std::move(answer),
         [](ReplicaTables& tables, WorkspaceKey key) { return tables.clients.drop(key); });
}

// --- Documents ---------------------------------------------------------------------------

void QueuedReplicaStore::open_document(std::string_view workspace, std::string_view document,
                                       Answer<ReplicaDocument> answer) {
  ask(kRead, std::move(answer),
      [name = DocumentName{std::string(workspace), std::string(document)}](
          ReplicaTables& tables) { return tables.documents.open(name); });
}

void QueuedReplicaStore::append(std::string_view workspace, std::string_view document,
                                std::string updates, Haste haste, Answer<std::size_t> answer) {
  DocumentName name{std::string(workspace), std::string(document)};
  if (queued_bytes() > kMaxQueuedBytes) {
    auto refuse = [name = std::move(name)](ReplicaTables& tables) -> Result<std::size_t> {
      return tables.documents.refuse_append(name);
    };
    return enqueue(
        make_request<ReplicaTables, std::size_t>({}, std::move(refuse), std::move(answer)));
  }
  const Manner manner = write(haste, updates.size());
  ask(manner, std::move(answer),
      [name = std::move(name), updates = std::move(updates)](ReplicaTables& tables) {
        return tables.documents.append(name, updates);
      });
}

void QueuedReplicaStore::put_snapshot(std::string_view workspace, std::string_view document,
                                      std::string state, Answer<void> answer) {
  const Manner manner = write(Haste::Now, state.size());
  ask(manner, std::move(answer),
      [name = DocumentName{std::string(workspace), std::string(document)},
       state = std::move(state)](ReplicaTables& tables) {
        return tables.documents.put_snapshot(name, state);
      });
}

void QueuedReplicaStore::set_synced(std::string_view workspace,
                                    std::vector<SyncedVersion> versions, Answer<void> answer) {
  const Manner manner = write(Haste::CanWait, bytes_of(versions));
  ask_in(workspace, manner, std::move(answer),
         [versions = std::move(versions)](ReplicaTables& tables, WorkspaceKey key) {
           return tables.documents.set_synced(key, versions);
         });
}

void QueuedReplicaStore::synced_versions(std::string_view workspace,
                                         Answer<std::vector<SyncedVersion>> answer) {
  ask_in(workspace, kRead, std::move(answer), [](ReplicaTables& tables, WorkspaceKey key) {
    return tables.documents.synced_versions(key);
  });
}

void QueuedReplicaStore::remove_document(std::string_view workspace, std::string_view document,
                                         Answer<void> answer) {
  ask(write(Haste::Now), std::move(answer),
      [name = DocumentName{std::string(workspace), std::string(document)}](
          ReplicaTables& tables) { return tables.documents.remove(name); });
}

// --- Files -------------------------------------------------------------------------------

void QueuedReplicaStore::load_files(std::string_view workspace,
                                    Answer<std::vector<ReplicaFile>> answer) {
  ask_in(workspace, kRead, std::move(answer),
         [](ReplicaTables& tables, WorkspaceKey key) { return tables.files.load(key); });
}

void QueuedReplicaStore::put_files(std::string_view workspace, std::vector<ReplicaFile> changed,
                                   std::vector<std::string> removed, Answer<void> answer) {
  const Manner manner = write(Haste::CanWait, bytes_of(changed) + bytes_of(removed));
  ask_in(workspace, manner, std::move(answer),
         [changed = std::move(changed), removed = std::move(removed)](ReplicaTables& tables,
                                                                      WorkspaceKey key) {
           return tables.files.put(key, changed, removed);
         });
}

void QueuedReplicaStore::put_base(std::string_view workspace, std::string_view file,
                                  std::string text, Answer<void> answer) {
  const Manner manner = write(Haste::Now, text.size());
  ask_in(workspace, manner, std::move(answer),
         [file = std::string(file), text = std::move(text)](ReplicaTables& tables,
                                                            WorkspaceKey key) {
           return tables.files.put_base(key, file, text);
         });
}

void QueuedReplicaStore::base(std::string_view workspace, std::string_view file,
                              Answer<std::optional<std::string>> answer) {
  ask_in(workspace, kRead, std::move(answer),
         [file = std::string(file)](ReplicaTables& tables, WorkspaceKey key) {
           return tables.files.base(key, file);
         });
}

void QueuedReplicaStore::bases(std::string_view workspace,
                               Answer<std::vector<std::string>> answer) {
  ask_in(workspace, kRead, std::move(answer),
         [](ReplicaTables& tables, WorkspaceKey key) { return tables.files.bases(key); });
}

void QueuedReplicaStore::remove_base(std::string_view workspace, std::string_view file,
                                     Answer<void> answer) {
  ask_in(workspace, write(Haste::Now), std::move(answer),
         [file = std::string(file)](ReplicaTables& tables, WorkspaceKey key) {
           return tables.files.remove_base(key, file);
         });
}

// --- Chat --------------------------------------------------------------------------------

void QueuedReplicaStore::put_messages(std::string_view workspace,
                                      std::vector<CachedMessage> messages,
                                      Answer<void> answer) {
  std::size_t bytes = bytes_of(messages);
  for (const CachedMessage& message : messages) bytes += message.bytes.size();
  ask_in(workspace, write(Haste::CanWait, bytes), std::move(answer),
         [messages = std::move(messages)](ReplicaTables& tables, WorkspaceKey key) {
           return tables.chat.put(key, messages);
         });
}

void QueuedReplicaStore::messages_before(std::string_view workspace, std::uint64_t before,
                                         std::size_t limit,
                                         Answer<std::vector<CachedMessage>> answer) {
  ask_in(workspace, kRead, std::move(answer),
         [before, limit](ReplicaTables& tables, WorkspaceKey key) {
           return tables.chat.before(key, before, limit);
         });
}

void QueuedReplicaStore::drop_messages(std::string_view workspace, Answer<void> answer) {
  ask_in(workspace, write(Haste::Now), std::move(answer),
         [](ReplicaTables& tables, WorkspaceKey key) { return tables.chat.drop(key); });
}

void QueuedReplicaStore::put_outgoing(std::string_view workspace, OutgoingMessage message,
                                      Answer<void> answer) {
  const Manner manner = write(Haste::Now, message.bytes.size());
  ask_in(workspace, manner, std::move(answer),
         [message = std::move(message)](ReplicaTables& tables, WorkspaceKey key) {
           return tables.chat.put_outgoing(key, message);
         });
}

void QueuedReplicaStore::remove_outgoing(std::string_view workspace, std::string_view id,
                                         Answer<void> answer) {
  ask_in(workspace, write(Haste::CanWait), std::move(answer),
         [id = std::string(id)](ReplicaTables& tables, WorkspaceKey key) {
           return tables.chat.remove_outgoing(key, id);
         });
}

void QueuedReplicaStore::load_outgoing(std::string_view workspace,
                                       Answer<std::vector<OutgoingMessage>> answer) {
  ask_in(workspace, kRead, std::move(answer), [](ReplicaTables& tables, WorkspaceKey key) {
    return tables.chat.load_outgoing(key);
  });
}

void QueuedReplicaStore::put_read_marker(std::string_view workspace, std::uint64_t sequence,
                                         Answer<void> answer) {
  ask_in(workspace, write(Haste::CanWait), std::move(answer),
         [sequence](ReplicaTables& tables, WorkspaceKey key) {
           return tables.workspaces.put_read_marker(key, sequence);
         });
}

void QueuedReplicaStore::read_marker(std::string_view workspace, Answer<std::uint64_t> answer) {
  ask_in(workspace, kRead, std::move(answer), [](ReplicaTables& tables, WorkspaceKey key) {
    return tables.workspaces.read_marker(key);
  });
}

// --- Whatever else -----------------------------------------------------------------------

void QueuedReplicaStore::put_note(std::string_view workspace, std::string_view key,
                                  std::string bytes, Answer<void> answer) {
  const Manner manner = write(Haste::CanWait, bytes.size());
  ask_in(workspace, manner, std::move(answer),
         [note = std::string(key), bytes = std::move(bytes)](ReplicaTables& tables,
                                                             WorkspaceKey in) {
           return tables.notes.put(in, note, bytes);
         });
}

void QueuedReplicaStore::note(std::string_view workspace, std::string_view key,
                              Answer<std::optional<std::string>> answer) {
  ask_in(workspace, kRead, std::move(answer),
         [note = std::string(key)](ReplicaTables& tables, WorkspaceKey in) {
           return tables.notes.find(in, note);
         });
}

void QueuedReplicaStore::remove_note(std::string_view workspace, std::string_view key,
                                     Answer<void> answer) {
  ask_in(workspace, write(Haste::CanWait), std::move(answer),
         [note = std::string(key)](ReplicaTables& tables, WorkspaceKey in) {
           return tables.notes.remove(in, note);
         });
}

void QueuedReplicaStore::stats(Answer<ReplicaStats> answer) {
  ask(kRead, std::move(answer), [](ReplicaTables& tables) { return tables.stats(); });
}

}  // namespace plait::store
