// Generated bodies: framed correctly, parsed into the facts that come with them, and counted correctly.
#include "tests/traffic/traffic.hpp"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "messages/logplex/endpoint_path.hpp"
#include "messages/logplex/parse.hpp"
#include "tests/traffic/truth.hpp"

using namespace parseflow;
using namespace std::chrono_literals;

namespace {

const timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 12h;

// All errors occur often.
traffic::conditions bad_day() {
  return {.slowness = 2,
          .timeouts = 0.02,
          .crashed = 0.02,
          .closed = 0.02,
          .broken_off = 0.02,
          .forced_close = 0.02,
          .interrupted = 0.02,
          .failures = 0.02};
}

traffic::app_profile busy_app() {
  traffic::app_profile profile;
  profile.event_share = 0.02;
  profile.loss_share = 0.2;
  return profile;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] != '\\')
      out += text[i];
  return out;
}

parsed_body parsed(const traffic::body& body) {
  return logplex::parse(
      body.bytes, {.announced_lines = static_cast<std::uint32_t>(body.line_count()), .received_at = noon});
}

void check_request(const request_record& read, const traffic::request_facts& written) {
  CHECK(read.at == written.at);
  CHECK(read.method == written.method);
  CHECK(unescaped(read.path) == written.path);
  CHECK(read.host == written.host);
  CHECK(read.request_id == written.request_id);
  CHECK(read.fwd == written.fwd);
  CHECK(read.dyno == written.dyno);
  CHECK(read.code == written.code);
  CHECK(read.protocol == written.protocol);
  CHECK(read.tls_version == written.tls_version);
  CHECK(read.connect_ms == written.connect_ms);
  CHECK(read.service_ms == written.service_ms);
  CHECK(read.status == written.status);
  CHECK(read.bytes == written.bytes);
  CHECK(to_string(read.level) == written.level);
  CHECK(read.has_extra == !written.extra.empty());
  std::string scratch;
  CHECK(logplex::endpoint_of(read.path, scratch) == written.endpoint);
}

} // namespace

TEST_CASE("traffic: the parser reads what the facts beside the bytes say") {
  traffic::generator app{busy_app(), 7};
  app.set_conditions(bad_day());
  traffic::truth all;
  for (int i = 0; i < 60; ++i) {
    const auto body = app.next(200, noon + i * 1s, noon + (i + 1) * 1s);
    const auto read = parsed(body);
    CHECK(read.framing.malformed == 0);
    CHECK_FALSE(read.framing.has_count_mismatch);
    REQUIRE(read.requests.size() == body.requests.size());
    REQUIRE(read.lines.size() == body.lines.size());
    for (std::size_t n = 0; n < read.requests.size(); ++n)
      check_request(read.requests[n], body.requests[n]);
    for (std::size_t n = 0; n < read.lines.size(); ++n) {
      const auto& line = read.lines[n];
      const auto& written = body.lines[n];
      CAPTURE(written.text);
      CHECK(line.at == written.at);
      CHECK(line.source == written.source);
      CHECK(line.proc == written.proc);
      CHECK(line.text == written.text);
      CHECK(to_string(line.kind) == written.kind);
      CHECK(to_string(line.level) == written.severity);
    }
    all.add(body);
  }
  // The checks above were not empty: everything that the generator can make occurred.
  for (const char* kind :
       {"request", "text", "json", "logfmt", "state_change", "process_start", "process_exit", "process_stop",
        "memory_use", "dyno_error", "dyno_other", "runtime_metrics", "release", "deploy", "build",
        "addon_metrics", "postgres_log", "loss"})
    CHECK_MESSAGE(all.by_kind[kind] > 0, kind);
  for (const char* code : {"H10", "H12", "H13", "H18", "H24", "H27"})
    CHECK_MESSAGE(all.by_code[code] > 0, code);
  for (const std::int64_t status : {101, 200, 201, 204, 302, 304, 404, 499, 500, 503})
    CHECK_MESSAGE(all.by_status[status] > 0, status);
  CHECK(all.by_dyno.size() == 4);
  CHECK(all.lost > 0);
}

