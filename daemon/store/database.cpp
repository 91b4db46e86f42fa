#include "daemon/store/database.h"

#include <limits>
#include <utility>

namespace plait::store {

namespace {

ErrorCode error_code_of(int code) {
  switch (code & 0xFF) {  // the rest is detail
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorCode::Damaged;
    case SQLITE_CONSTRAINT: return ErrorCode::Refused;
    case SQLITE_TOOBIG: return ErrorCode::LimitExceeded;
    case SQLITE_NOMEM: return ErrorCode::OutOfMemory;
    default: return ErrorCode::System;
  }
}

}  // namespace

Failure failure_of(int code, sqlite3* connection) {
  if ((code & 0xFF) == SQLITE_BUSY) {
    return fail(ErrorCode::System, "the database is in use by another process");
  }
  if ((code & 0xFF) == SQLITE_FULL) return fail(ErrorCode::System, "the disk is full");
  std::string message = sqlite3_errstr(code);
  if (connection != nullptr && sqlite3_extended_errcode(connection) == code) {
    message = sqlite3_errmsg(connection);
  }
  return fail(error_code_of(code), "SQLite: " + message);
}

Cursor::~Cursor() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Cursor::next() {
  if (code_ != SQLITE_OK && code_ != SQLITE_ROW) return false;
  code_ = sqlite3_step(statement_);
  return code_ == SQLITE_ROW;
}

Result<void> Cursor::status() const {
  if (code_ == SQLITE_OK || code_ == SQLITE_ROW || code_ == SQLITE_DONE) return {};
  return failure_of(code_, connection_);
}

std::string_view Cursor::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Result<Database> Database::open(const Options& options) {
  sqlite3* raw = nullptr;
  // Without mutexes: whoever has the connection has it alone.
  constexpr int kFlags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(options.path.c_str(), &raw, kFlags,
                                   options.vfs.empty() ? nullptr : options.vfs.c_str());
  Connection connection(raw);
  if (code != SQLITE_OK) {
    Failure failure = failure_of(code, raw);
    return Failure{std::move(failure.error).with_context("opening " + options.path)};
  }
  return Database(std::move(connection));
}

Result<void> Database::script(const char* sql) {
  const int code = sqlite3_exec(connection_.get(), sql, /*callback=*/nullptr,
                                /*argument=*/nullptr, /*errmsg=*/nullptr);
  if (code != SQLITE_OK) return failure_of(code, connection_.get());
  return {};
}

int Database::prepared(Sql sql, sqlite3_stmt*& statement) {
  Statement& kept = statements_[sql.text];
  if (!kept) {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v3(connection_.get(), sql.text, /*nByte=*/-1,
                                        SQLITE_PREPARE_PERSISTENT, &raw, /*pzTail=*/nullptr);
    if (code != SQLITE_OK) return code;
    kept.reset(raw);
  }
  PLAIT_ASSERT(sqlite3_stmt_busy(kept.get()) == 0, "a query to end before it is used again");
  statement = kept.get();
  return SQLITE_OK;
}

int Database::bind(sqlite3_stmt* to, int index, std::uint64_t value, sqlite3_destructor_type) {
  // SQLite counts to 2^63. Nothing stored comes near it; what a client asks for may be past it.
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  return sqlite3_bind_int64(to, index, static_cast<std::int64_t>(std::min(value, kMost)));
}

int Database::bind(sqlite3_stmt* to, int index, std::string_view value,
                   sqlite3_destructor_type keep) {
  const char* data = value.empty() ? "" : value.data();  // a null pointer would be a NULL
  return sqlite3_bind_text64(to, index, data, value.size(), keep, SQLITE_UTF8);
}

int Database::bind(sqlite3_stmt* to, int index, const Blob& value,
                   sqlite3_destructor_type keep) {
  const char* data = value.bytes.empty() ? "" : value.bytes.data();
  return sqlite3_bind_blob64(to, index, data, value.bytes.size(), keep);
}

}  // namespace plait::store
