#include "db/postgres/values.hpp"

#include <memory>
#include <new>

#include <fmt/format.h>
#include <libpq-fe.h>

namespace parseflow::db {

std::string timestamptz_text(timestamp at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}+00", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

timestamp time_in(const pqxx::field& micros) {
  return timestamp{std::chrono::microseconds{micros.is_null() ? 0 : micros.as<std::int64_t>()}};
}

minute minute_in(const pqxx::field& minutes) {
  return minute{std::chrono::minutes{minutes.as<std::int64_t>()}};
}

std::string bytes_of(const pqxx::field& field) {
  std::size_t size = 0;
  const std::unique_ptr<unsigned char, decltype(&PQfreemem)> bytes(
      PQunescapeBytea(reinterpret_cast<const unsigned char*>(field.c_str()), &size), PQfreemem);
  if (!bytes)
    throw std::bad_alloc();
  return {reinterpret_cast<const char*>(bytes.get()), size};
}

void array_literal::add(std::string_view text) {
  elements_ += elements_.empty() ? "{\"" : ",\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      elements_ += '\\';
    elements_ += c;
  }
  elements_ += '"';
}

} // namespace parseflow::db
