#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/document/local_document.h"
#include "daemon/document/local_tree.h"
#include "daemon/store/replica_store.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "daemon/workspace/document_journal.h"
#include "protocol/base/result.h"

namespace plait::workspace {

class Documents;

/// A file's text that is in memory here: its replica, and its journal on this disk.
class SharedDocument final : private document::LocalDocument::Observer {
 public:
  using Origin = document::LocalDocument::Origin;

  SharedDocument(Documents& owner, std::string id,
                 std::unique_ptr<document::LocalDocument> local);
  ~SharedDocument() override;

  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  [[nodiscard]] document::LocalDocument& local() noexcept { return *local_; }
  [[nodiscard]] DocumentJournal& journal() noexcept { return journal_; }
  [[nodiscard]] const DocumentJournal& journal() const noexcept { return journal_; }

 private:
  friend class Documents;
  friend class Hold;

  // document::LocalDocument::Observer
  void about_to_change(Origin origin) override;
  void changed(std::span<const crdt::TextEdit> edits, Origin origin) override;
  void updated(std::string_view update, Origin origin) override;

  Documents& owner_;
  const std::string id_;
  std::unique_ptr<document::LocalDocument> local_;
  DocumentJournal journal_;
  std::size_t holds_ = 0;
  MonotonicTime idle_since_;
};

/// Keeps a document in memory for as long as it lives; the documents outlive it.
class Hold {
 public:
  Hold() = default;
  explicit Hold(SharedDocument& document);
  Hold(Hold&& other) noexcept : document_(std::exchange(other.document_, nullptr)) {}
  Hold& operator=(Hold&& other) noexcept {
    std::swap(document_, other.document_);
    return *this;
  }
  ~Hold();

  explicit operator bool() const noexcept { return document_ != nullptr; }
  SharedDocument& operator*() const noexcept { return *document_; }
  SharedDocument* operator->() const noexcept { return document_; }

 private:
  SharedDocument* document_ = nullptr;
};

/// What the documents tell the workspace that they are in.
class DocumentsHost {
 public:
  DocumentsHost() = default;
  DocumentsHost(const DocumentsHost&) = delete;
  DocumentsHost& operator=(const DocumentsHost&) = delete;

  virtual void document_changes(SharedDocument& document,
                                document::LocalDocument::Origin origin) = 0;
  virtual void document_changed(SharedDocument& document,
                                document::LocalDocument::Origin origin) = 0;
  /// Whatever changed it: what its journal and others are told.
  virtual void document_updated(const SharedDocument& document, std::string_view update) = 0;
  /// Our own updates are in the journal and can be sent, in this order.
  virtual void document_written(const std::string& document,
                                const std::vector<std::string>& updates) = 0;
  /// The journal could not be written: a full disk. Everything goes on in memory.
  virtual void journal_failed(const Error& error) = 0;

 protected:
  ~DocumentsHost() = default;
};

/// How long a document stays in memory after its last user has gone.
inline constexpr std::chrono::seconds kUnloadAfter{30};
/// When there are more, those that nobody uses go at once: somebody goes through a whole
/// folder.
inline constexpr std::size_t kMaxIdleDocuments = 256;
inline constexpr std::chrono::milliseconds kCrowdedPause{100};

/// The texts of a workspace's files, as far as they are in memory. Loads them from the store
/// when somebody wants them, and gives them up when nobody has for a while.
///
/// Does no I/O: the store answers later.
class Documents {
 public:
  /// All of them outlive this.
  Documents(std::string workspace, store::ReplicaStore& store, Agenda& agenda,
            const Clock& clock, DocumentsHost& host);
  ~Documents();
  Documents(const Documents&) = delete;
  Documents& operator=(const Documents&) = delete;

  using Then = std::function<void(Result<Hold>)>;
  /// Answers at once if it is in memory; else later. Never after this has gone.
  void open(const std::string& id, Then then);
  /// A document that was never anywhere.
  [[nodiscard]] Result<Hold> make(const std::string& id);
  /// Null if it is not in memory.
  [[nodiscard]] SharedDocument* find(std::string_view id) const noexcept;
  /// The replica is worth nothing any more: an empty one takes its place, also on disk. Nobody
  /// may hold it.
  void forget(const std::string& id, std::function<void()> then);

  /// Every client id that this device has had in this workspace.
  void set_own_clients(std::vector<crdt::ClientId> own) { own_ = std::move(own); }
  /// What is inserted from now on is inserted under this one.
  void set_client(crdt::ClientId client);
  [[nodiscard]] std::optional<crdt::ClientId> client() const noexcept { return client_; }
  [[nodiscard]] const std::vector<crdt::ClientId>& own_clients() const noexcept { return own_; }

  [[nodiscard]] const std::string& workspace() const noexcept { return workspace_; }
  [[nodiscard]] store::ReplicaStore& store() noexcept { return store_; }
  [[nodiscard]] const Clock& clock() const noexcept { return clock_; }

 private:
  friend class SharedDocument;
  friend class Hold;

  SharedDocument& add(const std::string& id, std::unique_ptr<document::LocalDocument> local);
  void loaded(const std::string& id, Result<store::ReplicaDocument> stored);
  void released(SharedDocument& document);
  void unload_idle();

  const std::string workspace_;
  store::ReplicaStore& store_;
  const Clock& clock_;
  DocumentsHost& host_;
  std::shared_ptr<Documents*> self_;  ///< for answers: null once this is gone
  std::vector<crdt::ClientId> own_;
  std::optional<crdt::ClientId> client_;
  std::map<std::string, std::unique_ptr<SharedDocument>, std::less<>> documents_;
  std::map<std::string, std::vector<Then>, std::less<>> loading_;
  std::set<std::string, std::less<>> idle_;  ///< that nobody held when they were put here
  Alarm unload_alarm_;
};

}  // namespace plait::workspace
