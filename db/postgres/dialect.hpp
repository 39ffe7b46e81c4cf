// The differences between libpqxx 6.4 of Debian 12 and 7.10 of Debian 13. No other file of this program
// depends on the version.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <pqxx/pqxx>

struct pg_conn; // PGconn of libpq

namespace parseflow::db {

#if PQXX_VERSION_MAJOR < 7

/// A libpqxx connection that takes over an open libpq connection: binary COPY needs libpq's. It never
/// reconnects by itself: reconnecting within a call would lose the transaction. Connection policies are
/// internal to libpqxx 6: see cmake/TestedVersions.cmake.
class adopted_connection {
  struct once : pqxx::connectionpolicy {
    explicit once(pg_conn* connection) : connectionpolicy(std::string()), opened(connection) {}
    handle do_startconnect(handle existing) override {
      if (existing)
        return existing;
      if (!opened)
        throw pqxx::broken_connection("the connection was lost");
      return std::exchange(opened, nullptr);
    }
    pg_conn* opened;
  };
  struct adopting : pqxx::connection_base {
    explicit adopting(once& policy) : connection_base(policy) { init(); }
    ~adopting() { close(); }
  };

public:
  explicit adopted_connection(pg_conn* opened) : policy_(opened), connection_(policy_) {}

  pqxx::connection_base& get() { return connection_; }

private:
  once policy_;
  adopting connection_;
};

/// A parameter of the type bytea; `bytes` must outlive it.
inline pqxx::binarystring binary(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

/// Sends parameters in a packet of their own, never as part of the text; the statement has no name.
template <class... Parameters>
pqxx::result exec_params(pqxx::work& transaction, const std::string& sql, const Parameters&... parameters) {
  return transaction.exec_params(sql, parameters...);
}

#else

class adopted_connection {
public:
  explicit adopted_connection(pg_conn* opened)
      : connection_(pqxx::connection::seize_raw_connection(opened)) {}

  pqxx::connection& get() { return connection_; }

private:
  pqxx::connection connection_;
};

inline pqxx::bytes_view binary(std::string_view bytes) {
  return pqxx::binary_cast(bytes.data(), bytes.size());
}

template <class... Parameters>
pqxx::result exec_params(pqxx::work& transaction, const std::string& sql, const Parameters&... parameters) {
  return transaction.exec(sql, pqxx::params{parameters...});
}

#endif

} // namespace parseflow::db
