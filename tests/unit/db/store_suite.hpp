// Shared by the tests of every store: each test runs on SQLite and on a real PostgreSQL.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/db/batches.hpp"
#include "tests/unit/db/store_sites.hpp"

/// Defines a test that runs for every `site_type`.
#define STORE_TEST(name) TEST_CASE_TEMPLATE(name, site_type, parseflow::sqlite_site, parseflow::postgres_site)

/// Checks that the outcome of `call` is `done`, and shows the message if not.
#define CHECK_DONE(call)                                                                                     \
  do {                                                                                                       \
    const parseflow::db::result outcome_of_call = (call);                                                    \
    CHECK_MESSAGE(outcome_of_call.code == parseflow::db::outcome::done, outcome_of_call.message);            \
  } while (false)

namespace parseflow {

inline db::result write(db::store& store, std::initializer_list<batch_ptr> batches) {
  return store.write(std::vector<batch_ptr>(batches));
}

/// The value in the only column of the only row that `sql` returns.
template <class Site>
std::string value(const Site& site, const std::string& sql) {
  return site.query(sql).at(0).at(0);
}

inline std::vector<stored_rollup> rollups_of(db::store& store,
                                             const db::node_filter& nodes = db::node_filter::all()) {
  std::vector<stored_rollup> all;
  CHECK_DONE(store.rollups(nodes, [&](stored_rollup next) { all.push_back(std::move(next)); }));
  return all;
}

/// The keys among `keys` whose frames are stored, in any order.
inline std::vector<frame_key> stored_among(db::store& store, const std::vector<frame_key>& keys) {
  std::vector<frame_key> found;
  CHECK_DONE(
      store.recall({.frames = keys}, {.on_stored = [&](const frame_key& key) { found.push_back(key); }}));
  return found;
}

inline std::string micros_text(timestamp at) {
  return std::to_string(at.time_since_epoch().count());
}

} // namespace parseflow
