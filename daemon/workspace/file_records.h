#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/folder/entry.h"
#include "daemon/store/replica_store.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"

namespace plait::workspace {

/// Before it is looked again whether a record can be saved.
inline constexpr std::chrono::milliseconds kRecordPause{20};

/// What the folder held when we last looked, by file and by path; remembered in the store, as
/// one write for each turn of the loop.
///
/// A record is saved when what was made of that look at the file is: it would say that nothing
/// is new to a process that has neither the text nor the file.
class FileRecords {
 public:
  /// Whether documents and tree have in the store what was made of a file. All of them outlive
  /// this.
  FileRecords(std::string workspace, store::ReplicaStore& store, Agenda& agenda,
              const Clock& clock, std::function<bool(const std::string& file)> is_written);

  void load(std::vector<store::ReplicaFile> files);

  /// Null if nothing is there.
  [[nodiscard]] const store::ReplicaFile* find(std::string_view file) const noexcept;
  [[nodiscard]] const store::ReplicaFile* at(std::string_view path) const noexcept;
  [[nodiscard]] const std::map<std::string, store::ReplicaFile, std::less<>>& all()
      const noexcept {
    return files_;
  }

  void put(store::ReplicaFile file);
  void move(std::string_view file, const std::string& path);
  void remove(std::string_view file);

 private:
  void save();

  const std::string workspace_;
  store::ReplicaStore& store_;
  const Clock& clock_;
  const std::function<bool(const std::string& file)> is_written_;
  std::map<std::string, store::ReplicaFile, std::less<>> files_;
  std::map<std::string, std::string, std::less<>> by_path_;
  /// What the store does not know yet; nothing: it is to be removed.
  std::map<std::string, std::optional<store::ReplicaFile>, std::less<>> unsaved_;
  Alarm save_alarm_;
};

/// Whether a file on disk may be another than it was.
[[nodiscard]] bool is_same(const store::ReplicaFile& record,
                           const folder::FileStamp& stamp) noexcept;
/// Puts what the disk says of a file into its record.
void take_stamp(store::ReplicaFile& record, const folder::FileStamp& stamp) noexcept;

}  // namespace plait::workspace
