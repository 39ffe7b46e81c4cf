// The counts of a body, compared with a model that counts line by line in maps.
#include <doctest/doctest.h>

#include "messages/logplex/address_text.hpp"
#include "messages/logplex/endpoint_path.hpp"
#include "messages/rollup/builder.hpp"
#include "tests/unit/messages/rollup/samples.hpp"

using namespace parseflow;
using namespace parseflow::rollup;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

const timestamp start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 14h + 7min + 31s;

std::string_view country_of(std::string_view address) {
  return address == "192.0.2.3" ? "DE" : address == "192.0.2.4" ? "BR" : "";
}

void count(request_stats& into, const request_record& r) {
  ++into.count;
  into.errors += r.status < 100 || r.status >= 400 || r.level == severity::error;
  into.failures += (r.status >= 500 && r.status < 600) || r.level == severity::error;
  into.websockets += r.status == 101;
  if (r.service_ms >= 0 && r.status != 101)
    into.service.add(r.service_ms);
}

// The partial rollup, counted in the simple way.
std::map<minute, minute_rollup> model_of(const parsed_body& body, minute home, timestamp received_at) {
  std::map<minute, minute_rollup> result;
  std::map<minute, std::map<std::string, request_stats>> endpoints;
  std::string scratch;
  for (const auto& r : body.requests) {
    auto& m = result[minute_of(r.at)];
    ++m.lines;
    ++m.requests;
    m.errors += r.status < 100 || r.status >= 400 || r.level == severity::error;
    m.failures += (r.status >= 500 && r.status < 600) || r.level == severity::error;
    ++m.by_status_class[r.status < 0 ? 0 : static_cast<std::size_t>(r.status) / 100];
    if (r.status >= 100 && r.status < 600)
      ++m.by_status[static_cast<std::uint16_t>(r.status)];
    logplex::address_scratch address;
    const auto peer = logplex::peer_address(r.fwd, address);
    if (!peer.empty())
      m.visitors.add(distinct_counter::hash_of(peer));
    if (r.at <= received_at - 5min)
      ++result[minute_of(received_at)].late;
    if (r.at >= received_at + 5min)
      ++result[minute_of(received_at)].early;
    ++m.by_method[r.method == "GET"      ? 0
                  : r.method == "POST"   ? 1
                  : r.method == "PUT"    ? 2
                  : r.method == "DELETE" ? 3
                  : r.method == "HEAD"   ? 5
                  : r.method == "PATCH"  ? 6
                                         : 4];
    if (r.service_ms >= 0)
      (r.status == 101 ? m.websockets : m.service).add(r.service_ms);
    if (r.connect_ms >= 0 && r.status != 101)
      m.connect.add(r.connect_ms);
    if (r.bytes >= 0)
      m.response_bytes += static_cast<std::uint64_t>(r.bytes);
    if (!r.code.empty())
      ++m.error_codes[std::string(r.code)];
    if (const auto country = country_of(peer); !country.empty())
      ++m.countries[std::string(country)];
    if (!r.dyno.empty())
      count(m.dynos[std::string(r.dyno)], r);
    ++m.by_second[static_cast<std::size_t>((r.at - minute_of(r.at)) / 1s)];
    count(endpoints[minute_of(r.at)][std::string(logplex::endpoint_of(r.path, scratch))], r);
  }
  for (const auto& line : body.lines) {
    auto& m = result[minute_of(line.at)];
    ++m.lines;
    m.malformed += line.kind == line_kind::malformed;
  }
  result[home].count_mismatches += body.framing.has_count_mismatch;
  for (auto& [at, stats] : endpoints) {
    std::vector<heavy_hitters<request_stats>::entry> entries;
    for (auto& [key, value] : stats)
      entries.push_back({key, value, 0});
    result[at].endpoints = heavy_hitters<request_stats>(entries, limits{}.endpoints);
  }
  return result;
}

request_record plain_request(timestamp at) {
  request_record r;
  r.at = at;
  r.method = "GET";
  r.path = "/";
  r.status = 200;
  r.service_ms = 5;
  return r;
}

