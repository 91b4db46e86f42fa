#include "daemon/workspace/keeper.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <limits>
#include <span>
#include <utility>

#include "daemon/crypto/digest.h"
#include "daemon/document/text_diff.h"
#include "daemon/document/unsaved_changes.h"
#include "daemon/folder/file_text.h"
#include "daemon/folder/names.h"
#include "protocol/base/hex.h"

namespace plait::workspace {

using document::FileKind;
using document::LocalDocument;
using document::TextChange;
using document::TreeEntry;
using folder::Outcome;
using store::ReplicaFile;

namespace {

folder::LineEnding on_disk(document::LineEnding eol) {
  return eol == document::LineEnding::Crlf ? folder::LineEnding::Crlf : folder::LineEnding::Lf;
}

document::LineEnding in_tree(folder::LineEnding ending) {
  return ending == folder::LineEnding::Crlf ? document::LineEnding::Crlf
                                            : document::LineEnding::Lf;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  return hex_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

/// It is what the disk held when we last looked.
bool is_as_known(const ReplicaFile& known, const TreeEntry& entry, std::string_view text) {
  return crypto::sha256(folder::bytes_of(text, on_disk(entry.eol))) == known.sha256;
}

std::string new_file_id(Random& random) {
  std::array<std::uint8_t, 16> bytes{};
  random.fill(bytes);
  return to_hex(bytes);
}

}  // namespace

Keeper::Keeper(std::string workspace, folder::Disk& disk, store::ReplicaStore& store,
               Agenda& agenda, const Clock& clock, Random& random, Documents& documents,
               KeeperHost& host)
    : workspace_(std::move(workspace)),
      disk_(disk),
      store_(store),
      clock_(clock),
      random_(random),
      documents_(documents),
      host_(host),
      self_(std::make_shared<Keeper*>(this)),
      questions_(agenda, clock,
                 [this](Questions::Kind kind, const std::vector<std::string>& files) {
                   ask(kind, files);
                 }),
      records_(workspace_, store, agenda, clock,
               [this](const std::string& file) {
                 return tree_changes_.empty() && host_.is_written(file);
               }),
      arrivals_(disk, records_, agenda, clock, *this),
      due_alarm_(agenda, [this] { tend_due(); }),
      tree_alarm_(agenda, [this] { flush_tree(); }) {}

Keeper::~Keeper() { *self_ = nullptr; }

// The beginning -------------------------------------------------------------------------------

void Keeper::start(std::function<void()> loaded, std::function<void(Result<void>)> then) {
  store_.load_files(
      workspace_, [self = self_, loaded = std::move(loaded),
                   then = std::move(then)](Result<std::vector<ReplicaFile>> files) {
        if (*self == nullptr) return;
        if (!files) {
          then(forward_error(files));
          return;
        }
        Keeper& keeper = **self;
        keeper.store_.bases(
            keeper.workspace_, [self, loaded, then, files = *std::move(files)](
                                   const Result<std::vector<std::string>>& bases) mutable {
              if (*self == nullptr) return;
              if (!bases) {
                then(Failure{bases.error()});
                return;
              }
              (*self)->load(std::move(files), *bases);
              loaded();
              (*self)->arrivals_.start([self, then](const Result<void>& started) {
                if (*self == nullptr) return;
                (*self)->is_started_ = true;
                (*self)->flush_tree();
                (*self)->tree_changed();
                // What changed shortly before the end, or was never saved, is not
                // on disk yet.
                for (auto& [id, known] : (*self)->files_) {
                  if (known.writes) (*self)->settle(known);
                }
                then(started);
              });
            });
      });
}

void Keeper::load(std::vector<ReplicaFile> files, const std::vector<std::string>& bases) {
  for (const ReplicaFile& known : files) file(known.id).writes = true;
  for (const std::string& id : bases) {
    file(id).base_is_stored = true;
    store_.base(workspace_, id, [self = self_, id](Result<std::optional<std::string>> base) {
      if (*self != nullptr && base && *base) (*self)->file(id).base = **std::move(base);
    });
  }
  records_.load(std::move(files));
}

void Keeper::begin_with(std::vector<FileBefore> files) {
  for (FileBefore& before : files) {
    File& known = file(before.record.id);
    known.writes = !before.base.has_value();
    known.base = std::move(before.base);
    records_.put(std::move(before.record));
  }
}

Keeper::File& Keeper::file(const std::string& id) {
  File& file = files_[id];
  file.id = id;
  return file;
}

// What happens --------------------------------------------------------------------------------

void Keeper::tree_changed() {
  if (!is_started_) return;
  for (const TreeEntry& entry : host_.tree().entries()) {
    const ReplicaFile* const record = records_.find(entry.id);
    const bool is_there = record != nullptr && record->path == entry.shown_path;
    const bool is_current = entry.kind == FileKind::Folder
                                ? file(entry.id).folder == entry.shown_path
                                : is_there && (entry.kind == FileKind::Text ||
                                               to_hex(record->sha256) == entry.blob);
    if (!is_current || files_.find(entry.id) == files_.end()) {
      File& changed = file(entry.id);
      if (entry.kind == FileKind::Text && !is_there) changed.writes = true;
      settle(changed);
    }
  }
  for (auto& [id, known] : files_) {
    if (host_.tree().find(id) == nullptr) settle(known);
  }
}

void Keeper::document_changes(SharedDocument& document) {
  const auto found = files_.find(document.id());
  if (found == files_.end() || (found->second.writes && found->second.base)) return;
  File& file = found->second;
  const ReplicaFile* const record = records_.find(file.id);
  const TreeEntry* const entry = host_.tree().find(file.id);
  if (record == nullptr || entry == nullptr) return;
  // From here on the document is ahead of the disk, and what is on disk is this text.
  std::string text = document.local().text();
  if (!is_as_known(*record, *entry, text)) return;
  if (file.editors > 0) {
    // It may stay ahead for hours, until it is saved.
    file.base_is_stored = true;
    store_.put_base(workspace_, file.id, text, {});
  }
  file.base = std::move(text);
}

void Keeper::document_changed(const SharedDocument& document) {
  if (!is_started_ || host_.tree().find(document.id()) == nullptr) return;
  File& changed = file(document.id());
  if (changed.writes) return;
  changed.writes = true;
  settle(changed, kWriteDelay);
}

void Keeper::document_fetched(const std::string& id) {
  if (!is_started_ || host_.tree().find(id) == nullptr) return;
  File& fetched = file(id);
  fetched.writes = true;
  settle(fetched);
}

void Keeper::opened(const std::string& id) { ++file(id).editors; }

void Keeper::saved(const std::string& id, std::vector<std::string> texts) {
  File& saved = file(id);
  std::ranges::move(texts, std::back_inserter(saved.saved));
  if (saved.saved.size() > kMaxSavedTexts) {
    const auto too_many = static_cast<std::ptrdiff_t>(saved.saved.size() - kMaxSavedTexts);
    saved.saved.erase(saved.saved.begin(), saved.saved.begin() + too_many);
  }
  saved.looks = true;
  settle(saved);
}

void Keeper::closed(const std::string& id) {
  File& closed = file(id);
  if (closed.editors > 0) --closed.editors;
  settle(closed);
}

std::optional<std::string> Keeper::text_on_disk(SharedDocument& document) {
  const auto found = files_.find(document.id());
  return found == files_.end() ? std::nullopt : found->second.base;
}

std::optional<std::string> Keeper::path_on_disk(const std::string& id) const {
  const ReplicaFile* const record = records_.find(id);
  return record == nullptr ? std::nullopt : std::optional(record->path);
}

// What Arrivals found out ---------------------------------------------------------------------

void Keeper::seen_again(const std::string& id, bool is_changed) {
  questions_.came_back(id);
  if (!is_changed) return;
  File& seen = file(id);
  seen.looks = true;
  settle(seen, seen.editors > 0 ? kSaveGrace : std::chrono::milliseconds{0});
}

void Keeper::moved(const std::string& id, const std::string& path) {
  questions_.came_back(id);
  records_.move(id, path);
  if (const TreeEntry* const entry = host_.tree().find(id)) {
    if (entry->shown_path != path) change_tree(document::RenameFile{id, path});
  }
}

void Keeper::arrived(const std::string& path, folder::ReadFile read) {
  if (!host_.may_write()) return;
  // A file that the tree has there, and that was never here, with the same bytes: it is that.
  const TreeEntry* const there = host_.tree().at(path);
  ReplicaFile record;
  record.path = path;
  record.sha256 = read.hash;
  take_stamp(record, read.stamp);
  if (there != nullptr && records_.find(there->id) == nullptr) {
    record.id = there->id;
    record.kind =
        there->kind == FileKind::Binary ? ReplicaFile::Kind::Blob : ReplicaFile::Kind::Text;
    File& known = file(there->id);
    if (there->kind == FileKind::Binary
            ? to_hex(read.hash) == there->blob
            : documents_.find(there->id) != nullptr &&
                  folder::bytes_of(documents_.find(there->id)->local().text(),
                                   on_disk(there->eol)) == read.bytes) {
      records_.put(std::move(record));
      settle(known);
      return;
    }
  }
  TreeEntry entry;
  entry.id = new_file_id(random_);
  entry.path = path;
  entry.executable = read.stamp.executable;
  record.id = entry.id;
  if (folder::is_text(read.bytes)) {
    const folder::FileText text = folder::text_of(read.bytes);
    auto made = documents_.make(entry.id);
    auto written = made ? (*made)->local().change(TextChange::replacement({}, {}, text.text),
                                                  LocalDocument::kDisk)
                        : Result<void>(forward_error(made));
    if (!written) {
      host_.on_problem("notShared", written.error().message, path, {});
      return;
    }
    entry.kind = FileKind::Text;
    entry.eol = in_tree(text.ending);
    record.kind = ReplicaFile::Kind::Text;
  } else {
    entry.kind = FileKind::Binary;
    entry.blob = to_hex(read.hash);
    record.kind = ReplicaFile::Kind::Blob;
  }
  file(entry.id);
  records_.put(std::move(record));
  if (entry.kind == FileKind::Binary) host_.offer_blob(entry.id, entry.blob);
  change_tree(document::MakeFile{std::move(entry)});
}

void Keeper::empty_folder_arrived(const std::string& path) {
  if (!host_.may_write() || host_.tree().at(path) != nullptr) return;
  TreeEntry entry;
  entry.id = new_file_id(random_);
  entry.path = path;
  entry.kind = FileKind::Folder;
  change_tree(document::MakeFile{std::move(entry)});
}

void Keeper::gone(std::vector<std::string> files) {
  std::erase_if(files, [this](const std::string& id) {
    // What the tree has dropped as well is nobody's loss.
    if (host_.tree().find(id) != nullptr) return false;
    records_.remove(id);
    return true;
  });
  if (files.empty()) return;
  const std::size_t all = std::max<std::size_t>(records_.all().size(), 1);
  if (files.size() > kMaxDeletedAtOnce || files.size() * 100 > all * kMaxDeletedPercent) {
    if (files.size() > 1) {
      questions_.hold_deletions(files);
      return;
    }
  }
  for (const std::string& id : files) {
    records_.remove(id);
    change_tree(document::DeleteFile{id});
  }
}

void Keeper::ask(Questions::Kind kind, const std::vector<std::string>& files) {
  const std::string count = std::to_string(files.size());
  if (kind == Questions::Kind::Deletions) {
    host_.on_problem(
        "deletionsHeld",
        count +
            " files have gone from this folder at once. The others keep them until "
            "you say that they are to be deleted.",
        {}, {});
    return;
  }
  const TreeEntry* const first = host_.tree().find(files.front());
  const std::string path = first == nullptr ? "" : first->shown_path;
  host_.on_problem("guarded",
                   "Somebody else has changed what runs when this folder is opened (" + path +
                       (files.size() > 1 ? ", " + count + " files in all" : "") +
                       "). It is not written here until you accept it.",
                   path, {});
}

void Keeper::answer(Questions::Kind kind, bool accept) {
  for (const std::string& id : questions_.answer(kind, accept)) {
    const bool are_deletions = kind == Questions::Kind::Deletions;
    if (are_deletions) {
      if (records_.find(id) == nullptr) continue;
      records_.remove(id);
    }
    if (are_deletions == accept) {
      if (accept) change_tree(document::DeleteFile{id});
      continue;
    }
    File& awaited = file(id);
    awaited.writes = true;
    settle(awaited);
  }
}

/// What an editor or a tool runs by itself waits until a person here has seen who changed it.
bool Keeper::may_become(const File& file, const std::string& path,
                        const crypto::Sha256Digest& content) {
  return !folder::is_guarded(path) || questions_.may_write(file.id, path, content);
}

void Keeper::problem(std::string_view code, const std::string& message) {
  host_.on_problem(code, message, {}, {});
}

// Taking steps --------------------------------------------------------------------------------

void Keeper::settle(File& file, std::chrono::milliseconds delay) {
  file.again = file.is_busy;
  if (file.is_due || file.is_busy) return;
  file.is_due = true;
  due_.emplace(clock_.now() + delay, file.id);
  arm();
}

void Keeper::arm() {
  if (!due_.empty() && busy_ < kMaxBusyFiles) due_alarm_.set(due_.begin()->first);
}

void Keeper::tend_due() {
  while (is_started_ && busy_ < kMaxBusyFiles && !due_.empty() &&
         due_.begin()->first <= clock_.now()) {
    const std::string id = due_.begin()->second;
    due_.erase(due_.begin());
    const auto found = files_.find(id);
    if (found == files_.end()) continue;
    found->second.is_due = false;
    tend(found->second);
  }
  if (is_started_) arm();
  host_.on_progress();
}

/// The next step towards the disk and the tree saying the same of a file.
void Keeper::tend(File& file) {
  if (file.is_busy) return;
  const TreeEntry* const entry = host_.tree().find(file.id);
  const ReplicaFile* const record = records_.find(file.id);
  if (entry == nullptr) {
    take_away(file);
  } else if (record != nullptr && record->path != entry->shown_path) {
    follow(file, *entry);
  } else if (file.looks && record != nullptr) {
    // What an editor that comes back has written is told from what a program has by what it
    // holds.
    if (host_.awaits_editor(file.id)) {
      settle(file, kSaveGrace);
    } else {
      read(file);
    }
  } else if (entry->kind == FileKind::Folder) {
    if (file.folder != entry->shown_path) make_folder(file, *entry);
  } else if (entry->kind == FileKind::Binary) {
    if (record == nullptr || to_hex(record->sha256) != entry->blob) write_binary(file, *entry);
  } else if ((file.writes && file.editors == 0) || record == nullptr) {
    if (host_.is_fetched(file.id)) write_text(file, *entry);
  }
}

template <class T, class Then>
folder::Disk::Answer<T> Keeper::step(File& of, Then then) {
  of.is_busy = true;
  ++busy_;
  return [self = self_, id = of.id, then = std::move(then)](Result<T> result) mutable {
    if (*self == nullptr) return;
    Keeper& keeper = **self;
    --keeper.busy_;
    const auto found = keeper.files_.find(id);
    if (found != keeper.files_.end()) {
      File& file = found->second;
      file.is_busy = false;
      if (!result) {
        keeper.step_failed(file, result.error());
      } else {
        then(file, *std::move(result));
      }
    }
    if (*self == nullptr) return;
    const auto left = keeper.files_.find(id);
    if (left != keeper.files_.end() && !left->second.is_busy &&
        std::exchange(left->second.again, false)) {
      keeper.settle(left->second);
    }
    keeper.arm();
  };
}

void Keeper::step_failed(File& file, const Error& error) {
  const ReplicaFile* const record = records_.find(file.id);
  host_.on_problem("file", error.message, record == nullptr ? "" : record->path, {});
  // A full disk or a file that cannot be written: again, without hurry.
  settle(file, kFailurePause);
}

/// The tree has not got it any more.
void Keeper::take_away(File& at) {
  const ReplicaFile* const record = records_.find(at.id);
  if (record == nullptr) {
    if (!at.folder.empty())
      disk_.remove_folder(at.folder, [](const Result<Outcome>& /*removed*/) {});
    drop_base(at);
    files_.erase(at.id);
    return;
  }
  disk_.remove(record->path, record->sha256,
               step<folder::Removed>(at, [this](File& file, const folder::Removed& removed) {
                 const std::string path = records_.find(file.id)->path;
                 records_.remove(file.id);
                 if (removed.outcome == Outcome::Changed) {
                   // Somebody here has changed what others deleted: his version is a new file.
                   arrivals_.look_at(path, {});
                 }
                 settle(file);
               }));
}

/// The tree has another path for it.
void Keeper::follow(File& at, const TreeEntry& entry) {
  const std::string from = records_.find(at.id)->path;
  const std::string to = entry.shown_path;
  if (!may_become(at, to, records_.find(at.id)->sha256)) return;
  disk_.rename(from, to, step<Outcome>(at, [this, from, to](File& file, Outcome outcome) {
                 switch (outcome) {
                   case Outcome::Done:
                     records_.move(file.id, to);
                     file.looks = true;  // renaming changes the stamp
                     break;
                   case Outcome::Missing:
                     records_.remove(file.id);
                     file.writes = true;
                     break;
                   case Outcome::Occupied:
                   case Outcome::Changed: make_way(file, to); return;
                 }
                 settle(file);
               }));
}

void Keeper::read(File& at) {
  at.looks = false;
  disk_.read(
      records_.find(at.id)->path, kMaxFileBytes,
      [self = self_,
       answer = step<folder::ReadFile>(
           at, [this](File& file, folder::ReadFile read) { absorb(file, std::move(read)); }),
       id = at.id](Result<folder::ReadFile> read) {
        if (*self != nullptr && !read && read.error().code == ErrorCode::NotFound) {
          // Whether it has really gone is found out elsewhere.
          Keeper& keeper = **self;
          --keeper.busy_;
          if (const auto found = keeper.files_.find(id); found != keeper.files_.end()) {
            found->second.is_busy = false;
          }
          if (const ReplicaFile* const record = keeper.records_.find(id)) {
            keeper.arrivals_.look_at(record->path, {});
          }
          keeper.arm();
          return;
        }
        answer(std::move(read));
      });
}

// From the disk into the workspace ------------------------------------------------------------

void Keeper::absorb(File& at, folder::ReadFile read) {
  const TreeEntry* const entry = host_.tree().find(at.id);
  const ReplicaFile* const known = records_.find(at.id);
  if (entry == nullptr || known == nullptr) {
    settle(at);
    return;
  }
  ReplicaFile record = *known;
  take_stamp(record, read.stamp);
  if (record.executable != known->executable && host_.may_write()) {
    change_tree(document::SetExecutable{at.id, record.executable});
  }
  if (read.hash == known->sha256) {
    if (!at.looks) at.saved.clear();
    records_.put(std::move(record));
    settle(at);
    return;
  }
  record.sha256 = read.hash;
  if (!host_.may_write()) {
    keep_aside(at, std::move(read.bytes), "you may only read in this workspace");
    records_.put(std::move(record));
    at.writes = true;
    settle(at);
  } else if (entry->kind == FileKind::Binary) {
    const std::string blob = to_hex(read.hash);
    records_.put(std::move(record));
    host_.offer_blob(at.id, blob);
    change_tree(document::SetBlob{at.id, blob});
  } else if (!folder::is_text(read.bytes)) {
    const std::string path = record.path;
    records_.remove(at.id);
    change_tree(document::DeleteFile{at.id});
    flush_tree();
    arrived(path, std::move(read));
  } else {
    folder::FileText text = folder::text_of(read.bytes);
    if (in_tree(text.ending) != entry->eol && text.text.find('\n') != std::string::npos) {
      change_tree(document::SetLineEnding{at.id, in_tree(text.ending)});
    }
    with_document(at, [this, record = std::move(record), text = std::move(text.text)](
                          File& file, SharedDocument& document) mutable {
      absorb_text(file, document, text);
      if (!file.looks) file.saved.clear();
      records_.put(std::move(record));
      if (document.local().text() == text) {
        file.writes = false;
        drop_base(file);
      } else {
        file.writes = true;
        file.base = std::move(text);
        if (file.editors > 0) {
          file.base_is_stored = true;
          store_.put_base(workspace_, file.id, *file.base, {});
        }
      }
      settle(file);
    });
  }
}

void Keeper::absorb_text(File& file, SharedDocument& document, std::string_view text) {
  const std::string now = document.local().text();
  if (text == now || (file.editors > 0 && host_.was_in_an_editor(file.id, text))) return;
  const std::string* const base = base_of(file, text, now);
  if (base == nullptr) {
    // What it was made from is not known, so what in it is new is not either.
    keep_aside(file, std::string(text), "it was changed while it could not be followed");
    return;
  }
  TextChange ours;
  if (file.editors > 0) {
    // Most likely by that editor, whose word of it is on its way, or was said to a process that
    // is gone: what the document has of it already happens once.
    ours = document::unsaved_changes(*base, text, now);
  } else {
    // Letter by letter: what people typed in one line is not to be taken for one replacement.
    const TextChange theirs = document::difference(*base, now, document::Author::Person);
    ours = document::difference(*base, text).after(theirs, document::Side::Behind);
  }
  if (auto changed = document.local().change(ours, LocalDocument::kDisk); !changed) {
    keep_aside(file, std::string(text), changed.error().message);
  }
}

const std::string* Keeper::base_of(const File& file, std::string_view text,
                                   const std::string& now) const {
  const ReplicaFile* const known = records_.find(file.id);
  const TreeEntry* const entry = host_.tree().find(file.id);
  // Whether the disk had it is not remembered beyond the end of a process, but with which hash.
  const bool disk_had_it = !file.writes || (known != nullptr && entry != nullptr &&
                                            is_as_known(*known, *entry, now));
  const std::string* base = file.base ? &*file.base : disk_had_it ? &now : nullptr;
  // An editor may have written the file in between: what that had changed is not new.
  std::uint64_t least = base == nullptr ? std::numeric_limits<std::uint64_t>::max()
                                        : document::difference(*base, text).size();
  for (const std::string& saved : file.saved) {
    const std::uint64_t size = document::difference(saved, text).size();
    if (size >= least) continue;
    least = size;
    base = &saved;
  }
  return base;
}

void Keeper::keep_aside(File& file, std::string bytes, const std::string& why) {
  const ReplicaFile* const record = records_.find(file.id);
  const std::string path = record == nullptr ? file.id : record->path;
  disk_.keep_copy(path, std::move(bytes), [self = self_, path, why](Result<std::string> kept) {
    if (*self == nullptr) return;
    const std::string place = kept ? *kept : "";
    (*self)->host_.on_problem(
        "copyKept", "What is in " + path + " was not taken over: " + why + ".", path, place);
  });
}

// From the workspace to the disk --------------------------------------------------------------

void Keeper::make_folder(File& at, const TreeEntry& entry) {
  const std::string path = entry.shown_path;
  disk_.make_folder(path, step<Outcome>(at, [this, path](File& file, Outcome outcome) {
                      if (outcome == Outcome::Done) {
                        file.folder = path;
                      } else {
                        arrivals_.look_at(path, {});
                        settle(file, kOccupiedPause);
                      }
                    }));
}

void Keeper::write_text(File& at, const TreeEntry& wanted) {
  with_document(at, [this, eol = wanted.eol](File& file, SharedDocument& document) {
    const TreeEntry* const entry = host_.tree().find(file.id);
    const ReplicaFile* const record = records_.find(file.id);
    if (entry == nullptr || (record != nullptr && record->path != entry->shown_path)) {
      settle(file);
      return;
    }
    std::string text = document.local().text();
    std::string bytes = folder::bytes_of(text, on_disk(eol));
    file.writes = false;
    if (record != nullptr && record->sha256 == crypto::sha256(bytes)) {
      drop_base(file);
    } else {
      write(file, *entry, std::move(bytes), std::move(text));
    }
  });
}

void Keeper::write_binary(File& at, const TreeEntry& wanted) {
  host_.fetch_blob(wanted.blob, step<std::string>(at, [this, blob = wanted.blob](
                                                          File& file, std::string bytes) {
                     const TreeEntry* const entry = host_.tree().find(file.id);
                     if (entry == nullptr || entry->blob != blob) {
                       settle(file);
                     } else {
                       write(file, *entry, std::move(bytes), std::nullopt);
                     }
                   }));
}

void Keeper::write(File& at, const TreeEntry& entry, std::string bytes,
                   std::optional<std::string> text) {
  const ReplicaFile* const record = records_.find(at.id);
  folder::WriteOrder order{
      .path = entry.shown_path,
      .bytes = std::move(bytes),
      .expected = record == nullptr ? folder::Expected{folder::Nothing{}}
                                    : folder::Expected{record->sha256},
      .keeps_replaced = !text && record != nullptr,
  };
  const crypto::Sha256Digest hash = crypto::sha256(order.bytes);
  if (!may_become(at, entry.shown_path, hash)) return;
  disk_.write(
      std::move(order),
      step<folder::Written>(at, [this, path = entry.shown_path, hash, text = std::move(text)](
                                    File& file, folder::Written written) mutable {
        this->written(file, path, std::move(written), hash, std::move(text));
      }));
}

void Keeper::written(File& at, const std::string& path, folder::Written written,
                     const crypto::Sha256Digest& hash, std::optional<std::string> text) {
  switch (written.outcome) {
    case Outcome::Done: break;
    case Outcome::Missing:
      // It went a moment ago. Whether it was deleted or comes back is found out elsewhere, and
      // what others have just written is not lost by that.
      records_.remove(at.id);
      at.writes = true;
      settle(at, kMissingGrace);
      return;
    case Outcome::Occupied:
    case Outcome::Changed:
      at.writes = true;
      make_way(at, path);
      return;
  }
  questions_.came_back(at.id);
  ReplicaFile record;
  record.id = at.id;
  record.path = path;
  record.sha256 = hash;
  record.kind = text ? ReplicaFile::Kind::Text : ReplicaFile::Kind::Blob;
  take_stamp(record, written.stamp);
  records_.put(std::move(record));
  if (!text) {
    settle(at);
    return;
  }
  const std::optional<std::string> base = std::exchange(at.base, std::nullopt);
  with_document(
      at, [this, base, text = *std::move(text), displaced = std::move(written.displaced)](
              File& file, SharedDocument& document) {
        if (displaced && displaced->is_whole && base && folder::is_text(displaced->bytes)) {
          file.base = base;
          absorb_text(file, document, folder::text_of(displaced->bytes).text);
        } else if (displaced) {
          host_.on_problem("copyKept", "A version that was saved a moment ago was replaced.",
                           {}, displaced->kept_at);
        }
        if (!file.looks) file.saved.clear();
        if (document.local().text() == text) {
          drop_base(file);
        } else {
          file.base = text;
          file.writes = true;
        }
        settle(file, file.writes ? kWriteDelay : std::chrono::milliseconds{0});
      });
}

/// Something else is where it belongs: a file that is to move away itself, or that is not known
/// yet. What is never going to be known, since it is not shared from here, stays.
void Keeper::make_way(File& at, const std::string& path) {
  disk_.classify({path},
                 step<std::vector<folder::Sharing>>(
                     at, [this, path](File& file, const std::vector<folder::Sharing>& sharing) {
                       if (sharing.front() == folder::Sharing::Shared) {
                         arrivals_.look_at(path, {});
                         settle(file, kOccupiedPause);
                       } else if (!std::exchange(file.is_obstructed, true)) {
                         host_.on_problem("inTheWay",
                                          "Others share a file of this name. The one "
                                          "here is not shared, and was left as it is.",
                                          path, {});
                       }
                     }));
}

// Pieces --------------------------------------------------------------------------------------

/// The file is busy until its document is in memory.
void Keeper::with_document(File& at, std::function<void(File&, SharedDocument&)> then) {
  documents_.open(at.id, step<Hold>(at, [then = std::move(then)](File& file, Hold hold) {
                    then(file, *hold);
                  }));
}

void Keeper::drop_base(File& file) {
  file.base.reset();
  if (!std::exchange(file.base_is_stored, false)) return;
  store_.remove_base(workspace_, file.id, {});
}

void Keeper::change_tree(document::TreeChange change) {
  tree_changes_.push_back(std::move(change));
  if (!tree_alarm_.at()) tree_alarm_.set(clock_.now() + tree_pause_);
}

void Keeper::flush_tree() {
  tree_alarm_.stop();
  const MonotonicTime begun = clock_.now();
  for (std::vector<document::TreeChange> all = std::exchange(tree_changes_, {});
       !all.empty();) {
    const std::size_t count = std::min(all.size(), kMaxTreeChanges);
    std::vector<document::TreeChange> some(all.begin(),
                                           all.begin() + static_cast<std::ptrdiff_t>(count));
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
    host_.change_tree(some);
  }
  // A change costs as much as the whole tree is large: most of the time is for other things.
  const auto took = std::chrono::ceil<std::chrono::milliseconds>(clock_.now() - begun);
  tree_pause_ = std::max(kMinTreePause, 4 * took);
}

}  // namespace plait::workspace
