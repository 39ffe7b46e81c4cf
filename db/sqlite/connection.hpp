// Wraps the C interface of SQLite in owning types and exceptions. Used by the SQLite store and its retention.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "messages/time.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace parseflow::db {

/// An error that SQLite returned.
struct sqlite_error : std::runtime_error {
  sqlite_error(int result_code, const std::string& message)
      : std::runtime_error(message), code(result_code) {}

  /// The code without what the extended code adds.
  int basic_code() const { return code & 0xFF; }

  /// The extended result code.
  int code;
};

/// A COMMIT failed, but its changes may be in the file.
struct sqlite_in_doubt : sqlite_error {
  using sqlite_error::sqlite_error;
};

/// After this many pages of WAL a commit also copies them into the file. Fewer pages cost more fsyncs, more
/// pages take more disk. Equal on every connection, so that the writer's commits need not copy what retention
/// leaves in the WAL.
inline constexpr int checkpoint_pages = 16'384;

/// A prepared statement. Bound texts and blobs must live until `run` or the last `step`.
class sqlite_statement {
public:
  sqlite_statement() = default;
  sqlite_statement(sqlite3* connection, std::string_view sql);

  /// Binds the next parameter.
  void time(timestamp at);
  void number64(std::int64_t value); ///< NULL if negative.
  void number32(std::int32_t value) { number64(value); }
  void number16(std::int64_t value) { number64(value); }
  void real(double value);           ///< NULL if not finite.
  void text(std::string_view value); ///< NULL if empty.
  void text_not_null(std::string_view value);
  void json(std::string_view value) { text(value); }
  void blob(std::string_view value); ///< NULL if empty.
  void blob_not_null(std::string_view value);

  /// Runs a statement that returns no rows, and makes it ready for the next parameters.
  void run();

  /// Goes to the next row. Returns false after the last row, and then makes the statement ready for the
  /// next parameters.
  bool step();

  /// Makes the statement ready for the next parameters although not all rows were read.
  void reset();

  std::int64_t column_number(int index) const;
  double column_real(int index) const;
  bool column_is_null(int index) const;
  /// The bytes of a text or blob; empty for NULL. Valid until the next `step`.
  std::string_view column_bytes(int index) const;
  timestamp column_time(int index) const;

private:
  struct closer {
    void operator()(sqlite3_stmt* statement) const;
  };
  void check(int code) const;

  std::unique_ptr<sqlite3_stmt, closer> handle_;
  int next_ = 1;
};

/// The text for `count` parameters of a statement: `?,?,?`.
std::string parameters(std::size_t count);

/// One open database file.
class sqlite_connection {
public:
  sqlite_connection() = default;
  /// Opens or creates `path`. The object may move to another thread, but only one may use it.
  explicit sqlite_connection(const std::string& path);

  sqlite_statement prepare(std::string_view sql) const { return {handle_.get(), sql}; }

  /// Runs statements separated by semicolons.
  void execute(const std::string& sql) const;

  /// The number of rows that the last statement changed.
  int changes() const;

  /// True between BEGIN and COMMIT or ROLLBACK.
  bool is_in_transaction() const;

  explicit operator bool() const { return handle_ != nullptr; }

private:
  struct closer {
    void operator()(sqlite3* connection) const;
  };
  std::unique_ptr<sqlite3, closer> handle_;
};

/// What a transaction is for.
enum class sqlite_access : std::uint8_t {
  write, ///< It holds the write lock from its beginning.
  read,  ///< It sees one snapshot of the file.
};

/// Rolled back unless it is committed. If the rollback fails as well, the connection stays in a transaction.
class sqlite_transaction {
public:
  explicit sqlite_transaction(const sqlite_connection& db, sqlite_access purpose = sqlite_access::write);
  ~sqlite_transaction();
  sqlite_transaction(const sqlite_transaction&) = delete;
  sqlite_transaction& operator=(const sqlite_transaction&) = delete;

  /// Throws `sqlite_in_doubt` if the disk fails during the commit.
  void commit();

private:
  const sqlite_connection& db_;
};

} // namespace parseflow::db
