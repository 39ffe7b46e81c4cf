// The tables of the registry in SQLite.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "db/rollup_row.hpp"
#include "db/sqlite/connection.hpp"
#include "messages/registry/registry.hpp"

namespace parseflow::db {

/// See `registry_transaction` in db/database_registry.hpp. Throws `sqlite_error`.
class sqlite_registry {
public:
  sqlite_registry(const sqlite_connection& db, sqlite_access purpose) : db_(db), transaction_(db, purpose) {}

  std::uint64_t version() const;
  std::vector<registered_drain> drains() const;
  std::vector<learnt_token> tokens() const;
  std::vector<registered_key> keys() const;
  secret session_key() const;
  void add(const registered_drain& drain) const;
  void remove(const registered_drain& drain) const;
  void add(const learnt_token& token) const;
  void remove(const learnt_token& token) const;
  void add(const registered_key& key) const;
  void remove(const registered_key& key) const;
  void set_session_key(const secret& key) const;
  void set_version(std::uint64_t version) const;
  void read_apps(const std::function<void(std::string_view app, timestamp last_seen)>& take) const;
  void read_rollups_since(timestamp since, const rollup_taker& take) const;
  void commit() { transaction_.commit(); }

private:
  const sqlite_connection& db_;
  sqlite_transaction transaction_;
};

} // namespace parseflow::db
