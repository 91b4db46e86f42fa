#include "tests/unit/store/crash_disk.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "protocol/base/assert.h"

namespace plait::store {

/// The functions that SQLite calls, each handing on to its disk. noexcept: SQLite is C.
struct CrashDiskMethods {
  static CrashDisk& disk_of(sqlite3_vfs* vfs) {
    return *static_cast<CrashDisk*>(vfs->pAppData);
  }
  static CrashDisk::Handle& handle_of(sqlite3_file* file) {
    return *reinterpret_cast<CrashDisk::Handle*>(file);
  }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags,
                  int* out_flags) noexcept;
  static int remove(sqlite3_vfs* vfs, const char* name, int /*sync_folder*/) noexcept {
    return disk_of(vfs).remove(name);
  }
  static int access(sqlite3_vfs* vfs, const char* name, int /*flags*/, int* result) noexcept {
    *result = disk_of(vfs).files_.contains(name) ? 1 : 0;
    return SQLITE_OK;
  }
  static int full_path(sqlite3_vfs* /*vfs*/, const char* name, int size, char* out) noexcept {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
  }
  static int randomness(sqlite3_vfs* vfs, int size, char* out) noexcept {
    for (int i = 0; i < size; ++i) out[i] = static_cast<char>(disk_of(vfs).random_.bits());
    return size;
  }
  static int sleep(sqlite3_vfs* /*vfs*/, int microseconds) noexcept { return microseconds; }
  static int time(sqlite3_vfs* /*vfs*/, double* now) noexcept {
    *now = 2460000.5;
    return SQLITE_OK;
  }
  static int last_error(sqlite3_vfs* /*vfs*/, int /*size*/, char* /*out*/) noexcept {
    return 0;
  }

  static int close(sqlite3_file* /*file*/) noexcept { return SQLITE_OK; }
  static int read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) noexcept;
  static int write(sqlite3_file* file, const void* from, int size,
                   sqlite3_int64 offset) noexcept {
    auto& handle = handle_of(file);
    const std::string_view bytes(static_cast<const char*>(from),
                                 static_cast<std::size_t>(size));
    return handle.disk->write(*handle.content, static_cast<std::size_t>(offset), bytes);
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) noexcept {
    auto& handle = handle_of(file);
    return handle.disk->truncate(*handle.content, static_cast<std::size_t>(size));
  }
  static int sync(sqlite3_file* file, int /*flags*/) noexcept {
    auto& handle = handle_of(file);
    return handle.disk->sync(*handle.content);
  }
  static int size(sqlite3_file* file, sqlite3_int64* size) noexcept {
    *size = static_cast<sqlite3_int64>(handle_of(file).content->current.size());
    return SQLITE_OK;
  }
  static int lock(sqlite3_file* /*file*/, int /*level*/) noexcept { return SQLITE_OK; }
  static int is_reserved(sqlite3_file* /*file*/, int* result) noexcept {
    *result = 0;
    return SQLITE_OK;
  }
  static int control(sqlite3_file* /*file*/, int /*op*/, void* /*arg*/) noexcept {
    return SQLITE_NOTFOUND;
  }
  static int sector_size(sqlite3_file* /*file*/) noexcept { return 512; }
  static int characteristics(sqlite3_file* /*file*/) noexcept { return 0; }
};

namespace {

// Version 1: no shared memory, so a write-ahead log needs exclusive locking, as in the program.
const sqlite3_io_methods kFileMethods = [] {
  sqlite3_io_methods methods{};
  methods.iVersion = 1;
  methods.xClose = CrashDiskMethods::close;
  methods.xRead = CrashDiskMethods::read;
  methods.xWrite = CrashDiskMethods::write;
  methods.xTruncate = CrashDiskMethods::truncate;
  methods.xSync = CrashDiskMethods::sync;
  methods.xFileSize = CrashDiskMethods::size;
  methods.xLock = CrashDiskMethods::lock;
  methods.xUnlock = CrashDiskMethods::lock;
  methods.xCheckReservedLock = CrashDiskMethods::is_reserved;
  methods.xFileControl = CrashDiskMethods::control;
  methods.xSectorSize = CrashDiskMethods::sector_size;
  methods.xDeviceCharacteristics = CrashDiskMethods::characteristics;
  return methods;
}();

constexpr std::size_t kSector = 512;

void put(std::string& into, std::size_t offset, std::string_view bytes) {
  if (into.size() < offset + bytes.size()) into.resize(offset + bytes.size());
  std::copy(bytes.begin(), bytes.end(), into.begin() + static_cast<std::ptrdiff_t>(offset));
}

}  // namespace

