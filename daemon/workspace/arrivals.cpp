#include "daemon/workspace/arrivals.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

namespace plait::workspace {

using folder::FileKind;
using folder::FileStamp;
using folder::Sharing;

namespace {

bool may_be(const store::ReplicaFile& record, const FileStamp& stamp) noexcept {
  return record.inode == stamp.inode && record.size == stamp.size &&
         record.mtime_ns == stamp.mtime_ns;
}

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(path.substr(0, slash == std::string_view::npos ? 0 : slash));
}

}  // namespace

/// Whoever has a part of it holds it.
class Arrivals::Batch {
 public:
  Batch(std::shared_ptr<Arrivals*> self, std::function<void()> then)
      : self_(std::move(self)), then_(std::move(then)) {}
  Batch(const Batch&) = delete;  // a copy would tell twice, and too early
  Batch& operator=(const Batch&) = delete;
  ~Batch() {
    if (*self_ != nullptr && then_) then_();
  }

 private:
  const std::shared_ptr<Arrivals*> self_;
  const std::function<void()> then_;
};

/// Paths that are looked at together.
struct Arrivals::Look {
  std::size_t unanswered = 0;
  std::vector<Stranger> strangers;
  BatchRef batch;
};

Arrivals::Arrivals(folder::Disk& disk, const FileRecords& records, Agenda& agenda,
                   const Clock& clock, ArrivalsHost& host)
    : disk_(disk),
      records_(records),
      clock_(clock),
      host_(host),
      self_(std::make_shared<Arrivals*>(this)),
      missing_alarm_(agenda, [this] { confirm_missing(); }) {}

Arrivals::~Arrivals() { *self_ = nullptr; }

void Arrivals::start(std::function<void(Result<void>)> then) {
  disk_.watch(*this, [self = self_, then = std::move(then)](const Result<void>& watched) {
    if (*self == nullptr) return;
    // A folder that cannot be watched can still be shared: it is looked at when asked.
    if (!watched) (*self)->host_.problem("watch", watched.error().message);
    (*self)->scan(then);
  });
}

// What the disk says by itself ----------------------------------------------------------------

void Arrivals::changed(const std::vector<std::string>& paths) {
  look(paths, std::make_shared<Batch>(self_, nullptr));
}

void Arrivals::everything_may_have_changed() { scan({}); }

void Arrivals::root_gone() {
  has_root_ = false;
  missing_.clear();
  host_.problem("folderGone",
                "The shared folder is not there any more. Nothing was deleted for the others; "
                "open it again when it is back.");
}

void Arrivals::trouble(const std::string& text) { host_.problem("watch", text); }

void Arrivals::ignore_rules_wait() {
  host_.problem("ignoreRules",
                "A .gitignore file was changed so that it ignores less. What was ignored when "
                "this folder was shared stays here until you agree.");
}

// The whole folder ----------------------------------------------------------------------------

void Arrivals::scan(std::function<void(Result<void>)> then) {
  if (is_scanning_) {
    scans_again_ = true;
    return;
  }
  is_scanning_ = true;
  disk_.scan([self = self_, then = std::move(then)](Result<folder::Scan> scan) {
    Arrivals* const arrivals = *self;
    if (arrivals == nullptr) return;
    arrivals->is_scanning_ = false;
    if (scan) {
      auto done = [then] {
        if (then) then({});
      };
      arrivals->take_scan(*scan, std::make_shared<Batch>(self, done));
    } else {
      arrivals->host_.problem("scan", scan.error().message);
      if (then) then(forward_error(scan));
    }
    if (*self != nullptr && std::exchange((*self)->scans_again_, false)) (*self)->scan({});
  });
}

