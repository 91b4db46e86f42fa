#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/replica_store.h"
#include "daemon/store/request.h"

namespace plait::store {

class ReplicaTables;

/// A ReplicaStore whose requests wait in a queue until somebody runs them with a ReplicaCore: a
/// thread in the program, a simulation when it sees fit.
class QueuedReplicaStore : public ReplicaStore {
 public:
  using Request = RequestOf<ReplicaTables>;

  void put_setting(std::string name, std::string value, Answer<void> answer) override;
  void put_workspace(ReplicaWorkspace workspace, Answer<void> answer) override;
  void remove_workspace(std::string_view workspace, Answer<void> answer) override;

  void put_clients(std::string_view workspace, std::vector<std::uint64_t> clients,
                   Answer<void> answer) override;
  void take_client(std::string_view workspace, Answer<TakenClient> answer) override;
  void clients_left(std::string_view workspace, Answer<std::uint64_t> answer) override;
  void drop_clients(std::string_view workspace, Answer<void> answer) override;

  void open_document(std::string_view workspace, std::string_view document,
                     Answer<ReplicaDocument> answer) override;
  void append(std::string_view workspace, std::string_view document, std::string updates,
              Haste haste, Answer<std::size_t> answer) override;
  void put_snapshot(std::string_view workspace, std::string_view document, std::string state,
                    Answer<void> answer) override;
  void set_synced(std::string_view workspace, std::vector<SyncedVersion> versions,
                  Answer<void> answer) override;
  void synced_versions(std::string_view workspace,
                       Answer<std::vector<SyncedVersion>> answer) override;
  void remove_document(std::string_view workspace, std::string_view document,
                       Answer<void> answer) override;

  void load_files(std::string_view workspace, Answer<std::vector<ReplicaFile>> answer) override;
  void put_files(std::string_view workspace, std::vector<ReplicaFile> changed,
                 std::vector<std::string> removed, Answer<void> answer) override;
  void put_base(std::string_view workspace, std::string_view file, std::string text,
                Answer<void> answer) override;
  void base(std::string_view workspace, std::string_view file,
            Answer<std::optional<std::string>> answer) override;
  void bases(std::string_view workspace, Answer<std::vector<std::string>> answer) override;
  void remove_base(std::string_view workspace, std::string_view file,
                   Answer<void> answer) override;

  void put_messages(std::string_view workspace, std::vector<CachedMessage> messages,
                    Answer<void> answer) override;
  void messages_before(std::string_view workspace, std::uint64_t before, std::size_t limit,
                       Answer<std::vector<CachedMessage>> answer) override;
  void drop_messages(std::string_view workspace, Answer<void> answer) override;
  void put_outgoing(std::string_view workspace, OutgoingMessage message,
                    Answer<void> answer) override;
  void remove_outgoing(std::string_view workspace, std::string_view id,
                       Answer<void> answer) override;
  void load_outgoing(std::string_view workspace,
                     Answer<std::vector<OutgoingMessage>> answer) override;
  void put_read_marker(std::string_view workspace, std::uint64_t sequence,
                       Answer<void> answer) override;
  void read_marker(std::string_view workspace, Answer<std::uint64_t> answer) override;

  void put_note(std::string_view workspace, std::string_view key, std::string bytes,
                Answer<void> answer) override;
  void note(std::string_view workspace, std::string_view key,
            Answer<std::optional<std::string>> answer) override;
  void remove_note(std::string_view workspace, std::string_view key,
                   Answer<void> answer) override;

  void stats(Answer<ReplicaStats> answer) override;

 protected:
  virtual void enqueue(std::unique_ptr<Request> request) = 0;

 private:
  /// From ReplicaTables& to Result<T>.
  template <class T, class Work>
  void ask(const Manner& manner, Answer<T> answer, Work work);
  /// The same, with the key of a workspace, which has to be there.
  template <class T, class Work>
  void ask_in(std::string_view workspace, const Manner& manner, Answer<T> answer, Work work);
};

}  // namespace plait::store
