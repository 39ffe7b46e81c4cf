// Times as text: writing and reading.
#include "http/render/time_text.hpp"

#include <doctest/doctest.h>

namespace time_text_test {

using namespace parseflow;
using namespace parseflow::http;
using namespace std::chrono_literals;

namespace {
constexpr timestamp sample =
    std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 14h + 7min + 31s + 118'204us;
}

TEST_CASE("time text: is RFC 3339 in UTC with milliseconds") {
  CHECK(rfc3339(sample) == "2026-03-02T14:07:31.118Z");
  CHECK(rfc3339(timestamp{}) == "1970-01-01T00:00:00.000Z");
}

TEST_CASE("time text: reads RFC 3339 with any offset, and unix seconds") {
  CHECK(read_time("2026-03-02T14:07:31.118204Z") == sample);
  CHECK(read_time("2026-03-02T15:07:31.118204+01:00") == sample);
  CHECK(read_time("1772460451") == timestamp{1772460451s});
  CHECK(read_time("1772460451.5") == timestamp{1772460451s + 500ms});
  CHECK(read_time("0") == timestamp{});
}

TEST_CASE("time text: refuses everything else") {
  for (const auto* text : {"", " ", "now", "-1", "1e9", "nan", "inf", "2026-03-02", "2026-03-02T14:07:31",
                           "2026-03-02T14:07:31Zx", "2026-13-02T14:07:31Z", "999999999999999", "1 "})
    CHECK_MESSAGE(!read_time(text), text);
}

} // namespace time_text_test
