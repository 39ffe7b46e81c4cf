// Sessions: opened, found, ended by request, by age and by number.
#include "http/sessions.hpp"

#include <doctest/doctest.h>

using parseflow::http::sessions;
using namespace std::chrono_literals;

namespace {
constexpr sessions::time_point start{1h};
}

TEST_CASE("sessions: a token holds until its life is over") {
  sessions open;
  const auto token = open.open(start);
  CHECK(open.holds(token, start));
  CHECK(open.holds(token, start + sessions::life - 1s));
  CHECK_FALSE(open.holds(token, start + sessions::life));
  CHECK_FALSE(open.holds("", start));
  CHECK_FALSE(open.holds(token + "0", start));
}

TEST_CASE("sessions: one that is ended holds no more, others do") {
  sessions open;
  const auto first = open.open(start), second = open.open(start);
  open.end(first);
  open.end("unknown");
  CHECK_FALSE(open.holds(first, start));
  CHECK(open.holds(second, start));
}

TEST_CASE("sessions: beyond the bound the oldest ends") {
  sessions open;
  const auto oldest = open.open(start);
  const auto second = open.open(start + 1s);
  for (std::size_t i = 0; i < sessions::max_open - 1; ++i)
    open.open(start + 2s);
  CHECK(open.size() == sessions::max_open);
  CHECK_FALSE(open.holds(oldest, start + 2s));
  CHECK(open.holds(second, start + 2s));
}

TEST_CASE("sessions: those that are over leave with the next one") {
  sessions open;
  open.open(start);
  open.open(start + sessions::life);
  CHECK(open.size() == 1);
}
