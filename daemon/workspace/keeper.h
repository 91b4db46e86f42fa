#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/document/tree.h"
#include "daemon/document/tree_change.h"
#include "daemon/folder/disk.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "daemon/support/random.h"
#include "daemon/workspace/arrivals.h"
#include "daemon/workspace/documents.h"
#include "daemon/workspace/file_records.h"
#include "daemon/workspace/joining.h"
#include "daemon/workspace/keeper_host.h"
#include "daemon/workspace/questions.h"
#include "protocol/base/result.h"

namespace plait::workspace {

/// What others write reaches a file on disk so long after the first of it, all at once.
inline constexpr std::chrono::milliseconds kWriteDelay{100};
/// So long an editor has to say that it was the one who wrote a file.
inline constexpr std::chrono::milliseconds kSaveGrace{300};
/// Saved texts of a file that are remembered until the disk has been read.
inline constexpr std::size_t kMaxSavedTexts = 4;
/// Steps of so many files are taken at the same time.
inline constexpr std::size_t kMaxBusyFiles = 16;
/// Before a step that failed, or found something in its way, is tried again.
inline constexpr std::chrono::seconds kFailurePause{5};
inline constexpr std::chrono::milliseconds kOccupiedPause{500};
/// More files, or a larger part of all, that go at once are not believed to be meant.
inline constexpr std::size_t kMaxDeletedAtOnce = 20;
inline constexpr std::size_t kMaxDeletedPercent = 30;
/// Changes of the tree gather for so long, and longer where the tree is large.
inline constexpr std::chrono::milliseconds kMinTreePause{10};
/// Of one update of the tree.
inline constexpr std::size_t kMaxTreeChanges = 500;

/// Keeps the folder on disk and the workspace's files in step, both ways.
///
/// For each file it knows what the disk held when it last looked, what the tree says, and
/// whether one of them may have changed; tend() takes the next step that brings them together,
/// and is called again when that step is done. A file that an editor has open is left to the
/// editor: its text reaches the disk when it is saved there.
///
/// What some other program wrote becomes an edit of the document: the difference to the text
/// that was on disk before, moved to where that text is in the document now. Our own writes are
/// known by their content.
///
/// Does no I/O: the Disk has the files, the store what is remembered of them.
class Keeper final : private ArrivalsHost {
 public:
  /// All of them outlive the keeper, and tell it nothing once it is gone.
  Keeper(std::string workspace, folder::Disk& disk, store::ReplicaStore& store, Agenda& agenda,
         const Clock& clock, Random& random, Documents& documents, KeeperHost& host);
  ~Keeper();

  /// Reads what is remembered, looks at the whole folder, and watches it from then on. `loaded`
  /// is told when documents may change, and `then` when everything that is on disk is known.
  void start(std::function<void()> loaded, std::function<void(Result<void>)> then);
  /// Before that: what is in the folder already, although it was never kept in step.
  void begin_with(std::vector<FileBefore> files);

  /// The tree is another one.
  void tree_changed();
  /// A document is about to change, by somebody who is not this keeper.
  void document_changes(SharedDocument& document);
  void document_changed(const SharedDocument& document);
  /// All that the server had of it has arrived.
  void document_fetched(const std::string& file);

  // What editors do with a file.
  void opened(const std::string& file);
  /// One of these texts is what it wrote.
  void saved(const std::string& file, std::vector<std::string> texts);
  void closed(const std::string& file);

  /// The text that is on disk as far as is known, if the document may be ahead of it; nothing
  /// if it is not ahead.
  [[nodiscard]] std::optional<std::string> text_on_disk(SharedDocument& document);
  /// Looks at a path that may be on disk and not known yet. Told when it is, if it is.
  void look_at(const std::string& path, std::function<void()> then) {
    arrivals_.look_at(path, std::move(then));
  }
  /// What waits for a person to say that it is meant.
  [[nodiscard]] const Questions& questions() const noexcept { return questions_; }
  void answer(Questions::Kind kind, bool accept);
  /// Tells the host what gathered.
  void flush_tree();

