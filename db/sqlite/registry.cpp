#include "db/sqlite/registry.hpp"

#include <string>

namespace parseflow::db {

std::uint64_t sqlite_registry::version() const {
  auto query = db_.prepare("SELECT version FROM registry");
  query.step();
  return static_cast<std::uint64_t>(query.column_number(0));
}

std::vector<registered_drain> sqlite_registry::drains() const {
  std::vector<registered_drain> found;
  auto query = db_.prepare("SELECT id, user_name, created_at, is_imported FROM registered_drain");
  auto apps = db_.prepare("SELECT app FROM registered_app WHERE registered_drain = ? ORDER BY number");
  auto passwords = db_.prepare("SELECT hash, mark, created_at, last_used_at FROM registered_password "
                               "WHERE registered_drain = ? ORDER BY number");
  while (query.step()) {
    registered_drain drain{
        std::string(query.column_bytes(0)), std::string(query.column_bytes(1)), {}, {}, query.column_time(2),
        query.column_number(3) == 1};
    apps.text_not_null(drain.id);
    while (apps.step())
      drain.apps.emplace_back(apps.column_bytes(0));
    passwords.text_not_null(drain.id);
    while (passwords.step())
      drain.passwords.push_back({std::string(passwords.column_bytes(0)),
                                 std::string(passwords.column_bytes(1)), passwords.column_time(2),
                                 passwords.column_time(3)});
    found.push_back(std::move(drain));
  }
  return found;
}

std::vector<learnt_token> sqlite_registry::tokens() const {
  std::vector<learnt_token> found;
  auto query = db_.prepare("SELECT token, registered_drain, last_seen FROM registered_token");
  while (query.step())
    found.push_back(
        {std::string(query.column_bytes(0)), std::string(query.column_bytes(1)), query.column_time(2)});
  return found;
}

std::vector<registered_key> sqlite_registry::keys() const {
  std::vector<registered_key> found;
  auto query = db_.prepare("SELECT id, name, role, hash, created_at, last_used_at FROM registered_key");
  auto apps = db_.prepare("SELECT app FROM registered_key_app WHERE registered_key = ? ORDER BY number");
  while (query.step()) {
    // A role that this version does not know allows the least.
    const auto role = key_role_from(query.column_bytes(2)).value_or(key_role::read);
    registered_key key{std::string(query.column_bytes(0)),
                       std::string(query.column_bytes(1)),
                       role,
                       {},
                       std::string(query.column_bytes(3)),
                       query.column_time(4),
                       query.column_time(5)};
    apps.text_not_null(key.id);
    while (apps.step())
      key.apps.emplace_back(apps.column_bytes(0));
    found.push_back(std::move(key));
  }
  return found;
}

secret sqlite_registry::session_key() const {
  auto query = db_.prepare("SELECT session_key FROM registry");
  query.step();
  return secret{std::string(query.column_bytes(0))};
}

void sqlite_registry::add(const registered_drain& drain) const {
  auto add = db_.prepare(
      "INSERT INTO registered_drain (id, user_name, created_at, is_imported) VALUES (?, ?, ?, ?)");
  add.text_not_null(drain.id);
  add.text_not_null(drain.user);
  add.time(drain.created);
  add.number64(drain.is_imported ? 1 : 0);
  add.run();
  auto add_app = db_.prepare("INSERT INTO registered_app (registered_drain, number, app) VALUES (?, ?, ?)");
  for (std::size_t i = 0; i < drain.apps.size(); ++i) {
    add_app.text_not_null(drain.id);
    add_app.number64(static_cast<std::int64_t>(i));
    add_app.text_not_null(drain.apps[i]);
    add_app.run();
  }
  auto add_password = db_.prepare("INSERT INTO registered_password (registered_drain, number, hash, mark, "
                                  "created_at, last_used_at) VALUES (?, ?, ?, ?, ?, ?)");
  for (std::size_t i = 0; i < drain.passwords.size(); ++i) {
    const auto& password = drain.passwords[i];
    add_password.text_not_null(drain.id);
    add_password.number64(static_cast<std::int64_t>(i));
    add_password.text_not_null(password.hash);
    add_password.text_not_null(password.mark);
    add_password.time(password.created);
    add_password.time(password.last_used);
    add_password.run();
  }
}

void sqlite_registry::remove(const registered_drain& drain) const {
  for (const char* sql : {"DELETE FROM registered_password WHERE registered_drain = ?",
                          "DELETE FROM registered_app WHERE registered_drain = ?",
                          "DELETE FROM registered_drain WHERE id = ?"}) {
    auto remove = db_.prepare(sql);
    remove.text_not_null(drain.id);
    remove.run();
  }
}

void sqlite_registry::add(const learnt_token& token) const {
  auto add =
      db_.prepare("INSERT INTO registered_token (token, registered_drain, last_seen) VALUES (?, ?, ?)");
  add.text_not_null(token.token);
  add.text_not_null(token.drain);
  add.time(token.last_seen);
  add.run();
}

void sqlite_registry::remove(const learnt_token& token) const {
  auto remove = db_.prepare("DELETE FROM registered_token WHERE token = ?");
  remove.text_not_null(token.token);
  remove.run();
}

void sqlite_registry::add(const registered_key& key) const {
  auto add = db_.prepare("INSERT INTO registered_key (id, name, role, hash, created_at, last_used_at) "
                         "VALUES (?, ?, ?, ?, ?, ?)");
  add.text_not_null(key.id);
  add.text_not_null(key.name);
  add.text_not_null(to_string(key.role));
  add.text_not_null(key.hash);
  add.time(key.created);
  add.time(key.last_used);
  add.run();
  auto add_app = db_.prepare("INSERT INTO registered_key_app (registered_key, number, app) VALUES (?, ?, ?)");
  for (std::size_t i = 0; i < key.apps.size(); ++i) {
    add_app.text_not_null(key.id);
    add_app.number64(static_cast<std::int64_t>(i));
    add_app.text_not_null(key.apps[i]);
    add_app.run();
  }
}

void sqlite_registry::remove(const registered_key& key) const {
  for (const char* sql : {"DELETE FROM registered_key_app WHERE registered_key = ?",
                          "DELETE FROM registered_key WHERE id = ?"}) {
    auto remove = db_.prepare(sql);
    remove.text_not_null(key.id);
    remove.run();
  }
}

void sqlite_registry::set_session_key(const secret& key) const {
  auto set = db_.prepare("UPDATE registry SET session_key = ?");
  set.text_not_null(key.reveal());
  set.run();
}

void sqlite_registry::set_version(std::uint64_t version) const {
  auto set = db_.prepare("UPDATE registry SET version = ?");
  set.number64(static_cast<std::int64_t>(version));
  set.run();
}

void sqlite_registry::read_apps(
    const std::function<void(std::string_view app, timestamp last_seen)>& take) const {
  auto query = db_.prepare("SELECT app, max(last_seen) FROM drain GROUP BY app");
  while (query.step())
    take(query.column_bytes(0), query.column_time(1));
}

void sqlite_registry::read_rollups_since(timestamp since, const rollup_taker& take) const {
  auto query = db_.prepare("SELECT minute, app, data, node FROM rollup WHERE minute >= ?");
  query.time(minute_of(since));
  while (query.step())
    take(minute_of(query.column_time(0)), query.column_bytes(1), query.column_bytes(2),
         query.column_bytes(3));
}

} // namespace parseflow::db
