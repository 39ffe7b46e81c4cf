// What the registries of all databases have in common: reading when something has changed, and storing what a
// change has changed. The backends have the SQL: db/sqlite, db/postgres.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "db/guarded_backend.hpp"
#include "db/registry_store.hpp"
#include "db/rollup_row.hpp"
#include "db/stored_text.hpp"
#include "messages/registry/changes.hpp"
#include "messages/rollup/rollup_form.hpp"

namespace parseflow::db {

/// A transaction on the tables of the registry; rolled back unless it is committed.
template <class T>
concept registry_transaction = requires(
    T& t, const registered_drain& drain, const learnt_token& token, const registered_key& key,
    const secret& session_key, std::uint64_t version, timestamp since, const rollup_taker& take_rollup,
    const std::function<void(std::string_view app, timestamp last_seen)>& take_app) {
  // One that writes keeps others from writing until its end.
  { t.version() } -> std::same_as<std::uint64_t>;
  { t.drains() } -> std::same_as<std::vector<registered_drain>>;
  { t.tokens() } -> std::same_as<std::vector<learnt_token>>;
  { t.keys() } -> std::same_as<std::vector<registered_key>>;
  { t.session_key() } -> std::same_as<secret>;
  t.add(drain);
  t.remove(drain);
  t.add(token);
  t.remove(token);
  t.add(key);
  t.remove(key);
  t.set_session_key(session_key);
  t.set_version(version);
  // Stored names.
  t.read_apps(take_app);
  t.read_rollups_since(since, take_rollup);
  t.commit();
};

/// What `database_registry` needs from a database besides.
template <class T>
concept registry_backend = connection_backend<T> && requires(T& t) {
  { t.begin_registry(true) } -> registry_transaction; // true: it writes
};

/// A registry store that uses a `Backend`, constructed from `arguments`.
template <registry_backend Backend>
class database_registry final : public registry_store {
public:
  template <class... Arguments>
  explicit database_registry(Arguments&&... arguments) : backend_(std::forward<Arguments>(arguments)...) {}

  result open() override { return backend_.open(); }

  result read(registry_copy& known) override {
    return backend_.call([&] {
      auto transaction = backend_->begin_registry(false);
      if (const auto version = transaction.version(); version != known.version || version == 0)
        known = copy_of(transaction, version);
    });
  }

  result edit(const registry_change& change, expected<>& refusal) override {
    return backend_.call([&] {
      auto transaction = backend_->begin_registry(true);
      const auto before = copy_of(transaction, transaction.version());
      auto after = before;
      refusal = change(after);
      if (!refusal || after == before)
        return;
      if (is_changed(before, after))
        transaction.set_version(before.version + 1);
      for_each_difference(before.drains, after.drains, transaction);
      for_each_difference(before.tokens, after.tokens, transaction);
      for_each_difference(before.keys, after.keys, transaction);
      if (after.session_key != before.session_key)
        transaction.set_session_key(after.session_key);
      transaction.commit();
    });
  }

  result read_activity(timestamp since, std::vector<app_activity>& found) override {
    return backend_.call([&] {
      std::map<std::string, app_activity, std::less<>> apps;
      const auto of = [&](std::string_view stored_app) -> app_activity& {
        auto app = original_name(stored_app);
        auto& one = apps[app];
        one.app = std::move(app);
        return one;
      };
      auto transaction = backend_->begin_registry(false);
      transaction.read_apps([&](std::string_view app, timestamp seen) { of(app).last_seen = seen; });
      transaction.read_rollups_since(
          since, [&](minute, std::string_view app, std::string_view data, std::string_view) {
            if (const auto counted = rollup::decode(data)) {
              of(app).lines += counted->lines;
              of(app).lost += counted->platform.dropped_by_sender;
            }
          });
      for (auto& [name, one] : apps)
        found.push_back(std::move(one));
    });
  }

private:
  static registry_copy copy_of(registry_transaction auto& transaction, std::uint64_t version) {
    registry_copy copy{version, transaction.drains(), transaction.tokens(), transaction.keys(),
                       transaction.session_key()};
    const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
    std::sort(copy.drains.begin(), copy.drains.end(), by_id);
    std::sort(copy.keys.begin(), copy.keys.end(), by_id);
    std::sort(copy.tokens.begin(), copy.tokens.end(),
              [](const learnt_token& a, const learnt_token& b) { return a.token < b.token; });
    return copy;
  }

  // Removes what has gone, then adds what is new; what has changed is both. First all removals: a name that
  // became free may be taken again.
  template <class Row>
  static void for_each_difference(const std::vector<Row>& before, const std::vector<Row>& after,
                                  registry_transaction auto& transaction) {
    const auto holds = [](const std::vector<Row>& rows, const Row& one) {
      return std::find(rows.begin(), rows.end(), one) != rows.end();
    };
    for (const auto& one : before)
      if (!holds(after, one))
        transaction.remove(one);
    for (const auto& one : after)
      if (!holds(before, one))
        transaction.add(one);
  }

  guarded_backend<Backend> backend_;
};

} // namespace parseflow::db