  /// Where a file is on disk; nothing if it was not seen there.
  [[nodiscard]] std::optional<std::string> path_on_disk(const std::string& file) const;
  /// Files that are not in step now.
  [[nodiscard]] std::size_t waiting() const noexcept { return due_.size() + busy_; }

 private:
  struct File {
    std::string id;
    /// The text on disk, while the document may be ahead of it.
    std::optional<std::string> base;
    bool base_is_stored = false;
    /// Texts that editors may have written since the disk was read. The document has them.
    std::vector<std::string> saved;
    bool is_busy = false;        ///< a step is being taken
    bool is_due = false;         ///< in due_
    bool again = false;          ///< something happened while it was busy
    bool looks = false;          ///< the disk may have changed
    bool writes = false;         ///< the document may have changed
    bool is_obstructed = false;  ///< by a file of this machine alone, which was told
    std::size_t editors = 0;     ///< that have it open
    std::string folder;          ///< that was made for it, if it is one
  };

  // ArrivalsHost
  void seen_again(const std::string& file, bool is_changed) override;
  void moved(const std::string& file, const std::string& path) override;
  void arrived(const std::string& path, folder::ReadFile read) override;
  void empty_folder_arrived(const std::string& path) override;
  void gone(std::vector<std::string> files) override;
  void problem(std::string_view code, const std::string& message) override;

  void load(std::vector<store::ReplicaFile> files, const std::vector<std::string>& bases);
  File& file(const std::string& id);
  void settle(File& file, std::chrono::milliseconds delay = {});
  void arm();
  void tend_due();
  void tend(File& file);
  void take_away(File& file);
  void follow(File& file, const document::TreeEntry& entry);
  void read(File& file);
  void absorb(File& file, folder::ReadFile read);
  /// What some program made of the text on disk happens to the document too.
  void absorb_text(File& file, SharedDocument& document, std::string_view text);
  /// The text that somebody made `text` from, which has become `now` here; null: unknown.
  [[nodiscard]] const std::string* base_of(const File& file, std::string_view text,
                                           const std::string& now) const;
  void ask(Questions::Kind kind, const std::vector<std::string>& files);
  [[nodiscard]] bool may_become(const File& file, const std::string& path,
                                const crypto::Sha256Digest& content);
  void keep_aside(File& file, std::string bytes, const std::string& why);
  void make_folder(File& file, const document::TreeEntry& entry);
  void write_text(File& file, const document::TreeEntry& entry);
  void write_binary(File& file, const document::TreeEntry& entry);
  void write(File& file, const document::TreeEntry& entry, std::string bytes,
             std::optional<std::string> text);
  void written(File& file, const std::string& path, folder::Written written,
               const crypto::Sha256Digest& hash, std::optional<std::string> text);
  void with_document(File& file, std::function<void(File&, SharedDocument&)> then);
  void make_way(File& file, const std::string& path);
  void drop_base(File& file);
  void change_tree(document::TreeChange change);
  void step_failed(File& file, const Error& error);

  /// An answer for a file that is busy until it comes; none if the file or this has gone.
  template <class T, class Then>
  folder::Disk::Answer<T> step(File& file, Then then);

  const std::string workspace_;
  folder::Disk& disk_;
  store::ReplicaStore& store_;
  const Clock& clock_;
  Random& random_;
  Documents& documents_;
  KeeperHost& host_;
  std::shared_ptr<Keeper*> self_;  ///< for answers: null once this is gone

  std::map<std::string, File, std::less<>> files_;
  std::set<std::pair<MonotonicTime, std::string>> due_;
  std::size_t busy_ = 0;
  std::vector<document::TreeChange> tree_changes_;  ///< that gather
  std::chrono::milliseconds tree_pause_{kMinTreePause};
  bool is_started_ = false;

  Questions questions_;
  FileRecords records_;
  Arrivals arrivals_;
  Alarm due_alarm_;
  Alarm tree_alarm_;
};

}  // namespace plait::workspace
