#include "db/postgres/copy.hpp"

#include <bit>
#include <cmath>
#include <memory>
#include <type_traits>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <pqxx/pqxx>

namespace parseflow::db {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t flush_bytes = 128u << 10;
// Signature, flags, length of the header's extension.
constexpr std::string_view header{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19};
// PostgreSQL counts microseconds from this date.
constexpr timestamp epoch = std::chrono::sys_days{std::chrono::year{2000} / 1 / 1};

struct result_closer {
  void operator()(PGresult* result) const { PQclear(result); }
};
using result_ptr = std::unique_ptr<PGresult, result_closer>;

[[noreturn]] void fail_with(PGconn* connection, const PGresult* result, const std::string& command) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (PQstatus(connection) != CONNECTION_OK || !state)
    throw pqxx::broken_connection(PQerrorMessage(connection));
  throw pqxx::sql_error(PQresultErrorMessage(result), command, state);
}

} // namespace

postgres_copy::postgres_copy(pg_conn* connection, const table_columns& table)
    : connection_(connection),
      command_(fmt::format("COPY {} ({}) FROM STDIN (FORMAT binary)", table.name, table.columns)),
      buffer_(header), column_count_(static_cast<std::int16_t>(table.count)) {
  const result_ptr started(PQexec(connection_, command_.c_str()));
  if (PQresultStatus(started.get()) != PGRES_COPY_IN)
    fail_with(connection_, started.get(), command_);
}

template <class Integer>
void postgres_copy::append(Integer value) {
  const auto bits = static_cast<std::make_unsigned_t<Integer>>(value);
  char bytes[sizeof value];
  for (std::size_t i = 0; i < sizeof value; ++i)
    bytes[i] = static_cast<char>(bits >> (8 * (sizeof value - 1 - i)));
  buffer_.append(bytes, sizeof bytes);
}

void postgres_copy::null() {
  append(std::int32_t{-1});
}

void postgres_copy::begin_row() {
  if (buffer_.size() >= flush_bytes)
    flush();
  append(column_count_);
}

void postgres_copy::time(timestamp at) {
  append(std::int32_t{8});
  append(std::int64_t{(at - epoch).count()});
}

void postgres_copy::number16(std::int64_t value) {
  if (value < 0)
    return null();
  append(std::int32_t{2});
  append(static_cast<std::int16_t>(value));
}

void postgres_copy::number32(std::int32_t value) {
  if (value < 0)
    return null();
  append(std::int32_t{4});
  append(value);
}

void postgres_copy::number64(std::int64_t value) {
  if (value < 0)
    return null();
  append(std::int32_t{8});
  append(value);
}

void postgres_copy::real(double value) {
  if (!std::isfinite(value))
    return null();
  append(std::int32_t{8});
  append(std::bit_cast<std::int64_t>(value));
}

void postgres_copy::text(std::string_view value) {
  if (value.empty())
    return null();
  text_not_null(value);
}

void postgres_copy::text_not_null(std::string_view value) {
  append(static_cast<std::int32_t>(value.size()));
  buffer_ += value;
}

void postgres_copy::flush() {
  if (PQputCopyData(connection_, buffer_.data(), static_cast<int>(buffer_.size())) != 1)
    throw pqxx::broken_connection(PQerrorMessage(connection_));
  buffer_.clear();
}

void postgres_copy::finish() {
  append(std::int16_t{-1});
  flush();
  if (PQputCopyEnd(connection_, nullptr) != 1)
    throw pqxx::broken_connection(PQerrorMessage(connection_));
  const result_ptr ended(PQgetResult(connection_));
  while (const result_ptr ignored{PQgetResult(connection_)}) {
  }
  if (PQresultStatus(ended.get()) != PGRES_COMMAND_OK)
    fail_with(connection_, ended.get(), command_);
}

} // namespace parseflow::db
