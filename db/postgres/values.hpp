// Values of ours ↔ values of PostgreSQL.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/postgres/dialect.hpp"
#include "messages/time.hpp"

namespace parseflow::db {

/// `YYYY-MM-DD hh:mm:ss.uuuuuu+00`, as PostgreSQL reads it.
std::string timestamptz_text(timestamp at);

/// A column of microseconds since 1970; NULL is the beginning of 1970.
timestamp time_in(const pqxx::field& micros);

/// A column of minutes since 1970.
minute minute_in(const pqxx::field& minutes);

/// The bytes of a column of the type bytea.
std::string bytes_of(const pqxx::field& field);

/// An array literal: how many values become one parameter.
class array_literal {
public:
  void add(std::string_view text);
  void add(timestamp at) { add(timestamptz_text(at)); }

  std::string text() const { return elements_.empty() ? "{}" : elements_ + '}'; }

private:
  std::string elements_; // with the first brace
};

} // namespace parseflow::db
