// A line of the Postgres server's log (heroku-formats 8.2).
//
//   [DATABASE] [18-1]  sql_error_code = 00000 LOG:  duration: 2143.552 ms  statement: SELECT count(*) FROM
//   orders
//   [DATABASE] [18-1]  sql_error_code = 22012 pid="2539221" user="u0" application_name="psql" ERROR: division
//   by zero
//   [DATABASE] [18-1]  ERROR:  deadlock detected
#pragma once

#include <cstdint>
#include <string_view>

#include "messages/parsed_body.hpp"

namespace parseflow::logplex {

/// The parts of such a line, as views into it.
struct postgres_line {
  /// `DATABASE`, `TEAL`, …
  std::string_view database;
  /// The number of the line in its session, and of this part of it; both count from 1.
  std::uint64_t line = 0;
  std::uint64_t part = 0;
  /// The text after the numbers, without leading blanks. May be empty.
  std::string_view text;
  /// The code, if this part names one; else empty.
  std::string_view sql_error_code;
  severity level = severity::none;
};

/// Reads `text`. False if it is no such line; `out` is then undefined. The level is the one after the last
/// pair, so a client cannot imitate it by the name of its application, user or database.
bool read_postgres_line(std::string_view text, postgres_line& out);

} // namespace parseflow::logplex
