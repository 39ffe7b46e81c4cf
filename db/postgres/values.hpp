// Converts values of this program to values of PostgreSQL and back.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/postgres/dialect.hpp"
#include "messages/time.hpp"

namespace parseflow::db {

/// Formats a time as `YYYY-MM-DD hh:mm:ss.uuuuuu+00`, for PostgreSQL.
std::string timestamptz_text(timestamp at);

/// The time in a column of microseconds since 1970; NULL is the beginning of 1970.
timestamp time_in(const pqxx::field& micros);

/// The minute in a column of minutes since 1970.
minute minute_in(const pqxx::field& minutes);

/// The bytes of a column of the type bytea.
std::string bytes_of(const pqxx::field& field);

/// An array literal, which passes several values as one parameter.
class array_literal {
public:
  void add(std::string_view text);
  void add(timestamp at) { add(timestamptz_text(at)); }

  std::string text() const { return elements_.empty() ? "{}" : elements_ + '}'; }

private:
  std::string elements_; // including the opening brace
};

} // namespace parseflow::db