int CrashDiskMethods::open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags,
                           int* out_flags) noexcept {
  CrashDisk& disk = disk_of(vfs);
  auto& handle = handle_of(file);
  handle.base.pMethods = nullptr;
  if (!disk.power_) return SQLITE_CANTOPEN;
  CrashDisk::Content* content = nullptr;
  if (name == nullptr) {
    content = disk.nameless_.emplace_back(std::make_unique<CrashDisk::Content>()).get();
  } else {
    auto& named = disk.files_[name];
    if (!named) named = std::make_unique<CrashDisk::Content>();
    content = named.get();
  }
  handle.disk = &disk;
  handle.content = content;
  handle.base.pMethods = &kFileMethods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int CrashDiskMethods::read(sqlite3_file* file, void* out, int size,
                           sqlite3_int64 offset) noexcept {
  const auto& handle = handle_of(file);
  if (!handle.disk->power_) return SQLITE_IOERR_READ;
  const std::string& from = handle.content->current;
  const auto wanted = static_cast<std::size_t>(size);
  const std::size_t start = std::min(static_cast<std::size_t>(offset), from.size());
  const std::size_t found = std::min(wanted, from.size() - start);
  std::memset(out, 0, wanted);
  std::memcpy(out, from.data() + start, found);
  return found == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

CrashDisk::CrashDisk(std::uint64_t seed)
    : name_("crash-disk-" + std::to_string(reinterpret_cast<std::uintptr_t>(this))),
      random_(seed) {
  vfs_.iVersion = 1;
  vfs_.szOsFile = sizeof(Handle);
  vfs_.mxPathname = 512;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = CrashDiskMethods::open;
  vfs_.xDelete = CrashDiskMethods::remove;
  vfs_.xAccess = CrashDiskMethods::access;
  vfs_.xFullPathname = CrashDiskMethods::full_path;
  vfs_.xRandomness = CrashDiskMethods::randomness;
  vfs_.xSleep = CrashDiskMethods::sleep;
  vfs_.xCurrentTime = CrashDiskMethods::time;
  vfs_.xGetLastError = CrashDiskMethods::last_error;
  PLAIT_ASSERT(sqlite3_vfs_register(&vfs_, /*makeDflt=*/0) == SQLITE_OK, "a disk to be known");
}

CrashDisk::~CrashDisk() { sqlite3_vfs_unregister(&vfs_); }

void CrashDisk::fail_after(std::size_t calls, Fault fault) {
  fails_at_ = calls_ + calls;
  fault_ = fault;
}

int CrashDisk::next_call() {
  if (!power_) return SQLITE_IOERR;
  if (fails_at_ != calls_++) return SQLITE_OK;
  fails_at_.reset();
  power_ = fault_ != Fault::PowerCut;
  return SQLITE_IOERR;
}

std::size_t CrashDisk::used() const {
  std::size_t sum = 0;
  for (const auto& [name, content] : files_) sum += content->current.size();
  return sum;
}

int CrashDisk::write(Content& content, std::size_t offset, std::string_view bytes) {
  if (next_call() != SQLITE_OK) {
    // The piece may have been under way when the power went.
    if (!power_) content.unsynced.push_back({offset, std::string(bytes), /*truncates=*/false});
    return SQLITE_IOERR_WRITE;
  }
  const std::size_t end = offset + bytes.size();
  if (capacity_ && end > content.current.size() &&
      used() + end - content.current.size() > *capacity_) {
    return SQLITE_FULL;
  }
  put(content.current, offset, bytes);
  content.unsynced.push_back({offset, std::string(bytes), /*truncates=*/false});
  return SQLITE_OK;
}

int CrashDisk::truncate(Content& content, std::size_t size) {
  if (next_call() != SQLITE_OK) return SQLITE_IOERR_TRUNCATE;
  content.current.resize(size);
  content.unsynced.push_back({size, {}, /*truncates=*/true});
  return SQLITE_OK;
}

int CrashDisk::sync(Content& content) {
  if (next_call() != SQLITE_OK) return SQLITE_IOERR_FSYNC;
  content.durable = content.current;
  content.unsynced.clear();
  return SQLITE_OK;
}

int CrashDisk::remove(const std::string& file) {
  if (next_call() != SQLITE_OK) return SQLITE_IOERR_DELETE;
  const auto found = files_.find(file);
  if (found == files_.end()) return SQLITE_IOERR_DELETE_NOENT;
  nameless_.push_back(std::move(found->second));  // somebody may have it open
  files_.erase(found);
  return SQLITE_OK;
}

void CrashDisk::lose_some(Content& content) {
  for (const Change& change : content.unsynced) {
    if (random_.one_in(2)) continue;
    if (change.truncates) {
      content.durable.resize(change.offset);
      continue;
    }
    std::string_view bytes = change.bytes;
    if (random_.one_in(2))
      bytes = bytes.substr(0, random_.below(bytes.size() / kSector + 1) * kSector);
    put(content.durable, change.offset, bytes);
  }
  content.unsynced.clear();
  content.current = content.durable;
}

void CrashDisk::restart() {
  for (auto& [name, content] : files_) lose_some(*content);
  nameless_.clear();
  fails_at_.reset();
  power_ = true;
}

std::string& CrashDisk::content(const std::string& file) {
  const auto found = files_.find(file);
  PLAIT_ASSERT(found != files_.end(), "a file of this name");
  return found->second->current;
}

}  // namespace plait::store
