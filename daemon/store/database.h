#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <sqlite3.h>

#include "daemon/support/clock.h"
#include "protocol/base/result.h"

namespace plait::store {

/// SQL that is written in the program. Never text that was put together: values are bound.
struct Sql {
  template <std::size_t N>
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is SQL
  consteval Sql(const char (&literal)[N]) : text(literal) {}
  const char* text;
};

/// Bytes to be bound as a BLOB instead of as text.
struct Blob {
  explicit Blob(std::string_view from) : bytes(from) {}
  template <std::size_t N>
  explicit Blob(const std::array<std::uint8_t, N>& from)
      : bytes(reinterpret_cast<const char*>(from.data()), N) {}
  std::string_view bytes;
};

/// The rows of a query, one after the other. Goes before its Database, and is done with before
/// the same SQL is used again.
class Cursor {
 public:
  Cursor(Cursor&& other) noexcept
      : connection_(other.connection_),
        statement_(std::exchange(other.statement_, nullptr)),
        code_(other.code_) {}
  Cursor& operator=(Cursor&&) = delete;
  ~Cursor();

  /// To the next row. False at the end and after a mistake; status() tells which.
  bool next();
  [[nodiscard]] Result<void> status() const;

  /// Columns count from 0. Views live until the next call of next().
  [[nodiscard]] std::int64_t integer(int column) const {
    return sqlite3_column_int64(statement_, column);
  }
  [[nodiscard]] std::uint64_t count(int column) const {
    return static_cast<std::uint64_t>(integer(column));
  }
  [[nodiscard]] bool flag(int column) const { return integer(column) != 0; }
  [[nodiscard]] WallTime time(int column) const { return WallTime{integer(column)}; }
  [[nodiscard]] bool is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  [[nodiscard]] std::string_view bytes(int column) const;
  [[nodiscard]] std::string text(int column) const { return std::string(bytes(column)); }
  /// Zeros if the column has another length: our own hashes tell the rest.
  template <std::size_t N>
  [[nodiscard]] std::array<std::uint8_t, N> array(int column) const {
    std::array<std::uint8_t, N> result{};
    const std::string_view from = bytes(column);
    if (from.size() == N) std::copy(from.begin(), from.end(), result.begin());
    return result;
  }

 private:
  friend class Database;
  /// Without a statement it has no rows, and `code` says why.
  Cursor(sqlite3* connection, sqlite3_stmt* statement, int code)
      : connection_(connection), statement_(statement), code_(code) {}

  sqlite3* connection_;
  sqlite3_stmt* statement_;
  int code_;
};

/// One SQLite connection. Used by one thread at a time; keeps what it prepared.
class Database {
 public:
  struct Options {
    std::string path;  ///< ":memory:" for one that is gone with its connection
    std::string vfs;   ///< a registered SQLite VFS; empty for the operating system
  };
  static Result<Database> open(const Options& options);

  /// A statement without rows.
  template <class... Values>
  Result<void> run(Sql sql, const Values&... values) {
    // Bound without a copy: the values outlive the call.
    Cursor cursor = start(sql, SQLITE_STATIC, values...);
    while (cursor.next()) {
    }
    return cursor.status();
  }

  template <class... Values>
  Cursor query(Sql sql, const Values&... values) {
    return start(sql, SQLITE_TRANSIENT, values...);
  }

  /// Several statements without values; not kept.
  Result<void> script(const char* sql);

  /// Of the last INSERT, UPDATE or DELETE.
  [[nodiscard]] std::int64_t changes() const { return sqlite3_changes64(connection_.get()); }
  [[nodiscard]] std::int64_t last_rowid() const {
    return sqlite3_last_insert_rowid(connection_.get());
  }
  /// SQLite ends a transaction by itself after some errors.
  [[nodiscard]] bool in_transaction() const {
    return sqlite3_get_autocommit(connection_.get()) == 0;
  }
  [[nodiscard]] sqlite3* handle() const { return connection_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* connection) const noexcept { sqlite3_close_v2(connection); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  using Connection = std::unique_ptr<sqlite3, Close>;
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  explicit Database(Connection connection) : connection_(std::move(connection)) {}

  template <class... Values>
  Cursor start(Sql sql, [[maybe_unused]] sqlite3_destructor_type keep,
               const Values&... values) {
    sqlite3_stmt* statement = nullptr;
    const int code = prepared(sql, statement);
    Cursor cursor(connection_.get(), statement, code);
    [[maybe_unused]] int index = 0;
    ((cursor.code_ =
          cursor.code_ == SQLITE_OK ? bind(statement, ++index, values, keep) : cursor.code_),
     ...);
    return cursor;
  }

  int prepared(Sql sql, sqlite3_stmt*& statement);

  static int bind(sqlite3_stmt* to, int index, std::int64_t value, sqlite3_destructor_type) {
    return sqlite3_bind_int64(to, index, value);
  }
  static int bind(sqlite3_stmt* to, int index, std::uint64_t value, sqlite3_destructor_type);
  static int bind(sqlite3_stmt* to, int index, std::uint32_t value, sqlite3_destructor_type) {
    return sqlite3_bind_int64(to, index, value);
  }
  static int bind(sqlite3_stmt* to, int index, int value, sqlite3_destructor_type) {
    return sqlite3_bind_int64(to, index, value);
  }
  static int bind(sqlite3_stmt* to, int index, bool value, sqlite3_destructor_type) {
    return sqlite3_bind_int64(to, index, value ? 1 : 0);
  }
  static int bind(sqlite3_stmt* to, int index, WallTime value, sqlite3_destructor_type) {
    return sqlite3_bind_int64(to, index, value.ms);
  }
  static int bind(sqlite3_stmt* to, int index, std::string_view value,
                  sqlite3_destructor_type keep);
  static int bind(sqlite3_stmt* to, int index, const Blob& value, sqlite3_destructor_type keep);
  template <class T>
  static int bind(sqlite3_stmt* to, int index, const std::optional<T>& value,
                  sqlite3_destructor_type keep) {
    return value ? bind(to, index, *value, keep) : sqlite3_bind_null(to, index);
  }

  Connection connection_;
  // By the literal's address. Declared last, so that they are gone before the connection.
  std::unordered_map<const char*, Statement> statements_;
};

/// What an SQLite result code means to us; `connection` may be null.
Failure failure_of(int code, sqlite3* connection);

}  // namespace plait::store
