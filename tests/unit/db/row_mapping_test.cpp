// Converts records to rows: only what the mapping decides. store_test checks that the databases accept
// the rows.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "db/row_mapping.hpp"
#include "messages/logplex/router_line.hpp"

namespace row_mapping_test {

using namespace parseflow;
using namespace parseflow::db;

namespace {

// The row for the text of a router line; `text` and `mapper` must outlive it.
request_row row_of(row_mapper& mapper, std::string_view text) {
  request_record record;
  REQUIRE(logplex::read_router_line(text, record));
  return mapper.map(record, 1, "shop");
}

template <class Row>
std::size_t count_columns(const Row& row) {
  struct {
    std::size_t count = 0;
    void time(timestamp) { ++count; }
    void number16(std::int64_t) { ++count; }
    void number32(std::int32_t) { ++count; }
    void number64(std::int64_t) { ++count; }
    void real(double) { ++count; }
    void text(std::string_view) { ++count; }
    void text_not_null(std::string_view) { ++count; }
    void json(std::string_view) { ++count; }
    void blob(std::string_view) { ++count; }
  } counter;
  visit(row, counter);
  return counter.count;
}

std::size_t names_in(std::string_view columns) {
  return static_cast<std::size_t>(std::count(columns.begin(), columns.end(), ',')) + 1;
}

} // namespace

TEST_CASE("row_mapping: as many values as columns") {
  CHECK(count_columns(request_row{}) == request_table.count);
  CHECK(names_in(request_table.columns) == request_table.count);
  CHECK(count_columns(log_row{}) == log_table.count);
  CHECK(names_in(log_table.columns) == log_table.count);
  CHECK(count_columns(sample_row{}) == sample_table.count);
  CHECK(names_in(sample_table.columns) == sample_table.count);
}

TEST_CASE("row_mapping: a line whose columns say all has no extra") {
  row_mapper mapper;
  const std::string text =
      R"(at=info method=GET path="/" host=x fwd="" dyno= connect=0ms service= status=304 bytes=0 )"
      R"(protocol=https)";
  const request_row row = row_of(mapper, text);
  CHECK(row.extra.empty());
  CHECK(row.raw.empty());
  CHECK(row.connect_ms == 0);
  CHECK(row.bytes == 0);
  CHECK(row.service_ms == request_record::unknown);
  // `extra` does not keep pairs of an earlier row.
  const std::string other = "method=GET status=200 tls=true";
  CHECK(row_of(mapper, other).extra == R"({"tls": "true"})");
  CHECK(row_of(mapper, text).extra.empty());
}

TEST_CASE("row_mapping: extra holds unknown keys, flags, second values and whatever a number could not") {
  row_mapper mapper;
  const std::string text = R"(sock=backend at=info method=GET path="/a?x=1 at=y" host=h host=h2 status=200 )"
                           R"(connect=2s service=7 bytes= agent="a \"b\" \\ c" cause= tls)";
  const request_row row = row_of(mapper, text);
  CHECK(row.path == "/a?x=1 at=y");
  CHECK(row.service_ms == 7);
  CHECK(
      row.extra ==
      R"({"sock": "backend", "host": "h", "connect": "2s", "agent": "a \"b\" \\\\ c", "cause": "", "tls": true})");
}

TEST_CASE("row_mapping: control characters in extra are escaped") {
  row_mapper mapper;
  const std::string text("method=GET status=200 k=\"\x01\t\x1F\"");
  CHECK(row_of(mapper, text).extra == R"({"k": "\u0001\u0009\u001f"})");
}

TEST_CASE("row_mapping: numbers of any size fit or are NULL") {
  row_mapper mapper;
  request_record record;
  record.text = "status=40000";
  record.status = 40'000;
  record.bytes = std::numeric_limits<std::int64_t>::max();
  const request_row row = mapper.map(record, 1, "shop");
  CHECK(row.status == request_record::unknown);
  CHECK(row.extra == R"({"status": "40000"})");
  CHECK(row.bytes == record.bytes);
}

TEST_CASE("row_mapping: times beyond what both databases show are moved into it") {
  CHECK(storable_time(timestamp::min()) == std::chrono::sys_days{std::chrono::year{1} / 1 / 1});
  CHECK(storable_time(timestamp::max()) + std::chrono::microseconds(1) ==
        std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1});
  CHECK(storable_time(timestamp{}) == timestamp{});
  row_mapper mapper;
  request_record request;
  request.at = timestamp::min();
  CHECK(mapper.map(request, 1, "shop").at == storable_time(timestamp::min()));
  log_record line;
  line.at = timestamp::max();
  CHECK(mapper.map(line, 1).at == storable_time(timestamp::max()));
  sample_record number;
  number.at = timestamp::max();
  CHECK(mapper.map(number, 1).at == storable_time(timestamp::max()));
}

TEST_CASE("row_mapping: a number is never a negative zero, which only one of the databases has") {
  row_mapper mapper;
  sample_record number;
  number.value = -0.0;
  CHECK_FALSE(std::signbit(mapper.map(number, 1).value));
}

TEST_CASE("row_mapping: raw is filled only for a text that had to be altered") {
  row_mapper mapper;
  log_record record;
  record.text = "fine ☕";
  CHECK(mapper.map(record, 1).raw.empty());
  record.text = "broken \xE2\x98";
  const log_row& row = mapper.map(record, 1);
  CHECK(row.raw == record.text);
  CHECK(row.text == "broken \xEF\xBF\xBD\xEF\xBF\xBD");
  record.text = "fine again";
  CHECK(mapper.map(record, 1).raw.empty());
}

} // namespace row_mapping_test
