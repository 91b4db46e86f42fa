#include "tests/sim/system/sim_folder.h"

#include <algorithm>
#include <utility>

#include "daemon/folder/names.h"

namespace plait::sim::system {

using folder::FileKind;
using folder::FileStamp;

const SimFolder::File* SimFolder::find(std::string_view path) const {
  const auto found = files_.find(std::string(path));
  return found == files_.end() ? nullptr : &found->second;
}

bool SimFolder::is_folder(std::string_view path) const {
  return folders_.contains(std::string(path));
}

std::optional<FileStamp> SimFolder::stat(std::string_view path) const {
  if (const File* const file = find(path)) return file->stamp;
  if (!is_folder(path)) return std::nullopt;
  FileStamp stamp;
  stamp.kind = FileKind::Folder;
  return stamp;
}

folder::Scan SimFolder::scan() const {
  folder::Scan scan;
  for (const std::string& path : folders_) scan.found.push_back({path, *stat(path)});
  for (const auto& [path, file] : files_) {
    if (folder::is_never_shared(path)) {
      scan.left_out.push_back({path, folder::LeftOutReason::Never});
    } else {
      scan.found.push_back({path, file.stamp});
    }
  }
  std::ranges::sort(scan.found, {}, &folder::Found::path);
  return scan;
}

FileStamp SimFolder::new_stamp(std::size_t size) {
  FileStamp stamp;
  stamp.kind = FileKind::Regular;
  stamp.size = size;
  stamp.mtime_ns = stamp.ctime_ns = ++ticks_;
  stamp.links = 1;
  return stamp;
}

void SimFolder::make_parents(const std::string& path) {
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    make_folder(path.substr(0, slash));
  }
}

void SimFolder::write(const std::string& path, std::string bytes) {
  const File* const there = find(path);
  if (there == nullptr) return replace(path, std::move(bytes));
  FileStamp stamp = new_stamp(bytes.size());
  stamp.inode = there->stamp.inode;
  stamp.executable = there->stamp.executable;
  files_[path] = {std::move(bytes), stamp};
  changed(path);
}

void SimFolder::replace(const std::string& path, std::string bytes) {
  make_parents(path);
  FileStamp stamp = new_stamp(bytes.size());
  stamp.inode = ++last_inode_;
  if (const File* const there = find(path)) stamp.executable = there->stamp.executable;
  files_[path] = {std::move(bytes), stamp};
  changed(path);
}

bool SimFolder::remove(const std::string& path) {
  if (files_.erase(path) == 0) return false;
  changed(path);
  return true;
}

bool SimFolder::rename(const std::string& from, const std::string& to) {
  if (stat(to) || folder::is_within(to, from)) return false;
  if (auto file = files_.extract(from)) {
    make_parents(to);
    file.key() = to;
    file.mapped().stamp.ctime_ns = ++ticks_;
    files_.insert(std::move(file));
  } else if (folders_.contains(from)) {
    make_parents(to);
    const auto moved = [&](const std::string& path) { return to + path.substr(from.size()); };
    std::set<std::string> folders;
    for (const std::string& path : folders_) {
      folders.insert(folder::is_within(path, from) ? moved(path) : path);
    }
    folders_ = std::move(folders);
    std::map<std::string, File> files;
    for (auto& [path, inside] : files_) {
      files.emplace(folder::is_within(path, from) ? moved(path) : path, std::move(inside));
    }
    files_ = std::move(files);
    for (const auto& [path, inside] : files_) {
      if (folder::is_within(path, to)) changed(path);
    }
  } else {
    return false;
  }
  changed(from);
  changed(to);
  return true;
}

void SimFolder::make_folder(const std::string& path) {
  make_parents(path);
  if (folders_.insert(path).second) changed(path);
}

bool SimFolder::remove_folder(const std::string& path) {
  const auto is_inside = [&](const std::string& other) {
    return other != path && folder::is_within(other, path);
  };
  if (std::ranges::any_of(folders_, is_inside) ||
      std::ranges::any_of(files_, [&](const auto& file) { return is_inside(file.first); })) {
    return false;
  }
  if (folders_.erase(path) > 0) changed(path);
  return true;
}

}  // namespace plait::sim::system
