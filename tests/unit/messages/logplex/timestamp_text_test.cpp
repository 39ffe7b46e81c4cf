// Timestamps in all formats that senders use.
#include "messages/logplex/timestamp_text.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace parseflow::logplex {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

constexpr timestamp base = sys_days{std::chrono::year{2026} / 3 / 2} + 14h + 7min + 31s;

// Microseconds after `base`; fails unless all of `text` is read.
std::chrono::microseconds read(std::string_view text) {
  timestamp_reader reader;
  timestamp at{};
  CHECK(reader.read(text, at) == text.size());
  return at - base;
}

bool refuses(std::string_view text) {
  timestamp_reader reader;
  timestamp at{};
  return reader.read(text, at) == 0;
}

TEST_CASE("timestamp: fractions of zero to six digits are exact, further digits are dropped") {
  CHECK(read("2026-03-02T14:07:31+00:00") == 0us);
  CHECK(read("2026-03-02T14:07:31.5+00:00") == 500'000us);
  CHECK(read("2026-03-02T14:07:31.118+00:00") == 118'000us);
  CHECK(read("2026-03-02T14:07:31.118204+00:00") == 118'204us);
  CHECK(read("2026-03-02T14:07:31.118204999+00:00") == 118'204us);
  CHECK(read("2026-03-02T14:07:31.000000Z") == 0us);
}

TEST_CASE("timestamp: offsets are taken off") {
  CHECK(read("2026-03-02T14:07:31Z") == 0us);
  CHECK(read("2026-03-02T15:07:31+01:00") == 0us);
  CHECK(read("2026-03-02T08:37:31.25-05:30") == 250'000us);
  CHECK(read("2026-03-03T04:07:31+14:00") == 0us);
}

TEST_CASE("timestamp: a leap second is the first second of the next minute") {
  CHECK(read("2026-03-02T14:07:60.000001+00:00") == 29s + 1us);
  CHECK(read("2026-03-02T14:07:60Z") == 29s);
}

TEST_CASE("timestamp: the minute remembered from the last one is used only for the same minute") {
  timestamp_reader reader;
  timestamp at{};
  for (int round = 0; round < 2; ++round) {
    CHECK(reader.read("2026-03-02T14:07:31.118204+00:00 host", at) == 32);
    CHECK(at == base + 118'204us);
    CHECK(reader.read("2026-03-02T14:07:59.999999+00:00", at) == 32);
    CHECK(at == base + 28s + 999'999us);
    CHECK(reader.read("2026-03-02T14:08:00.000000+00:00", at) == 32);
    CHECK(at == base + 29s);
    CHECK(reader.read("2026-03-02T14:08:00.000000+01:00", at) == 32);
    CHECK(at == base + 29s - 1h);
    CHECK(reader.read("2026-03-02T14:08:61.000000+00:00", at) == 0);
    CHECK(reader.read("2026-03-02T14:08:0x.000000+00:00", at) == 0);
    CHECK(reader.read("2026-03-02T14:08:00.00000x+00:00", at) == 0);
    CHECK(at == base + 29s - 1h);
  }
}

TEST_CASE("timestamp: each single damaged byte is found or changes the value") {
  const std::string good = "2026-03-02T14:07:31.118204+00:00";
  for (std::size_t i = 0; i < good.size(); ++i)
    for (const char c : {'/', ':', ' ', 'x', '\0', '\xb1', '-', '.'}) {
      if (good[i] == c || (good[i] == '+' && c == '-') || (i == 26 && c == '.'))
        continue;
      std::string text = good;
      text[i] = c;
      CAPTURE(text);
      timestamp_reader reader;
      timestamp at{};
      reader.read(good, at);
      CHECK(reader.read(text, at) == 0);
    }
}

TEST_CASE("timestamp: what tools print is read if it is asked for") {
  const auto loose = [](std::string_view text) {
    timestamp_reader reader;
    timestamp at{};
    CHECK(reader.read_loosely(text, at) == text.size());
    return at - base;
  };
  for (const std::string_view text :
       {"2026-03-02T14:07:31", "2026-03-02T14:07:31Z", "2026-03-02 14:07:31", "2026-03-02 14:07:31+00:00",
        "2026-03-02T14:07:31+0000", "2026-03-02 14:07:31 +0000", "2026-03-02T15:07:31+0100",
        "2026-03-02 09:07:31 -05:00"})
    CHECK(loose(text) == 0us);
  CHECK(loose("2026-03-02T14:07:31.320") == 320'000us);
  timestamp_reader reader;
  timestamp at{};
  CHECK(reader.read_loosely("2026-03-02 14:07:31 UTC app", at) == 23);
  CHECK(reader.read_loosely("2026-03-02 14:07:31.5 heroku", at) == 21);
  CHECK(reader.read("2026-03-02 14:07:31+00:00", at) == 0); // the remembered date must not be used
  for (const std::string_view text :
       {"2026-03-02", "2026-03-02T14:07", "2026-03-02T14:07:31x", "2026-03-02_14:07:31",
        "2026-03-02T14:07:31+24:00", "2026-03-02T14:07:31+2500", "2026-13-02 14:07:31"})
    CHECK(reader.read_loosely(text, at) == 0);
}

TEST_CASE("timestamp: what names no instant is refused") {
  for (const std::string_view text :
       {"", "-", "2026-03-02", "2026-03-02T14:07:31", "2026-03-02 14:07:31Z", "2026-13-02T14:07:31Z",
        "2026-02-29T14:07:31Z", "2026-03-02T24:07:31Z", "2026-03-02T14:60:31Z", "2026-03-02T14:07:61Z",
        "2026-03-02T14:07:31.Z", "2026-03-02T14:07:31+0000", "2026-03-02T14:07:31+24:00",
        "2026-03-02T14:07:31+00:60", "2026-00-02T14:07:31Z", "2026-03-00T14:07:31Z",
        "Mar  2 14:07:31 host app:"}) {
    CAPTURE(text);
    CHECK(refuses(text));
  }
  CHECK(read("2024-02-29T14:07:31Z") < 0us);
}

} // namespace
} // namespace parseflow::logplex
