#include "db/postgres/registry.hpp"

#include <map>
#include <string>

#include "db/postgres/values.hpp"

namespace parseflow::db {

std::uint64_t postgres_registry::version() {
  const std::string query = "SELECT version FROM registry";
  return transaction_.exec(purpose_ == access::write ? query + " FOR UPDATE" : query)[0][0]
      .as<std::uint64_t>();
}

std::vector<registered_drain> postgres_registry::drains() {
  std::map<std::string, registered_drain> found;
  for (const pqxx::row& row :
       transaction_.exec("SELECT id, user_name, (extract(epoch FROM created_at) * 1000000)::bigint, "
                         "is_imported FROM registered_drain"))
    found[row[0].c_str()] = {row[0].c_str(), row[1].c_str(), {}, {}, time_in(row[2]), row[3].as<int>() == 1};
  for (const pqxx::row& row : transaction_.exec(
           "SELECT registered_drain, app FROM registered_app ORDER BY registered_drain, number"))
    found[row[0].c_str()].apps.emplace_back(row[1].c_str());
  for (const pqxx::row& row : transaction_.exec(
           "SELECT registered_drain, hash, mark, (extract(epoch FROM created_at) * 1000000)::bigint, "
           "(extract(epoch FROM last_used_at) * 1000000)::bigint FROM registered_password "
           "ORDER BY registered_drain, number"))
    found[row[0].c_str()].passwords.push_back(
        {row[1].c_str(), row[2].c_str(), time_in(row[3]), time_in(row[4])});
  std::vector<registered_drain> all;
  all.reserve(found.size());
  for (auto& [id, drain] : found)
    all.push_back(std::move(drain));
  return all;
}

std::vector<learnt_token> postgres_registry::tokens() {
  std::vector<learnt_token> found;
  for (const pqxx::row& row :
       transaction_.exec("SELECT token, registered_drain, (extract(epoch FROM last_seen) * 1000000)::bigint "
                         "FROM registered_token"))
    found.push_back({row[0].c_str(), row[1].c_str(), time_in(row[2])});
  return found;
}

std::vector<registered_key> postgres_registry::keys() {
  std::map<std::string, registered_key> found;
  for (const pqxx::row& row :
       transaction_.exec("SELECT id, name, role, hash, (extract(epoch FROM created_at) * 1000000)::bigint, "
                         "(extract(epoch FROM last_used_at) * 1000000)::bigint FROM registered_key")) {
    // A role that this version does not know allows the least.
    const auto role = key_role_from(row[2].c_str()).value_or(key_role::read);
    found[row[0].c_str()] = {row[0].c_str(), row[1].c_str(),  role,           {},
                             row[3].c_str(), time_in(row[4]), time_in(row[5])};
  }
  for (const pqxx::row& row : transaction_.exec(
           "SELECT registered_key, app FROM registered_key_app ORDER BY registered_key, number"))
    found[row[0].c_str()].apps.emplace_back(row[1].c_str());
  std::vector<registered_key> all;
  all.reserve(found.size());
  for (auto& [id, key] : found)
    all.push_back(std::move(key));
  return all;
}

secret postgres_registry::session_key() {
  return secret{transaction_.exec("SELECT session_key FROM registry")[0][0].c_str()};
}

void postgres_registry::add(const registered_drain& drain) {
  transaction_.exec_params("INSERT INTO registered_drain (id, user_name, created_at, is_imported) "
                           "VALUES ($1, $2, $3::timestamptz, $4)",
                           drain.id, drain.user, timestamptz_text(drain.created), drain.is_imported ? 1 : 0);
  for (std::size_t i = 0; i < drain.apps.size(); ++i)
    transaction_.exec_params("INSERT INTO registered_app (registered_drain, number, app) VALUES ($1, $2, $3)",
                             drain.id, static_cast<int>(i), drain.apps[i]);
  for (std::size_t i = 0; i < drain.passwords.size(); ++i) {
    const auto& password = drain.passwords[i];
    transaction_.exec_params("INSERT INTO registered_password (registered_drain, number, hash, mark, "
                             "created_at, last_used_at) "
                             "VALUES ($1, $2, $3, $4, $5::timestamptz, $6::timestamptz)",
                             drain.id, static_cast<int>(i), password.hash, password.mark,
                             timestamptz_text(password.created), timestamptz_text(password.last_used));
  }
}

void postgres_registry::remove(const registered_drain& drain) {
  transaction_.exec_params("DELETE FROM registered_password WHERE registered_drain = $1", drain.id);
  transaction_.exec_params("DELETE FROM registered_app WHERE registered_drain = $1", drain.id);
  transaction_.exec_params("DELETE FROM registered_drain WHERE id = $1", drain.id);
}

void postgres_registry::add(const learnt_token& token) {
  transaction_.exec_params(
      "INSERT INTO registered_token (token, registered_drain, last_seen) VALUES ($1, $2, $3::timestamptz)",
      token.token, token.drain, timestamptz_text(token.last_seen));
}

void postgres_registry::remove(const learnt_token& token) {
  transaction_.exec_params("DELETE FROM registered_token WHERE token = $1", token.token);
}

void postgres_registry::add(const registered_key& key) {
  transaction_.exec_params("INSERT INTO registered_key (id, name, role, hash, created_at, last_used_at) "
                           "VALUES ($1, $2, $3, $4, $5::timestamptz, $6::timestamptz)",
                           key.id, key.name, std::string{to_string(key.role)}, key.hash,
                           timestamptz_text(key.created), timestamptz_text(key.last_used));
  for (std::size_t i = 0; i < key.apps.size(); ++i)
    transaction_.exec_params(
        "INSERT INTO registered_key_app (registered_key, number, app) VALUES ($1, $2, $3)", key.id,
        static_cast<int>(i), key.apps[i]);
}

void postgres_registry::remove(const registered_key& key) {
  transaction_.exec_params("DELETE FROM registered_key_app WHERE registered_key = $1", key.id);
  transaction_.exec_params("DELETE FROM registered_key WHERE id = $1", key.id);
}

void postgres_registry::set_session_key(const secret& key) {
  transaction_.exec_params("UPDATE registry SET session_key = $1", key.reveal());
}

void postgres_registry::set_version(std::uint64_t version) {
  transaction_.exec_params("UPDATE registry SET version = $1", static_cast<std::int64_t>(version));
}

void postgres_registry::read_apps(
    const std::function<void(std::string_view app, timestamp last_seen)>& take) {
  for (const pqxx::row& row : transaction_.exec(
           "SELECT app, (extract(epoch FROM max(last_seen)) * 1000000)::bigint FROM drain GROUP BY app"))
    take(row[0].c_str(), time_in(row[1]));
}

void postgres_registry::read_rollups_since(timestamp since, const rollup_taker& take) {
  for (const pqxx::row& row :
       transaction_.exec_params("SELECT extract(epoch FROM minute)::bigint / 60, app, data, node FROM rollup "
                                "WHERE minute >= $1::timestamptz",
                                timestamptz_text(minute_of(since)))) {
    const auto data = bytes_of(row[2]);
    take(minute_in(row[0]), row[1].c_str(), data, row[3].c_str());
  }
}

} // namespace parseflow::db
