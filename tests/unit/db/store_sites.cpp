#include "tests/unit/db/store_sites.hpp"

#include <stdexcept>

#include <pqxx/pqxx>
#include <sqlite3.h>

#include "db/postgres/retention.hpp"
#include "db/sqlite/retention.hpp"
#include "db/sqlite/store.hpp"

namespace parseflow {

std::unique_ptr<db::store> sqlite_site::make_store(const std::string& node) const {
  return db::make_sqlite_store({path(), node, false, std::chrono::milliseconds(100)});
}

std::unique_ptr<db::retention> sqlite_site::make_retention(const retention_settings& kept) const {
  return db::make_sqlite_retention(path(), kept);
}

std::unique_ptr<db::registry_store> sqlite_site::make_registry() const {
  return db::make_sqlite_registry({path(), "main", false, std::chrono::milliseconds(100)});
}

table_rows sqlite_site::query(const std::string& sql) const {
  sqlite3* opened = nullptr;
  sqlite3_open(path().c_str(), &opened);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> connection(opened, sqlite3_close);
  table_rows rows;
  const auto add = [](void* into, int count, char** values, char**) {
    auto& row = static_cast<table_rows*>(into)->emplace_back();
    for (int i = 0; i < count; ++i)
      row.emplace_back(values[i] ? values[i] : "NULL");
    return 0;
  };
  sqlite3_busy_timeout(opened, 5000);
  if (sqlite3_exec(opened, sql.c_str(), add, &rows, nullptr) != SQLITE_OK)
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(opened));
  return rows;
}

postgres_server& postgres_site::server() {
  static postgres_server shared;
  return shared;
}

std::unique_ptr<db::store> postgres_site::make_store(const std::string& node) const {
  return db::make_postgres_store({url_, node, {}});
}

std::unique_ptr<db::store> postgres_site::make_store(const db::postgres_limits& limits) const {
  return db::make_postgres_store({url_, "main", limits});
}

std::unique_ptr<db::retention> postgres_site::make_retention(const retention_settings& kept) const {
  return db::make_postgres_retention(url_, kept);
}

std::unique_ptr<db::registry_store> postgres_site::make_registry() const {
  return db::make_postgres_registry({url_, "main", {}});
}

table_rows postgres_site::query(const std::string& sql) const {
  pqxx::connection connection(url_);
  pqxx::nontransaction transaction(connection);
  transaction.exec("SET client_min_messages = error; SET TIME ZONE 'UTC'");
  table_rows rows;
  for (const pqxx::row& row : transaction.exec(sql)) {
    auto& texts = rows.emplace_back();
    for (const pqxx::field& field : row)
      texts.emplace_back(field.is_null() ? "NULL" : field.c_str());
  }
  return rows;
}

} // namespace parseflow

// libpqxx 6.4 leaks the result of a statement during which the connection was lost: make_result asks the lost
// connection for its encoding before it owns the result. The sanitizer defines the function's name.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libpqxx";
}
