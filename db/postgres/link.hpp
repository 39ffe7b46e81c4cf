// Connects to a PostgreSQL server by its URL, and explains failures of its session.
#pragma once

#include <memory>
#include <string>

#include "db/postgres/session.hpp"
#include "db/store.hpp"

namespace parseflow::db {

/// Used by one thread. The store and its retention have one each.
class postgres_link {
public:
  postgres_link(std::string url, const postgres_limits& limits);

  /// The server and its database, for people; without host and database if the URL is malformed.
  std::string place() const;

  bool is_open() const { return session_ && session_->is_open(); }

  /// Connects; a no-op while connected. Throws `unusable` if the URL is malformed, and what libpqxx throws.
  void open();

  void close() { session_.reset(); }

  /// Precondition: connected by `open`, without a failure since.
  postgres_session& session() const { return *session_; }

  /// What the exception that is being handled means. Closes a session that cannot be used any more; libpqxx
  /// has rolled back the transaction.
  result failure();

private:
  std::string url_;
  postgres_limits limits_;
  url_parts parts_;
  std::unique_ptr<postgres_session> session_;
};

} // namespace parseflow::db