const minute_rollup& only(const partial& p) {
  REQUIRE(p.size() == 1);
  return p.front().data;
}

} // namespace

TEST_CASE("builder: counts what the simple way counts, body after body") {
  std::mt19937_64 random(1);
  builder b(limits{}, country_of);
  for (int round = 0; round < 150; ++round) {
    const auto spread = round % 3 == 0 ? 20s : round % 3 == 1 ? 90s : 7200s;
    auto sample = random_body(random, 4 + random() % 400, start, spread);
    sample.body.framing.has_count_mismatch = random() % 2 == 0;
    sample.body.lines.clear();
    sample.body.samples.clear();
    const timestamp received_at = round % 2 == 0 ? start : start + 70min;
    const auto expected = model_of(sample.body, minute_of(sample.body.requests.front().at), received_at);
    const auto found = b.build(sample.body, 55'000, received_at);
    REQUIRE(found.size() == expected.size());
    auto next = found.begin();
    std::uint64_t bytes = 0;
    for (auto [at, data] : expected) {
      CHECK((next->data.bytes != 0) == (data.lines != 0));
      bytes += data.bytes = next->data.bytes;
      CHECK(next->at == at);
      CHECK(next->data == data);
      ++next;
    }
    CHECK(bytes == 55'000);
  }
}

TEST_CASE("builder: other lines are counted in their minutes") {
  std::mt19937_64 random(2);
  builder b(limits{});
  const auto sample = random_body(random, 400, start, 600s);
  std::map<minute, std::uint64_t> lines, malformed;
  for (const auto& r : sample.body.requests)
    ++lines[minute_of(r.at)];
  for (const auto& l : sample.body.lines) {
    ++lines[minute_of(l.at)];
    malformed[minute_of(l.at)] += l.kind == line_kind::malformed;
  }
  const auto found = b.build(sample.body, 1, start);
  REQUIRE(found.size() == lines.size());
  for (const auto& part : found) {
    CHECK(part.data.lines == lines[part.at]);
    CHECK(part.data.malformed == malformed[part.at]);
  }
}

TEST_CASE(
    "builder: a body counts in the minute of its first line, whatever kind that is; bytes in those of all") {
  const std::string text = "first second";
  parsed_body body;
  body.requests.push_back(plain_request(start));
  body.lines.push_back({.at = start - 1h, .source = "app", .proc = "web.1", .text = "x"});
  body.framing.has_count_mismatch = true;
  builder b(limits{});

  body.requests[0].text = std::string_view(text).substr(6);
  body.lines[0].text = std::string_view(text).substr(0, 5);
  auto found = b.build(body, 777, start);
  REQUIRE(found.size() == 2);
  CHECK(found[0].data.bytes == 388); // "first", and half of the bytes around the texts
  CHECK(found[0].data.count_mismatches == 1);
  CHECK(found[1].data.bytes == 389);

  std::swap(body.requests[0].text, body.lines[0].text);
  found = b.build(body, 777, start);
  REQUIRE(found.size() == 2);
  CHECK(found[0].data.bytes == 389);
  CHECK(found[0].data.count_mismatches == 0);
  CHECK(found[1].data.bytes == 388);
  CHECK(found[1].data.count_mismatches == 1);

  found = b.build(body, 3, start); // fewer than the bytes of the texts
  CHECK(found[0].data.bytes + found[1].data.bytes == 3);
}

TEST_CASE("builder: a body without lines counts in the minute of its receipt, an empty one not at all") {
  builder b(limits{});
  parsed_body body;
  CHECK(b.build(body, 0, start).empty());
  const auto found = b.build(body, 9, start);
  REQUIRE(found.size() == 1);
  CHECK(found[0].at == minute_of(start));
  CHECK(found[0].data.bytes == 9);
  CHECK(found[0].data.lines == 0);
  body.framing.has_count_mismatch = true;
  CHECK(only(b.build(body, 0, start)).count_mismatches == 1);
}

TEST_CASE("builder: what is dated ahead lands in its own minute") {
  builder b(limits{});
  parsed_body body;
  const auto ahead = std::chrono::sys_days(std::chrono::year(2099) / 12 / 31) + 23h + 59min + 59s;
  body.requests.push_back(plain_request(ahead));
  const auto found = b.build(body, 1, start);
  REQUIRE(found.size() == 2);
  CHECK(found[0].at == minute_of(start));
  CHECK(found[0].data.lines == 0);
  CHECK(found[0].data.early == 1);
  CHECK(found[1].at == minute_of(ahead));
  CHECK(found[1].data.by_second[59] == 1);
}

TEST_CASE("builder: other bounds hold for the bodies that follow") {
  builder b(limits{.longest_age = 24h * 30});
  parsed_body body;
  body.requests.push_back(plain_request(start - 24h * 31));
  CHECK(b.build(body, 1, start).front().at == minute_of(start));
  b.set_bounds(limits{.longest_age = 24h * 32});
  CHECK(b.build(body, 1, start).front().at == minute_of(start - 24h * 31));
}

TEST_CASE("builder: a line whose minute would not be kept is counted in that of its receipt") {
  builder b(limits{.longest_age = 24h * 30});
  parsed_body body;
  for (const auto age : {24h * 365 * 50, 24h * 31, 24h * 29, 0h})
    body.requests.push_back(plain_request(start - age));
  sample_record sample;
  sample.at = start - 24h * 31;
  sample.kind = sample_kind::count;
  sample.name = "orders";
  sample.value = 1;
  body.samples.push_back(sample);
  const auto found = b.build(body, 1, start);
  REQUIRE(found.size() == 2);
  CHECK(found[0].at == minute_of(start - 24h * 29));
  CHECK(found[0].data.requests == 1);
  CHECK(found[1].at == minute_of(start));
  CHECK(found[1].data.requests == 3);
  CHECK(found[1].data.late == 3);
  CHECK(found[1].data.custom.counts.at("orders").observations == 1);
}

TEST_CASE("builder: lines beyond the bound of minutes count in the minute of receipt") {
  builder b(limits{.minutes = 3});
  parsed_body body;
  for (int i = 0; i < 10; ++i)
    body.requests.push_back(plain_request(start - 5h + i * 1min));
  const auto found = b.build(body, 1, start);
  REQUIRE(found.size() == 4);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(found[i].data.requests == 1);
  CHECK(found[3].at == minute_of(start));
  CHECK(found[3].data.requests == 7);
  CHECK(found[3].data.late == 10);
  body.requests.resize(3);
  CHECK(b.build(body, 1, start - 5h).size() == 3);
}

TEST_CASE("builder: a request without status is an error, one without service is no duration") {
  builder b(limits{});
  parsed_body body;
  auto h24 = plain_request(start);
  h24.status = request_record::unknown;
  h24.service_ms = request_record::unknown;
  h24.code = "H24";
  h24.dyno = "web.1";
  body.requests.push_back(h24);
  const auto found = b.build(body, 1, start);
  const auto& r = only(found);
  CHECK(r.requests == 1);
  CHECK(r.errors == 1);
  CHECK(r.by_status_class[0] == 1);
  CHECK(r.service.count() == 0);
  CHECK(r.error_codes.at("H24") == 1);
  CHECK(r.dynos.at("web.1").errors == 1);
  CHECK(r.dynos.at("web.1").service.count() == 0);
  CHECK(r.endpoints.entries()[0].payload.errors == 1);
}

TEST_CASE("builder: a request that the router gave up is an error and a failure, whatever its status") {
  builder b(limits{});
  parsed_body body;
  const auto add = [&body](std::int64_t status, severity level) {
    auto r = plain_request(start);
    r.status = status;
    r.level = level;
    r.dyno = "web.1";
    body.requests.push_back(r);
  };
  add(200, severity::error);   // H18: it was interrupted in the middle
  add(499, severity::warning); // H27: the client closed the connection
  add(404, severity::info);
  add(503, severity::info);
  add(request_record::unknown, severity::error); // H24
  add(304, severity::info);
  const auto found = b.build(body, 1, start);
  const auto& r = only(found);
  CHECK(r.errors == 5);
  CHECK(r.failures == 3);
  for (const auto& stats : {r.dynos.at("web.1"), r.endpoints.entries()[0].payload}) {
    CHECK(stats.errors == 5);
    CHECK(stats.failures == 3);
  }
}

TEST_CASE("builder: how long WebSockets were open is no response time") {
  builder b(limits{});
  parsed_body body;
  for (int i = 0; i < 20; ++i) {
    body.requests.push_back(plain_request(start));
    body.requests.back().service_ms = 20 + i;
    body.requests.back().connect_ms = 1;
    body.requests.back().dyno = "web.1";
  }
  for (const auto ms : {394'240, 60'000, 577'000}) {
    body.requests.push_back(body.requests.front());
    body.requests.back().status = 101;
    body.requests.back().service_ms = ms;
  }
  const auto found = b.build(body, 1, start);
  const auto& r = only(found);
  CHECK(r.requests == 23);
  CHECK(r.by_status.at(101) == 3);
  CHECK(r.by_status_class[1] == 3);
  CHECK(r.errors == 0);
  CHECK(r.service.count() == 20);
  CHECK(r.connect.count() == 20);
  CHECK(r.service.largest() == 39);
  CHECK(r.service.count_above(slow_above_ms) == 0);
  CHECK(r.websockets.count() == 3);
  CHECK(r.websockets.largest() == 577'000);
  CHECK(r.dynos.at("web.1").count == 23);
  CHECK(r.dynos.at("web.1").websockets == 3);
  CHECK(r.dynos.at("web.1").service.largest() == 39);
  CHECK(r.endpoints.entries()[0].payload.service.largest() == 39);
}

TEST_CASE("builder: a minute with lines has bytes") {
  builder b(limits{});
  parsed_body body;
  for (int i = 0; i < 120; ++i)
    body.requests.push_back(plain_request(start + i * 20s));
  const auto found = b.build(body, 26'000, start + 1h);
  std::uint64_t bytes = 0;
  for (const auto& part : found) {
    CHECK((part.data.bytes > 0) == (part.data.lines > 0));
    bytes += part.data.bytes;
  }
  CHECK(bytes == 26'000);
}

TEST_CASE("builder: numbers that no request has do no harm") {
  builder b(limits{});
  parsed_body body;
  for (const auto odd :
       {INT64_MIN, std::int64_t{-2}, std::int64_t{0}, std::int64_t{99}, std::int64_t{999}, INT64_MAX}) {
    auto r = plain_request(start);
    r.status = r.service_ms = r.connect_ms = r.bytes = odd;
    body.requests.push_back(r);
  }
  const auto found = b.build(body, 1, start);
  CHECK(only(found).by_status_class[0] == 6);
  CHECK(only(found).errors == 6);
  CHECK(only(found).service.count() == 6);
}

TEST_CASE("builder: names stay within their bounds, and the sums stay exact") {
  builder b(limits{.endpoints = 20, .dynos = 5, .error_codes = 4});
  sample_body sample;
  for (int i = 0; i < 1000; ++i) {
    auto r = plain_request(start);
    r.path = sample.keep("/page-" + std::string(1, static_cast<char>('a' + i % 26)) + "x" +
                         std::string(static_cast<std::size_t>(i / 26), 'y'));
    r.dyno = sample.keep("web." + std::to_string(i));
    r.code = sample.keep("H" + std::to_string(i));
    sample.body.requests.push_back(r);
  }
  const auto found = b.build(sample.body, 1, start);
  const auto& r = only(found);
  CHECK(r.endpoints.entries().size() == 20);
  CHECK(r.endpoints.other().count == 980);
  CHECK(r.endpoints.other().service.count() == 980);
  CHECK(r.dynos.size() == 6);
  CHECK(r.dynos.at("other").count == 995);
  CHECK(r.error_codes.size() == 5);
  CHECK(r.error_codes.at("other") == 996);
}

TEST_CASE("builder: an address is looked up once, however many bodies name it") {
  std::map<std::string, int, std::less<>> asked;
  builder b(limits{}, [&](std::string_view address) {
    ++asked[std::string(address)];
    return std::string_view(address == "192.0.2.1" ? "DE" : address == "192.0.2.2" ? "??" : "");
  });
  parsed_body body;
  for (const auto* fwd :
       {"192.0.2.1", "192.0.2.2", "192.0.2.1", "10.0.0.1,  192.0.2.1", "198.51.100.7", ""}) {
    body.requests.push_back(plain_request(start));
    body.requests.back().fwd = fwd;
  }
  body.requests.push_back(plain_request(start));
  const std::string endless(1000, '1');
  body.requests.back().fwd = endless;
  for (int i = 0; i < 3; ++i) {
    const auto found = b.build(body, 1, start);
    CHECK(only(found).countries == std::map<std::string, std::uint64_t, std::less<>>{{"DE", 3}});
  }
  CHECK(asked ==
        std::map<std::string, int, std::less<>>{{"192.0.2.1", 1}, {"192.0.2.2", 1}, {"198.51.100.7", 1}});
}

TEST_CASE("builder: a line is late or early from five minutes on, in the minute of its receipt") {
  builder b(limits{});
  parsed_body body;
  for (const auto off : {-5min, 5min})
    for (const auto more : {-1us, 0us, 1us}) {
      body.requests.push_back(plain_request(start + off + more));
      body.lines.push_back({.at = start + off + more, .source = "app", .proc = "web.1", .text = "x"});
    }
  std::uint64_t requests = 0;
  for (const auto& part : b.build(body, 1, start)) {
    const bool is_receipt = part.at == minute_of(start);
    CHECK(part.data.late == (is_receipt ? 4 : 0));
    CHECK(part.data.early == (is_receipt ? 4 : 0));
    CHECK(part.data.requests == (is_receipt ? 0 : 3));
    requests += part.data.requests;
  }
  CHECK(requests == 6);
  body.requests.clear();
  body.lines.clear();
  body.lines.push_back({.at = start, .source = "app", .proc = "web.1", .text = "x"});
  body.framing.samples_left_out = 7;
  const auto found = b.build(body, 0, start); // the next body starts from zero
  CHECK(only(found).late + only(found).early == 0);
  CHECK(only(found).samples_left_out == 7);
}

TEST_CASE("builder: a visitor is the last address of a list, however it is written") {
  builder b(limits{});
  parsed_body body;
  for (const auto* fwd : {"203.0.113.9", "unknown, 203.0.113.9", "198.51.100.4,203.0.113.9:51000",
                          "2001:db8::1", "2001:DB8:0:0::1", "[2001:db8::1]:443", ""}) {
    body.requests.push_back(plain_request(start));
    body.requests.back().fwd = fwd;
  }
  const auto found = b.build(body, 1, start);
  CHECK(only(found).visitors.count() == 2);
}

TEST_CASE("builder: what is older than rollups are kept counts when it was received") {
  builder b(limits{});
  const auto too_old = start - std::chrono::days{400} - 1us;
  parsed_body body;
  body.requests.push_back(plain_request(too_old));
  body.lines.push_back({.at = too_old, .source = "app", .proc = "web.1", .text = "x"});
  body.samples.push_back(
      {.at = too_old, .proc = "web.1", .name = "a", .value = 1, .kind = sample_kind::count});
  const auto found = b.build(body, 7, start);
  CHECK(found.front().at == minute_of(start));
  CHECK(only(found).requests == 1);
  CHECK(only(found).lines == 2);
  CHECK(only(found).bytes == 7);
  CHECK(only(found).late == 2);
  CHECK(only(found).platform.custom_samples == 1);
  body.requests.front().at = body.lines.front().at = body.samples.front().at = start - std::chrono::days{400};
  CHECK(b.build(body, 7, start).front().at == minute_of(start - std::chrono::days{400}));
}

TEST_CASE("builder: lines whose count is wrong are damaged lines, whatever they say") {
  builder b(limits{});
  parsed_body body;
  body.requests.push_back(plain_request(start));
  body.framing.lines = body.framing.miscounted = 1;
  const auto found = b.build(body, 1, start);
  CHECK(only(found).requests == 1);
  CHECK(only(found).malformed == 1);
}
