// Sessions: tokens that every node with the key accepts, until they expire.
#include "http/access/sessions.hpp"

#include <doctest/doctest.h>

namespace sessions_test {

using namespace parseflow;
using http::sessions;
using namespace std::chrono_literals;

namespace {
const timestamp start = std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 14h;
}

TEST_CASE("sessions: a token holds until its life is over") {
  const sessions ours{secret{"key"}};
  const auto token = ours.open(start);
  CHECK(ours.holds(token, start));
  CHECK(ours.holds(token, start + sessions::life - 1s));
  CHECK_FALSE(ours.holds(token, start + sessions::life));
}

TEST_CASE("sessions: another node with the same key accepts it, one with another key does not") {
  const auto token = sessions{secret{"key"}}.open(start);
  CHECK(sessions{secret{"key"}}.holds(token, start));
  CHECK_FALSE(sessions{secret{"kez"}}.holds(token, start));
  CHECK_FALSE(sessions{secret{""}}.holds(token, start));
}

TEST_CASE("sessions: a token that was changed anywhere does not hold") {
  const sessions ours{secret{"key"}};
  const auto token = ours.open(start);
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto forged = token;
    forged[i] = forged[i] == '9' ? '8' : '9';
    CHECK_FALSE(ours.holds(forged, start));
    CHECK_FALSE(ours.holds(token.substr(0, i), start));
  }
  for (const auto* text : {"", ".", "..", "99999999999.00.00", "x"})
    CHECK_FALSE(ours.holds(text, start));
  CHECK_FALSE(ours.holds(token + "0", start));
}

TEST_CASE("sessions: a token of a clock far ahead holds nowhere else") {
  const sessions ours{secret{"key"}};
  CHECK(ours.holds(ours.open(start + 5min), start));
  CHECK_FALSE(ours.holds(ours.open(start + 24h * 365), start));
}

TEST_CASE("sessions: two of the same second differ") {
  const sessions ours{secret{"key"}};
  CHECK(ours.open(start) != ours.open(start));
}

} // namespace sessions_test
