// The C interface of SQLite as two owning types and one exception. Used by the SQLite store and its
// retention.
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

/// What SQLite refused to do.
struct sqlite_error : std::runtime_error {
  sqlite_error(int result_code, const std::string& message)
      : std::runtime_error(message), code(result_code) {}

  /// Without what the extended code adds.
  int basic_code() const { return code & 0xFF; }

  /// The extended result code.
  int code;
};

/// A COMMIT that failed: what it was to store may be in the file.
struct sqlite_in_doubt : sqlite_error {
  using sqlite_error::sqlite_error;
};

/// Pages of WAL after which a commit also copies them into the file: fewer cost more fsyncs, more take more
/// disk. The same on every connection: what retention leaves in the WAL is not for the writer's commits.
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

  /// Runs a statement that gives no rows, and gets it ready for the next parameters.
  void run();

  /// Goes to the next row; false after the last, and then gets ready for the next parameters.
  bool step();

  /// Gets ready for the next parameters although not all rows were read.
  void reset();

  std::int64_t column_number(int index) const;
  double column_real(int index) const;
  bool column_is_null(int index) const;
  /// Valid until the next `step`. The bytes of a text or blob; empty for NULL.
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

/// So many parameters of a statement: `?,?,?`.
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

  /// Rows that the last statement changed.
  int changes() const;

  /// True between BEGIN and COMMIT or ROLLBACK.
  bool in_transaction() const;

  explicit operator bool() const { return handle_ != nullptr; }

private:
  struct closer {
    void operator()(sqlite3* connection) const;
  };
  std::unique_ptr<sqlite3, closer> handle_;
};

/// What a transaction is for.
enum class sqlite_access : std::uint8_t {
  write, ///< It has the write lock from its beginning.
  read,  ///< It sees one state of the file.
};

/// Undone if it is not committed; if that fails as well, the connection is still in a transaction afterwards.
class sqlite_transaction {
public:
  explicit sqlite_transaction(const sqlite_connection& db, sqlite_access purpose = sqlite_access::write);
  ~sqlite_transaction();
  sqlite_transaction(const sqlite_transaction&) = delete;
  sqlite_transaction& operator=(const sqlite_transaction&) = delete;

  /// Throws `sqlite_in_doubt` if the disk fails meanwhile.
  void commit();

private:
  const sqlite_connection& db_;
};

} // namespace parseflow::db
