// Sessions: tokens that every node with the signing key accepts, until they expire.
#include "http/access/sessions.hpp"

#include <doctest/doctest.h>

namespace sessions_test {

using namespace parseflow;
using http::sessions;
using namespace std::chrono_literals;

namespace {

const timestamp start = std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 14h;

// The key that a token stands for; empty if it is none.
std::string key_of(const sessions& ours, std::string_view token, timestamp now) {
  const auto said = ours.read(token, now);
  return said ? said->key : "";
}

} // namespace

TEST_CASE("sessions: a token stands for its key until its life is over") {
  const sessions ours{secret{"signing"}};
  const auto token = ours.open("cc", start);
  CHECK(key_of(ours, token, start) == "cc");
  CHECK(key_of(ours, token, start + sessions::life - 1s) == "cc");
  CHECK_FALSE(ours.read(token, start + sessions::life));
}

TEST_CASE("sessions: another node with the same signing key accepts it, one with another does not") {
  const auto token = sessions{secret{"signing"}}.open("cc", start);
  CHECK(key_of(sessions{secret{"signing"}}, token, start) == "cc");
  CHECK_FALSE(sessions{secret{"signinh"}}.read(token, start));
  CHECK_FALSE(sessions{secret{""}}.read(token, start));
}

TEST_CASE("sessions: a token that was changed anywhere stands for nothing") {
  const sessions ours{secret{"signing"}};
  const auto token = ours.open("cc", start);
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto forged = token;
    forged[i] = forged[i] == '9' ? '8' : '9';
    CHECK_FALSE(ours.read(forged, start));
    CHECK_FALSE(ours.read(token.substr(0, i), start));
  }
  for (const auto* text : {"", ".", "..", "...", "99999999999.cc.00.00", "x"})
    CHECK_FALSE(ours.read(text, start));
  CHECK_FALSE(ours.read(token + "0", start));
}

TEST_CASE("sessions: a token of a clock far ahead holds nowhere else") {
  const sessions ours{secret{"signing"}};
  CHECK(ours.read(ours.open("cc", start + 5min), start));
  CHECK_FALSE(ours.read(ours.open("cc", start + 24h * 365), start));
}

TEST_CASE("sessions: the token of a link says which apps it shows, and until when") {
  const sessions ours{secret{"signing"}};
  for (const auto& apps : {std::vector<std::string>{}, {"shop"}, {"shop.example", "blog-2", "a_b"}}) {
    const auto token = ours.share("cc", apps, start + 48h);
    const auto said = ours.read(token, start);
    REQUIRE(said);
    CHECK(said->key == "cc");
    CHECK(said->is_shared);
    CHECK(said->apps == apps);
    CHECK(said->ends == start + 48h);
    CHECK(ours.read(token, start + 48h - 1s));
    CHECK_FALSE(ours.read(token, start + 48h));
    CHECK_FALSE(sessions{secret{"signinh"}}.read(token, start));
  }
  const auto own = ours.read(ours.open("cc", start), start);
  CHECK_FALSE(own->is_shared);
  CHECK(own->apps.empty());
}

TEST_CASE("sessions: a link can neither be changed nor last longer than links may") {
  const sessions ours{secret{"signing"}};
  const auto token = ours.share("cc", {"shop"}, start + 48h);
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto forged = token;
    forged[i] = forged[i] == '9' ? '8' : '9';
    CHECK_FALSE(ours.read(forged, start));
    CHECK_FALSE(ours.read(token.substr(0, i) + token.substr(i + 1), start));
  }
  CHECK(ours.read(ours.share("cc", {}, start + sessions::max_shared_life), start));
  CHECK_FALSE(ours.read(ours.share("cc", {}, start + sessions::max_shared_life + 1h), start));
}

TEST_CASE("sessions: two of the same second differ") {
  const sessions ours{secret{"signing"}};
  CHECK(ours.open("cc", start) != ours.open("cc", start));
}

} // namespace sessions_test
