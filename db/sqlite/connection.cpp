#include "db/sqlite/connection.hpp"

#include <cmath>

#include <sqlite3.h>

namespace parseflow::db {

namespace {

[[noreturn]] void fail(sqlite3* connection, int code) {
  const int extended = connection ? sqlite3_extended_errcode(connection) : code;
  throw sqlite_error(extended == SQLITE_OK ? code : extended,
                     connection ? sqlite3_errmsg(connection) : sqlite3_errstr(code));
}

} // namespace

void sqlite_statement::closer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

sqlite_statement::sqlite_statement(sqlite3* connection, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK)
    fail(connection, code);
  handle_.reset(statement);
}

void sqlite_statement::check(int code) const {
  if (code != SQLITE_OK)
    fail(sqlite3_db_handle(handle_.get()), code);
}

void sqlite_statement::time(timestamp at) {
  check(sqlite3_bind_int64(handle_.get(), next_++, at.time_since_epoch().count()));
}

void sqlite_statement::number64(std::int64_t value) {
  check(value < 0 ? sqlite3_bind_null(handle_.get(), next_)
                  : sqlite3_bind_int64(handle_.get(), next_, value));
  ++next_;
}

void sqlite_statement::real(double value) {
  check(std::isfinite(value) ? sqlite3_bind_double(handle_.get(), next_, value)
                             : sqlite3_bind_null(handle_.get(), next_));
  ++next_;
}

void sqlite_statement::text(std::string_view value) {
  if (value.empty())
    check(sqlite3_bind_null(handle_.get(), next_++));
  else
    text_not_null(value);
}

void sqlite_statement::text_not_null(std::string_view value) {
  // A null pointer would bind NULL.
  const char* data = value.empty() ? "" : value.data();
  check(sqlite3_bind_text64(handle_.get(), next_++, data, value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void sqlite_statement::blob(std::string_view value) {
  if (value.empty())
    check(sqlite3_bind_null(handle_.get(), next_++));
  else
    blob_not_null(value);
}

void sqlite_statement::blob_not_null(std::string_view value) {
  const char* data = value.empty() ? "" : value.data();
  check(sqlite3_bind_blob64(handle_.get(), next_++, data, value.size(), SQLITE_STATIC));
}

void sqlite_statement::run() {
  while (step()) {
  }
}

bool sqlite_statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW)
    return true;
  sqlite3* connection = sqlite3_db_handle(handle_.get());
  next_ = 1;
  if (code != SQLITE_DONE) {
    // Read the message before the reset, which reports the same error again.
    const std::string message = sqlite3_errmsg(connection);
    const int extended = sqlite3_extended_errcode(connection);
    sqlite3_reset(handle_.get());
    throw sqlite_error(extended, message);
  }
  sqlite3_reset(handle_.get());
  return false;
}

void sqlite_statement::reset() {
  sqlite3_reset(handle_.get());
  next_ = 1;
}

std::int64_t sqlite_statement::column_number(int index) const {
  return sqlite3_column_int64(handle_.get(), index);
}

double sqlite_statement::column_real(int index) const {
  return sqlite3_column_double(handle_.get(), index);
}

bool sqlite_statement::column_is_null(int index) const {
  return sqlite3_column_type(handle_.get(), index) == SQLITE_NULL;
}

std::string_view sqlite_statement::column_bytes(int index) const {
  const void* data = sqlite3_column_blob(handle_.get(), index);
  const int size = sqlite3_column_bytes(handle_.get(), index);
  return data ? std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size)) : "";
}

timestamp sqlite_statement::column_time(int index) const {
  return timestamp(std::chrono::microseconds(column_number(index)));
}

void sqlite_connection::closer::operator()(sqlite3* connection) const {
  sqlite3_close_v2(connection);
}

sqlite_connection::sqlite_connection(const std::string& path) {
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &connection,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(connection);
  if (code != SQLITE_OK)
    fail(connection, code);
  sqlite3_extended_result_codes(connection, 1);
}

void sqlite_connection::execute(const std::string& sql) const {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK)
    fail(handle_.get(), code);
}

int sqlite_connection::changes() const {
  return sqlite3_changes(handle_.get());
}

bool sqlite_connection::is_in_transaction() const {
  return handle_ && sqlite3_get_autocommit(handle_.get()) == 0;
}

sqlite_transaction::sqlite_transaction(const sqlite_connection& db, sqlite_access purpose) : db_(db) {
  db_.execute(purpose == sqlite_access::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

sqlite_transaction::~sqlite_transaction() {
  try {
    if (db_.is_in_transaction())
      db_.execute("ROLLBACK");
  } catch (const sqlite_error&) { // `is_in_transaction` shows it
  }
}

void sqlite_transaction::commit() {
  try {
    db_.execute("COMMIT");
  } catch (const sqlite_error& e) {
    if (e.basic_code() == SQLITE_IOERR)
      throw sqlite_in_doubt(e.code, e.what());
    throw;
  }
}

std::string parameters(std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i)
    list += i == 0 ? "?" : ",?";
  return list;
}

} // namespace parseflow::db
