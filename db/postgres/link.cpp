#include "db/postgres/link.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "db/failure.hpp"

namespace parseflow::db {

namespace {

// Decides by the SQLSTATE (appendix A of PostgreSQL's manual). Only errors caused by the values of a frame
// are rejected; errors about statements, sessions, locks, limits, shutdowns or failovers, and unknown ones,
// are not.
bool is_fault_of_data(std::string_view state) {
  constexpr std::array data_at_fault{"22", "23", "54000"}; // the last: a row or key is too large
  constexpr std::string_view sequence_exhausted = "2200H";
  return state != sequence_exhausted &&
         std::any_of(data_at_fault.begin(), data_at_fault.end(),
                     [&](std::string_view one) { return state.starts_with(one); });
}

// True for errors after which another session of the server may work: the server, or a pooler before it, has
// lost track of this session.
bool is_fault_of_session(std::string_view state) {
  constexpr std::array classes{"08", "0A", "25", "26", "34", "42"};
  return std::any_of(classes.begin(), classes.end(),
                     [&](std::string_view one) { return state.starts_with(one); });
}

} // namespace

postgres_link::postgres_link(std::string url, const postgres_limits& limits)
    : url_(std::move(url)), limits_(limits), parts_(url_) {}

std::string postgres_link::place() const {
  if (!parts_.is_valid)
    return "PostgreSQL";
  return fmt::format("PostgreSQL at {}:{}/{}", parts_.host, parts_.port, parts_.database);
}

void postgres_link::open() {
  if (!parts_.is_valid)
    throw unusable(
        "the database URL is malformed: it must be postgres://USER:PASSWORD@HOST:PORT/DATABASE, with "
        "special characters in the password written as %XX");
  if (is_open())
    return;
  session_.reset(); // without this a failure to connect would look like a lost connection
  session_ = std::make_unique<postgres_session>(url_, limits_);
}

result postgres_link::failure() {
  try {
    throw;
  } catch (const pqxx::in_doubt_error&) {
    close();
    return {outcome::in_doubt, "the connection was lost while the transaction was committed"};
  } catch (const pqxx::broken_connection& e) {
    // Once connected, libpqxx reports only that it could not ask the lost connection for its encoding.
    const bool was_connected = session_ != nullptr;
    close();
    return {outcome::retry, was_connected ? "the connection was lost" : std::string(first_line(e.what()))};
  } catch (const pqxx::sql_error& e) {
    // A server that ends the session says so in an error; without this check only the next call would find
    // the socket closed.
    if (is_fault_of_session(e.sqlstate()) || !is_open())
      close();
    return {is_fault_of_data(e.sqlstate()) ? outcome::rejected : outcome::retry,
            std::string(first_line(e.what()))};
  } catch (const pqxx::failure& e) { // serialization, deadlock
    if (!is_open())
      close();
    return {outcome::retry, std::string(first_line(e.what()))};
  } catch (const std::exception& e) { // an unknown error is no reason to blame a frame
    close();
    return {outcome::retry, std::string(first_line(e.what()))};
  }
}

} // namespace parseflow::db
