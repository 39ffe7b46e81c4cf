// The tables of the registry in PostgreSQL.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "db/postgres/session.hpp"
#include "db/rollup_row.hpp"
#include "messages/registry/registry.hpp"

namespace parseflow::db {

/// See `registry_transaction` in db/database_registry.hpp. Throws what libpqxx throws.
class postgres_registry {
public:
  postgres_registry(postgres_session& session, access purpose)
      : transaction_(session, purpose), purpose_(purpose) {}

  std::uint64_t version();
  std::vector<registered_drain> drains();
  std::vector<learnt_token> tokens();
  std::vector<registered_key> keys();
  secret session_key();
  void add(const registered_drain& drain);
  void remove(const registered_drain& drain);
  void add(const learnt_token& token);
  void remove(const learnt_token& token);
  void add(const registered_key& key);
  void remove(const registered_key& key);
  void set_session_key(const secret& key);
  void set_version(std::uint64_t version);
  void read_apps(const std::function<void(std::string_view app, timestamp last_seen)>& take);
  void read_rollups_since(timestamp since, const rollup_taker& take);
  void commit() { transaction_.commit(); }

private:
  postgres_transaction transaction_;
  access purpose_;
};

} // namespace parseflow::db
