// Sessions: tokens that every node with the signing key accepts, until they expire.
#include "http/access/sessions.hpp"

#include <doctest/doctest.h>

namespace sessions_test {

using namespace parseflow;
using http::sessions;
using namespace std::chrono_literals;

namespace {
const timestamp start = std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 14h;
}

TEST_CASE("sessions: a token stands for its key until its life is over") {
  const sessions ours{secret{"signing"}};
  const auto token = ours.open("cc", start);
  CHECK(ours.key_of(token, start) == "cc");
  CHECK(ours.key_of(token, start + sessions::life - 1s) == "cc");
  CHECK_FALSE(ours.key_of(token, start + sessions::life));
}

TEST_CASE("sessions: another node with the same signing key accepts it, one with another does not") {
  const auto token = sessions{secret{"signing"}}.open("cc", start);
  CHECK(sessions{secret{"signing"}}.key_of(token, start) == "cc");
  CHECK_FALSE(sessions{secret{"signinh"}}.key_of(token, start));
  CHECK_FALSE(sessions{secret{""}}.key_of(token, start));
}

TEST_CASE("sessions: a token that was changed anywhere stands for nothing") {
  const sessions ours{secret{"signing"}};
  const auto token = ours.open("cc", start);
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto forged = token;
    forged[i] = forged[i] == '9' ? '8' : '9';
    CHECK_FALSE(ours.key_of(forged, start));
    CHECK_FALSE(ours.key_of(token.substr(0, i), start));
  }
  for (const auto* text : {"", ".", "..", "...", "99999999999.cc.00.00", "x"})
    CHECK_FALSE(ours.key_of(text, start));
  CHECK_FALSE(ours.key_of(token + "0", start));
}

TEST_CASE("sessions: a token of a clock far ahead holds nowhere else") {
  const sessions ours{secret{"signing"}};
  CHECK(ours.key_of(ours.open("cc", start + 5min), start));
  CHECK_FALSE(ours.key_of(ours.open("cc", start + 24h * 365), start));
}

TEST_CASE("sessions: two of the same second differ") {
  const sessions ours{secret{"signing"}};
  CHECK(ours.open("cc", start) != ours.open("cc", start));
}

} // namespace sessions_test
