// POSTGRES STORE: a database in PostgreSQL 13 or later, which several nodes may share.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "db/registry_store.hpp"
#include "db/store.hpp"

namespace parseflow::db {

/// How long a store waits for a server that does not answer. A try to connect takes at most 5 s, unless the
/// URL says otherwise.
struct postgres_limits {
  /// How long the server may run one statement.
  std::chrono::milliseconds statement{30'000};
  /// How long the server waits for a lock that another session holds.
  std::chrono::milliseconds lock{10'000};
  /// How long a whole call may take, whatever happens to server and network: after that the connection
  /// is closed.
  std::chrono::milliseconds call{60'000};
};

/// How a PostgreSQL store is opened.
struct postgres_options {
  /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`
  std::string url;
  /// The name of this node in the rollup table.
  std::string node = "main";
  postgres_limits limits;
  /// A line gets a partition of its day only if that day is at most this long before the day on which its
  /// frame arrived.
  std::chrono::days partition_days_before{7};
};

/// A store in a PostgreSQL database. Rows are written by binary COPY, into one partition per UTC day.
std::unique_ptr<store> make_postgres_store(postgres_options options);

/// The registry in the same database.
std::unique_ptr<registry_store> make_postgres_registry(postgres_options options);

} // namespace parseflow::db
