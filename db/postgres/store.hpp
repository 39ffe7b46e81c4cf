// POSTGRES STORE: a PostgreSQL 13 or later, that several nodes may share.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "db/store.hpp"

namespace parseflow::db {

/// How long a store waits for a server that does not answer. A try to connect takes at most 5 s, unless the
/// URL says otherwise.
struct postgres_limits {
  /// One statement, for the server.
  std::chrono::milliseconds statement{30'000};
  /// A lock that another session holds, for the server.
  std::chrono::milliseconds lock{10'000};
  /// A whole call, whatever happens to server and network: then the connection is given up.
  std::chrono::milliseconds call{60'000};
};

/// How a PostgreSQL store is opened.
struct postgres_options {
  /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`
  std::string url;
  /// The name of this node in the rollup table.
  std::string node = "main";
  postgres_limits limits;
  /// A line gets a partition of its day if that is at most so long before the day on which its frame came in.
  std::chrono::days partition_days_before{7};
};

/// A store in a PostgreSQL database. Rows go in by binary COPY, into one partition per UTC day.
std::unique_ptr<store> make_postgres_store(postgres_options options);

} // namespace parseflow::db
