#include "daemon/workspace/joining.h"

#include <utility>

#include "daemon/crypto/digest.h"
#include "daemon/folder/file_text.h"
#include "daemon/workspace/arrivals.h"
#include "daemon/workspace/file_records.h"
#include "protocol/base/hex.h"

namespace plait::workspace {

using document::FileKind;
using document::TreeEntry;

Joining::Joining(folder::Disk& disk, Documents& documents, const document::LocalTree& tree,
                 Existing existing)
    : disk_(disk),
      documents_(documents),
      tree_(tree),
      existing_(existing),
      self_(std::make_shared<Joining*>(this)) {}

Joining::~Joining() { *self_ = nullptr; }

void Joining::find_needed(std::function<void(Result<std::vector<std::string>>)> then) {
  disk_.scan([self = self_, then = std::move(then)](Result<folder::Scan> scan) {
    if (*self == nullptr) return;
    if (!scan) {
      then(forward_error(scan));
      return;
    }
    Joining& joining = **self;
    std::vector<std::string> needed;
    for (const folder::Found& found : scan->found) {
      if (found.stamp.kind != folder::FileKind::Regular) continue;
      joining.local_.emplace(found.path, found.stamp);
      const TreeEntry* const entry = joining.tree_.tree().at(found.path);
      if (entry == nullptr || entry->kind == FileKind::Folder) {
        joining.done_.comparison.only_local.push_back(found.path);
        continue;
      }
      joining.to_compare_.push_back(found.path);
      if (entry->kind == FileKind::Text) needed.push_back(entry->id);
    }
    then(std::move(needed));
  });
}

void Joining::compare(std::function<void(Result<Done>)> then) {
  then_ = std::move(then);
  for (const TreeEntry& entry : tree_.tree().entries()) {
    if (entry.kind != FileKind::Folder && !local_.contains(entry.shown_path)) {
      done_.comparison.only_remote.push_back(entry.shown_path);
    }
  }
  compare_next();
}

void Joining::compare_next() {
  if (to_compare_.empty()) {
    if (existing_ == Existing::Refuse && done_.comparison.differs()) {
      done_.files.clear();
      to_back_up_.clear();
    }
    back_up_next();
    return;
  }
  const std::string path = std::move(to_compare_.back());
  to_compare_.pop_back();
  disk_.read(path, kMaxFileBytes, [self = self_, path](Result<folder::ReadFile> read) {
    if (*self == nullptr) return;
    Joining& joining = **self;
    const TreeEntry* const entry = joining.tree_.tree().at(path);
    if (read && entry != nullptr) {
      joining.compare_with(*entry, *std::move(read));
    } else {
      // It has gone, or cannot be shared as it is: the keeper finds out again.
      joining.done_.comparison.different.push_back(path);
      joining.compare_next();
    }
  });
}

void Joining::compare_with(const TreeEntry& entry, folder::ReadFile read) {
  if (entry.kind == FileKind::Binary) {
    const std::string hash =
        hex_of({reinterpret_cast<const char*>(read.hash.data()), read.hash.size()});
    take(entry, read, hash == entry.blob, std::nullopt);
    compare_next();
    return;
  }
  documents_.open(entry.id, [self = self_, path = entry.shown_path,
                             read = std::move(read)](Result<Hold> hold) {
    if (*self == nullptr) return;
    Joining& joining = **self;
    const TreeEntry* const still = joining.tree_.tree().at(path);
    if (hold && still != nullptr) {
      std::string text = (*hold)->local().text();
      const auto ending = still->eol == document::LineEnding::Crlf ? folder::LineEnding::Crlf
                                                                   : folder::LineEnding::Lf;
      const bool is_same = folder::bytes_of(text, ending) == read.bytes;
      joining.take(*still, read, is_same, std::move(text));
    } else {
      joining.done_.comparison.different.push_back(path);
    }
    joining.compare_next();
  });
}

void Joining::take(const TreeEntry& entry, const folder::ReadFile& read, bool is_same,
                   std::optional<std::string> remote_text) {
  FileBefore before;
  before.record.id = entry.id;
  before.record.path = entry.shown_path;
  before.record.sha256 = read.hash;
  before.record.kind = entry.kind == FileKind::Text ? store::ReplicaFile::Kind::Text
                                                    : store::ReplicaFile::Kind::Blob;
  take_stamp(before.record, read.stamp);
  if (is_same) {
    done_.comparison.same.push_back(entry.shown_path);
  } else {
    done_.comparison.different.push_back(entry.shown_path);
    if (existing_ == Existing::KeepMine) {
      // As if the workspace's had been there, and had been changed into this.
      before.record.sha256 = {};
      before.record.mtime_ns = 0;
      before.base = std::move(remote_text);
    } else {
      to_back_up_.emplace_back(entry.shown_path, read.bytes);
    }
  }
  done_.files.push_back(std::move(before));
}

void Joining::back_up_next() {
  if (to_back_up_.empty()) {
    then_(std::move(done_));
    return;
  }
  auto [path, bytes] = std::move(to_back_up_.back());
  to_back_up_.pop_back();
  disk_.keep_copy(path, std::move(bytes), [self = self_](Result<std::string> kept) {
    if (*self == nullptr) return;
    Joining& joining = **self;
    if (!kept) {
      // Without a copy nothing is replaced.
      joining.then_(forward_error(kept));
      return;
    }
    joining.done_.backup = *std::move(kept);
    joining.back_up_next();
  });
}

}  // namespace plait::workspace
