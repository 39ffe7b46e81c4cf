// COPY … FROM STDIN (FORMAT binary) over a libpq connection, which libpqxx does not support. Only used
// by postgres/write.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "db/rows.hpp"
#include "messages/time.hpp"

struct pg_conn; // PGconn of libpq

namespace parseflow::db {

/// One COPY within the running transaction. Call `begin_row`, then one function per column, for each row;
/// `finish` at the end. Without `finish` the transaction fails, and libpq ends the COPY with the next
/// statement. Throws pqxx::sql_error and pqxx::broken_connection, as libpqxx does.
///
/// A value is written as its length (4 bytes, -1 for NULL) and its bytes; numbers are big-endian.
class postgres_copy {
public:
  postgres_copy(pg_conn* connection, const table_columns& table);

  void begin_row();
  void time(timestamp at);
  void number16(std::int64_t value); ///< smallint; NULL if negative.
  void number32(std::int32_t value); ///< integer; NULL if negative.
  void number64(std::int64_t value); ///< bigint; NULL if negative.
  void real(double value);           ///< double precision; NULL if not finite.
  void text(std::string_view value); ///< NULL if empty.
  void text_not_null(std::string_view value);
  void json(std::string_view value) { text(value); }
  void blob(std::string_view value) { text(value); }

  /// Ends the COPY and waits for the server's answer.
  void finish();

private:
  void null();
  template <class Integer>
  void append(Integer value);
  void flush();

  pg_conn* connection_;
  std::string command_;
  std::string buffer_;
  std::int16_t column_count_;
};

} // namespace parseflow::db