void Arrivals::take_scan(const folder::Scan& scan, const BatchRef& batch) {
  std::vector<Stranger> strangers;
  std::unordered_set<std::string_view> present;
  for (const folder::Found& found : scan.found) {
    if (found.stamp.kind != FileKind::Regular) continue;
    present.insert(found.path);
    if (const store::ReplicaFile* const record = records_.at(found.path)) {
      const std::string file = record->id;
      host_.seen_again(file, !is_same(*record, found.stamp));
    } else {
      strangers.push_back({found.path, found.stamp, batch});
    }
  }
  const auto is_left_out = [&](std::string_view path) {
    // Sorted by path, so the one that covers it is not behind it.
    return std::ranges::any_of(scan.left_out, [&](const folder::LeftOut& left_out) {
      return path == left_out.path ||
             (path.starts_with(left_out.path) && path[left_out.path.size()] == '/');
    });
  };
  for (const auto& [file, record] : records_.all()) {
    if (!present.contains(record.path) && !is_left_out(record.path)) miss(file);
  }
  take_folders(scan);
  meet(std::move(strangers));
}

void Arrivals::take_folders(const folder::Scan& scan) {
  std::unordered_set<std::string> used;
  for (const folder::Found& found : scan.found) used.insert(folder_of(found.path));
  for (const folder::LeftOut& left_out : scan.left_out) used.insert(folder_of(left_out.path));
  for (const folder::Found& found : scan.found) {
    if (found.stamp.kind == FileKind::Folder && !used.contains(found.path)) {
      host_.empty_folder_arrived(found.path);
    }
  }
}

// Some paths ----------------------------------------------------------------------------------

void Arrivals::look_at(const std::string& path, std::function<void()> then) {
  look({path}, std::make_shared<Batch>(self_, std::move(then)));
}

void Arrivals::look(const std::vector<std::string>& paths, const BatchRef& batch) {
  if (!has_root_) return;
  auto look = std::make_shared<Look>();
  look->unanswered = paths.size();
  look->batch = batch;
  for (const std::string& path : paths) {
    disk_.stat(path, [self = self_, path, look](Result<std::optional<FileStamp>> stamp) {
      // What cannot be looked at is as good as not there, but nothing follows from that.
      if (*self == nullptr) return;
      if (stamp) (*self)->looked_at(path, *stamp, look);
      if (--look->unanswered == 0) (*self)->sort(look);
    });
  }
}

void Arrivals::looked_at(const std::string& path, const std::optional<FileStamp>& stamp,
                         const std::shared_ptr<Look>& look) {
  const store::ReplicaFile* const record = records_.at(path);
  const bool is_file = stamp && stamp->kind == FileKind::Regular;
  if (record != nullptr) {
    const std::string file = record->id;
    if (is_file) {
      missing_.erase(file);
      host_.seen_again(file, !is_same(*record, *stamp));
    } else {
      miss(file);
    }
    return;
  }
  if (is_file) {
    look->strangers.push_back({path, *stamp, look->batch});
  } else if (stamp && stamp->kind == FileKind::Folder) {
    // Whether it is empty, and of interest, only the whole tells.
    scan({});
  } else if (!stamp) {
    // A folder that has gone may be told alone: what was in it is looked at.
    const std::string inside = path + "/";
    for (const auto& [file, known] : records_.all()) {
      if (known.path.starts_with(inside)) miss(file);
    }
  }
}

void Arrivals::sort(const std::shared_ptr<Look>& look) {
  if (look->strangers.empty()) return;
  std::vector<std::string> paths;
  for (const Stranger& stranger : look->strangers) paths.push_back(stranger.path);
  disk_.classify(paths, [self = self_, look](Result<std::vector<Sharing>> sharing) {
    if (*self == nullptr || !sharing) return;
    std::vector<Stranger> shared;
    for (std::size_t i = 0; i < look->strangers.size() && i < sharing->size(); ++i) {
      if ((*sharing)[i] == Sharing::Shared) shared.push_back(std::move(look->strangers[i]));
    }
    look->strangers.clear();
    (*self)->meet(std::move(shared));
  });
}

// New files -----------------------------------------------------------------------------------