TEST_CASE("traffic: the same seed plays the same bytes, another one does not") {
  const auto first_body = [](std::uint64_t seed) {
    return traffic::generator{traffic::app_profile{}, seed}.next(100, noon, noon + 1s);
  };
  CHECK(first_body(1).bytes == first_body(1).bytes);
  CHECK(first_body(1).frame_id == first_body(1).frame_id);
  CHECK(first_body(1).bytes != first_body(2).bytes);
  CHECK(first_body(1).frame_id != first_body(2).frame_id);
}

TEST_CASE("traffic: a later run with the same seed has other frame ids") {
  traffic::generator today{traffic::app_profile{}, 1}, tomorrow{traffic::app_profile{}, 1};
  CHECK(today.next(1, noon, noon + 1s).frame_id != tomorrow.next(1, noon + 24h, noon + 24h + 1s).frame_id);
}

TEST_CASE("traffic: shares and sizes are those of a busy app") {
  traffic::generator app{traffic::app_profile{}, 3};
  traffic::truth all;
  for (int i = 0; i < 100; ++i)
    all.add(app.next(200, noon + i * 1s, noon + (i + 1) * 1s));
  const auto share = [&all](std::uint64_t part) {
    return static_cast<double>(part) / static_cast<double>(all.lines);
  };
  CHECK(share(all.by_kind["request"]) == doctest::Approx(0.80).epsilon(0.03));
  CHECK(share(all.by_kind["text"] + all.by_kind["json"] + all.by_kind["logfmt"]) ==
        doctest::Approx(0.15).epsilon(0.1));
  CHECK(all.bytes / 100 > 48'000);
  CHECK(all.bytes / 100 < 60'000);
  CHECK(all.requests.errors * 100 < all.requests.count * 5); // a healthy app raises no alert
  CHECK(traffic::quantile(all.requests.service_ms, 0.5) > 20);
  CHECK(traffic::quantile(all.requests.service_ms, 0.95) < 1000);
}

TEST_CASE("traffic: a lost line is announced once") {
  traffic::generator app{traffic::app_profile{.loss_share = 0}, 3};
  app.lose(300);
  app.lose(17);
  const auto body = app.next(10, noon, noon + 1s);
  CHECK(body.lost == 317);
  CHECK(body.line_count() == 11);
  CHECK(
      body.lines.front().text.starts_with("Error L10 (output buffer overflow): 317 messages dropped since "));
  CHECK(body.bytes.find("\n<") == std::string::npos);
  CHECK(app.next(10, noon, noon + 1s).lost == 0);
}

TEST_CASE("truth: quantiles are of the nearest rank") {
  CHECK(traffic::quantile({}, 0.5) == 0);
  CHECK(traffic::quantile({4}, 0.01) == 4);
  CHECK(traffic::quantile({4, 1, 3, 2}, 0.5) == 2);
  CHECK(traffic::quantile({4, 1, 3, 2}, 0.51) == 3);
  CHECK(traffic::quantile({4, 1, 3, 2}, 1) == 4);
  CHECK(traffic::mean({1, 2}) == doctest::Approx(1.5));
}

TEST_CASE("truth: requests without status and those from 400 on are errors") {
  traffic::body body;
  for (const std::int64_t status :
       std::initializer_list<std::int64_t>{101, 200, 399, 400, 599, traffic::unknown}) {
    traffic::request_facts request;
    request.status = status;
    request.service_ms = status == 200 ? 251 : traffic::unknown;
    body.requests.push_back(request);
  }
  traffic::truth all;
  all.add(body);
  CHECK(all.requests.count == 6);
  CHECK(all.requests.errors == 3);
  CHECK(all.status_class(3) == 1);
  CHECK(all.status_class(5) == 1);
  CHECK(all.slower_than(250) == 1);
  CHECK(all.slower_than(251) == 0);
  CHECK(all.requests.failures == 1);
}

TEST_CASE("truth: what the router gave up failed, and how long a WebSocket was open is no response time") {
  traffic::body body;
  auto& broken = body.requests.emplace_back();
  broken.status = 200;
  broken.level = "error";
  broken.service_ms = 30;
  auto& websocket = body.requests.emplace_back();
  websocket.status = 101;
  websocket.service_ms = 90'000;
  traffic::truth all;
  all.add(body);
  CHECK(all.requests.errors == 1);
  CHECK(all.requests.failures == 1);
  CHECK(all.requests.service_ms == std::vector<std::int64_t>{30});
  CHECK(all.requests.websocket_ms == std::vector<std::int64_t>{90'000});
}
