// A fresh database of each kind, and access to it that does not use the store.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "db/postgres/store.hpp"
#include "db/registry_store.hpp"
#include "db/retention.hpp"
#include "db/store.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/temp_dir.hpp"

namespace parseflow {

/// Rows of texts; NULL is `NULL`.
using table_rows = std::vector<std::vector<std::string>>;

/// A SQLite file in a folder of its own.
class sqlite_site {
public:
  std::unique_ptr<db::store> make_store(const std::string& node = "main") const;
  std::unique_ptr<db::retention> make_retention(const retention_settings& kept) const;
  std::unique_ptr<db::registry_store> make_registry() const;
  std::string path() const { return folder_ / "test.db"; }
  table_rows query(const std::string& sql) const;

  /// SQL for a time as microseconds since 1970.
  static std::string micros(const std::string& column) { return column; }
  /// SQL for a value in a column of times.
  static std::string at(timestamp when) { return std::to_string(when.time_since_epoch().count()); }
  static std::string hex(const std::string& column) { return "lower(hex(" + column + "))"; }
  /// SQL that lists a table's columns in order, without generated ones.
  static std::string columns_of(const std::string& table) {
    return "SELECT name FROM pragma_table_info('" + table + "') ORDER BY cid";
  }

private:
  temp_dir folder_;
};

/// A database of a PostgreSQL server that all tests of the program share.
class postgres_site {
public:
  /// Started by its first caller; ends with the program.
  static postgres_server& server();

  postgres_site() : url_(server().create_database()) {}
  std::unique_ptr<db::store> make_store(const std::string& node = "main") const;
  std::unique_ptr<db::store> make_store(const db::postgres_limits& limits) const;
  std::unique_ptr<db::retention> make_retention(const retention_settings& kept) const;
  std::unique_ptr<db::registry_store> make_registry() const;
  const std::string& url() const { return url_; }
  table_rows query(const std::string& sql) const;

  static std::string micros(const std::string& column) {
    return "(extract(epoch FROM " + column + ") * 1000000)::bigint";
  }
  static std::string at(timestamp when) {
    return "to_timestamp(" + std::to_string(when.time_since_epoch().count() / 1'000'000) + ")";
  }
  static std::string hex(const std::string& column) { return "encode(" + column + ", 'hex')"; }
  static std::string columns_of(const std::string& table) {
    return "SELECT attname FROM pg_attribute WHERE attrelid = '" + table +
           "'::regclass AND attnum > 0 ORDER BY attnum";
  }

private:
  std::string url_;
};

} // namespace parseflow
