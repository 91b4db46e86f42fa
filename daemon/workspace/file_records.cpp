#include "daemon/workspace/file_records.h"

#include <utility>

namespace plait::workspace {

FileRecords::FileRecords(std::string workspace, store::ReplicaStore& store, Agenda& agenda,
                         const Clock& clock,
                         std::function<bool(const std::string& file)> is_written)
    : workspace_(std::move(workspace)),
      store_(store),
      clock_(clock),
      is_written_(std::move(is_written)),
      save_alarm_(agenda, [this] { save(); }) {}

void FileRecords::load(std::vector<store::ReplicaFile> files) {
  for (store::ReplicaFile& file : files) {
    by_path_.insert_or_assign(file.path, file.id);
    files_.insert_or_assign(file.id, std::move(file));
  }
}

const store::ReplicaFile* FileRecords::find(std::string_view file) const noexcept {
  const auto found = files_.find(file);
  return found == files_.end() ? nullptr : &found->second;
}

const store::ReplicaFile* FileRecords::at(std::string_view path) const noexcept {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? nullptr : find(found->second);
}

void FileRecords::put(store::ReplicaFile file) {
  const auto known = files_.find(file.id);
  if (known != files_.end() && known->second.path != file.path) {
    by_path_.erase(known->second.path);
  }
  by_path_.insert_or_assign(file.path, file.id);
  unsaved_.insert_or_assign(file.id, file);
  files_.insert_or_assign(file.id, std::move(file));
  save_alarm_.set(clock_.now());
}

void FileRecords::move(std::string_view file, const std::string& path) {
  if (const store::ReplicaFile* const known = find(file)) {
    store::ReplicaFile moved = *known;
    moved.path = path;
    put(std::move(moved));
  }
}

void FileRecords::remove(std::string_view file) {
  const auto known = files_.find(file);
  if (known == files_.end()) return;
  const auto at = by_path_.find(known->second.path);
  if (at != by_path_.end() && at->second == known->first) by_path_.erase(at);
  unsaved_.insert_or_assign(known->first, std::nullopt);
  files_.erase(known);
  save_alarm_.set(clock_.now());
}

void FileRecords::save() {
  std::vector<store::ReplicaFile> changed;
  std::vector<std::string> removed;
  for (auto at = unsaved_.begin(); at != unsaved_.end();) {
    if (!is_written_(at->first)) {
      ++at;
      continue;
    }
    if (at->second) {
      changed.push_back(*std::move(at->second));
    } else {
      removed.push_back(at->first);
    }
    at = unsaved_.erase(at);
  }
  if (!unsaved_.empty()) save_alarm_.set(clock_.now() + kRecordPause);
  if (changed.empty() && removed.empty()) return;
  // If this fails, the next look at the folder finds out again.
  store_.put_files(workspace_, std::move(changed), std::move(removed), {});
}

bool is_same(const store::ReplicaFile& record, const folder::FileStamp& stamp) noexcept {
  return record.size == stamp.size && record.mtime_ns == stamp.mtime_ns &&
         record.ctime_ns == stamp.ctime_ns && record.inode == stamp.inode &&
         record.executable == stamp.executable;
}

void take_stamp(store::ReplicaFile& record, const folder::FileStamp& stamp) noexcept {
  record.size = stamp.size;
  record.mtime_ns = stamp.mtime_ns;
  record.ctime_ns = stamp.ctime_ns;
  record.inode = stamp.inode;
  record.executable = stamp.executable;
}

}  // namespace plait::workspace