void Arrivals::meet(std::vector<Stranger> strangers) {
  for (Stranger& stranger : strangers) {
    const auto moved = std::ranges::find_if(missing_, [&](const std::string& file) {
      const store::ReplicaFile* const record = records_.find(file);
      return record != nullptr && may_be(*record, stranger.stamp);
    });
    if (moved != missing_.end()) {
      found_moved(*moved, stranger);
    } else {
      to_read_.push_back(std::move(stranger));
    }
  }
  read_next();
}

void Arrivals::read_next() {
  while (reading_ < kMaxReading && !to_read_.empty()) {
    ++reading_;
    Stranger stranger = std::move(to_read_.front());
    to_read_.pop_front();
    const std::string path = stranger.path;
    disk_.read(path, kMaxFileBytes,
               [self = self_, stranger = std::move(stranger)](Result<folder::ReadFile> read) {
                 if (*self == nullptr) return;
                 --(*self)->reading_;
                 (*self)->was_read(stranger, std::move(read));
                 if (*self != nullptr) (*self)->read_next();
               });
  }
}

void Arrivals::was_read(const Stranger& stranger, Result<folder::ReadFile> read) {
  if (!read) {
    if (read.error().code == ErrorCode::LimitExceeded) {
      host_.problem("tooLarge", stranger.path + " is too large to be shared");
    }
    return;  // gone again, or no file: the next look finds out
  }
  if (records_.at(stranger.path) != nullptr) return;  // it came from us meanwhile
  const auto moved = std::ranges::find_if(missing_, [&](const std::string& file) {
    const store::ReplicaFile* const record = records_.find(file);
    return record != nullptr && record->size > 0 && record->sha256 == read->hash;
  });
  if (moved != missing_.end()) {
    found_moved(*moved, stranger);
  } else {
    host_.arrived(stranger.path, *std::move(read));
  }
}

// Files that went -----------------------------------------------------------------------------

void Arrivals::found_moved(const std::string& file, const Stranger& stranger) {
  const auto found = missing_.extract(file);  // where `file` may be
  const std::string& id = found.value();
  const store::ReplicaFile record = *records_.find(id);
  host_.moved(id, stranger.path);
  host_.seen_again(id, !is_same(record, stranger.stamp));
}

void Arrivals::miss(const std::string& file) {
  missing_.insert(file);
  missing_alarm_.set(clock_.now() + kMissingGrace);
}

void Arrivals::confirm_missing() {
  struct Confirmation {
    std::size_t unanswered = 0;
    std::vector<std::string> gone;
  };
  auto confirmation = std::make_shared<Confirmation>();
  std::vector<std::pair<std::string, std::string>> asked;
  for (const std::string& file : missing_) {
    if (const store::ReplicaFile* const record = records_.find(file)) {
      asked.emplace_back(file, record->path);
    }
  }
  confirmation->unanswered = asked.size();
  for (const auto& [file, path] : asked) {
    disk_.stat(path, [self = self_, file = file, path = path,
                      confirmation](Result<std::optional<FileStamp>> stamp) {
      Arrivals* const arrivals = *self;
      if (arrivals == nullptr) return;
      // A file that has moved, or was seen again meanwhile, is not missed any more.
      const store::ReplicaFile* const record = arrivals->records_.find(file);
      const bool is_missed = arrivals->has_root_ && arrivals->missing_.erase(file) > 0 &&
                             record != nullptr && record->path == path;
      if (is_missed && stamp) {
        const bool is_file = *stamp && (*stamp)->kind == FileKind::Regular;
        if (is_file) {
          arrivals->host_.seen_again(file, !is_same(*record, **stamp));
        } else {
          confirmation->gone.push_back(file);
        }
      }
      if (--confirmation->unanswered == 0 && !confirmation->gone.empty()) {
        arrivals->host_.gone(std::move(confirmation->gone));
      }
    });
  }
}

}  // namespace plait::workspace
