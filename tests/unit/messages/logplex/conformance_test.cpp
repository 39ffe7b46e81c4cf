// The catalogue of Heroku's formats, sample by sample: each test is named after the section that has
// the sample.
#include <doctest/doctest.h>

#include <string>

#include "tests/unit/messages/logplex/compose.hpp"
#include "tests/unit/messages/logplex/samples.hpp"

namespace parseflow::logplex {
namespace {

constexpr auto unknown = request_record::unknown;

// The only record of a body that is one frame.
struct one_request : kept {
  explicit one_request(std::string_view frame) : kept(read(frame, 1)) {
    REQUIRE(requests.size() == 1);
    CHECK(lines.empty());
    CHECK(framing.malformed == 0);
    CHECK_FALSE(framing.has_count_mismatch);
  }
  const request_record* operator->() const { return &requests[0]; }
};

struct one_line : kept {
  explicit one_line(std::string_view frame, structured_data mode = structured_data::absent)
      : kept(read(frame, 1, mode)) {
    REQUIRE(lines.size() == 1);
    CHECK(requests.empty());
    CHECK(framing.malformed == 0);
    CHECK_FALSE(framing.has_count_mismatch);
  }
  const log_record* operator->() const { return &lines[0]; }
};

TEST_CASE("2 frames: text in ASCII") {
  const one_line line(samples::text_in_ascii);
  CHECK(line->source == "app");
  CHECK(line->proc == "web.1");
  CHECK(line->text == "cache warmed in 41ms");
  CHECK(line->kind == line_kind::text);
  CHECK(line->at.time_since_epoch().count() == 1772460451118204);
}

TEST_CASE("2.1 counting: text in UTF-8") {
  CHECK(one_line(samples::text_in_utf8)->text == "Grüße aus Zürich ☕");
}

TEST_CASE("2.2 fields: text beginning with a dash") {
  CHECK(one_line(samples::text_beginning_with_dash)->text == "- item one");
}

TEST_CASE("2.2 fields: log-shuttle writes nil structured data") {
  const one_line line(samples::log_shuttle_nil_structured_data, structured_data::present);
  CHECK(line->text == "started request");
  CHECK(line->source == "token");
}

TEST_CASE("1.2 log-shuttle: losses and router lines have structured data before their text") {
  const auto body =
      read(frame_of("token", "log-shuttle", "- Error L13: 5 messages lost since 2026-03-02T14:06:58+00:00") +
               frame_of("heroku", "router", "- at=info method=GET path=\"/\" status=200"),
           2, structured_data::present);
  REQUIRE(body.lines.size() == 1);
  CHECK(body.lines[0].kind == line_kind::loss);
  CHECK(body.lines[0].number == 5);
  REQUIRE(body.requests.size() == 1);
  CHECK(body.requests[0].status == 200);
}

TEST_CASE("4.1 router: success, legacy router") {
  const one_request r(samples::router_legacy);
  CHECK(r->at.time_since_epoch().count() == 1772460451482915);
  CHECK(r->level == severity::info);
  CHECK(r->method == "GET");
  CHECK(r->path == "/items?page=2");
  CHECK(r->host == "shop.example.com");
  CHECK(r->request_id == "5b0e7a4c-0c1f-4d2e-9a77-6f1d0c3b8e11");
  CHECK(r->fwd == "203.0.113.9");
  CHECK(r->dyno == "web.2");
  CHECK(r->connect_ms == 0);
  CHECK(r->service_ms == 37);
  CHECK(r->status == 200);
  CHECK(r->bytes == 5120);
  CHECK(r->protocol == "https");
  CHECK_FALSE(r->has_extra);
}

TEST_CASE("4.1 router: success, Router 2.0") {
  const one_request r(samples::router_2_0);
  CHECK(r->protocol == "http2.0");
  CHECK(r->tls_version == "tls1.3");
  CHECK(r->status == 304);
  CHECK(r->bytes == 0);
  CHECK(r->has_extra);
}

// A line of the router whose fields from `dyno` on are `end`.
std::string router_frame(std::string_view begin, std::string_view end) {
  return frame_of("heroku", "router",
                  std::string(begin) +
                      " method=GET path=\"/\" host=shop.example.com request_id=r fwd=\"203.0.113.9\" " +
                      std::string(end));
}

TEST_CASE("4.1 router: fwd may be unquoted, connecting may take long, a WebSocket may last") {
  const one_request r(
      frame_of("heroku", "router",
               "at=info method=GET path=\"/cable\" host=shop.example.com request_id=r "
               "fwd=203.0.113.9 dyno=web.1 connect=7001ms service=395260ms status=101 bytes=129 "
               "protocol=http1.1 tls=true tls_version=unknown"));
  CHECK(r->fwd == "203.0.113.9");
  CHECK(r->connect_ms == 7001);
  CHECK(r->service_ms == 395260);
  CHECK(r->status == 101);
  CHECK(r->protocol == "http1.1");
  CHECK(r->tls_version == "unknown");
}

TEST_CASE("4.2 router: H18 holds the status that was already sent") {
  const one_request r(router_frame("sock=backend at=error code=H18 desc=\"Server Request Interrupted\"",
                                   "dyno=web.1 connect=0ms service=710ms status=200 "
                                   "bytes=0 protocol=http1.1 tls=true tls_version=unknown"));
  CHECK(r->level == severity::error);
  CHECK(r->code == "H18");
  CHECK(r->status == 200);
  CHECK(r->bytes == 0);
}

TEST_CASE("4.2 router: H13 may count bytes, H24 has no status") {
  const one_request closed(
      router_frame("at=error code=H13 desc=\"Connection closed without response\"",
                   "dyno=web.1 connect=0ms service=14ms status=503 bytes=567 protocol=https"));
  CHECK(closed->bytes == 567);
  const one_request forced(
      router_frame("at=error code=H24 desc=\"Forced close\"",
                   "dyno=web.1 connect=1ms service=80000ms status= bytes=18 protocol=https"));
  CHECK(forced->status == unknown);
  CHECK(forced->service_ms == 80000);
}

TEST_CASE("4.2 router: H12") {
  const one_request r(samples::router_h12);
  CHECK(r->level == severity::error);
  CHECK(r->code == "H12");
  CHECK(r->service_ms == 30001);
  CHECK(r->status == 503);
  CHECK(r->has_extra);
}

TEST_CASE("4.2 router: H10 reached no dyno") {
  const one_request r(samples::router_h10);
  CHECK(r->code == "H10");
  CHECK(r->dyno.empty());
  CHECK(r->connect_ms == unknown);
  CHECK(r->service_ms == unknown);
  CHECK(r->bytes == unknown);
  CHECK(r->status == 503);
}

TEST_CASE("4.2 router: H27 begins with sock and has a list of addresses") {
  const one_request r(samples::router_h27);
  CHECK(r->level == severity::warning);
  CHECK(r->code == "H27");
  CHECK(r->status == 499);
  CHECK(r->fwd == "203.0.113.9, 198.51.100.4");
}

TEST_CASE("4.2 router: H26 has numbers without unit") {
  const one_request r(samples::router_h26);
  CHECK(r->code == "H26");
  CHECK(r->connect_ms == 1);
  CHECK(r->service_ms == 0);
  CHECK(r->bytes == 537);
  CHECK(r->status == 400);
}

TEST_CASE("4.2 router: H80 is a notice") {
  const one_request r(samples::router_h80);
  CHECK(r->level == severity::info);
  CHECK(r->code == "H80");
  CHECK(r->status == 503);
}

TEST_CASE("4.2 router: H31 ends with the agent") {
  const one_request r(samples::router_h31);
  CHECK(r->code == "H31");
  CHECK(r->protocol == "http");
  CHECK(r->status == 421);
}

void check_event(std::string_view frame, line_kind kind, std::string_view subject, std::int64_t number,
                 std::string_view code, severity level) {
  const one_line line(frame);
  CHECK(line->kind == kind);
  CHECK(line->subject == subject);
  CHECK(line->number == number);
  CHECK(line->code == code);
  CHECK(line->level == level);
}

constexpr auto no_number = log_record::no_number;

TEST_CASE("5 dyno manager: process start") {
  check_event(samples::process_start, line_kind::process_start, "bin/worker --queue mailers", no_number, "",
              severity::none);
}

TEST_CASE("5 dyno manager: state change") {
  check_event(samples::state_change, line_kind::state_change, "up", no_number, "", severity::none);
}

TEST_CASE("5 dyno manager: process stop") {
  check_event(samples::process_stop, line_kind::process_stop, "SIGTERM", no_number, "", severity::none);
}

TEST_CASE("5 dyno manager: process exit") {
  check_event(samples::process_exit, line_kind::process_exit, "", 143, "", severity::none);
}

TEST_CASE("5 dyno manager: memory use") {
  check_event(samples::memory_use, line_kind::memory_use, "", 547, "", severity::none);
}

TEST_CASE("5 dyno manager: a scheduler's dyno completes") {
  check_event(samples::scheduler_complete, line_kind::state_change, "complete", no_number, "",
              severity::none);
  CHECK(one_line(samples::scheduler_complete)->proc == "scheduler.4410");
}

TEST_CASE("5.1 R codes: R14 has no detail") {
  check_event(samples::r14, line_kind::dyno_error, "Memory quota exceeded", no_number, "R14",
              severity::error);
}

TEST_CASE("5.1 R codes: R10") {
  check_event(samples::r10, line_kind::dyno_error, "Boot timeout", no_number, "R10", severity::error);
}

TEST_CASE("5.1 R codes: R12") {
  check_event(samples::r12, line_kind::dyno_error, "Exit timeout", no_number, "R12", severity::error);
}

TEST_CASE("6 API: deploy") {
  check_event(samples::deploy, line_kind::deploy, "4c1e9ab2", no_number, "", severity::none);
}
TEST_CASE("6 API: release") {
  check_event(samples::release, line_kind::release, "v87", no_number, "", severity::none);
}
TEST_CASE("6 API: scale") {
  check_event(samples::scale, line_kind::scale, "web@3:Standard-2X worker@1:Standard-1X", no_number, "",
              severity::none);
}
TEST_CASE("6 API: config") {
  check_event(samples::config, line_kind::config, "FEATURE_FLAG", no_number, "", severity::none);
}

TEST_CASE("6 API: a rollback is two lines and one release") {
  const auto body = read(frame_of("app", "api", "Rollback to v7 by user dev@example.com") +
                         frame_of("app", "api", "Release v9 created by user dev@example.com"));
  REQUIRE(body.lines.size() == 2);
  CHECK(body.lines[0].kind == line_kind::api_other);
  CHECK(body.lines[0].subject == "v7");
  CHECK(body.lines[1].kind == line_kind::release);
  CHECK(body.lines[1].subject == "v9");
}

TEST_CASE("6 API: the platform's own source, without the word user") {
  check_event(frame_of("heroku", "api", "Release v9 created by dev@example.com"), line_kind::release, "v9",
              no_number, "", severity::none);
  check_event(frame_of("heroku", "api", "Deploy ea2d751 by dev@example.com"), line_kind::deploy, "ea2d751",
              no_number, "", severity::none);
  check_event(frame_of("heroku", "api", "Scale to web=2 by dev@example.com"), line_kind::scale, "web=2",
              no_number, "", severity::none);
}

TEST_CASE("6 API: what happens to an add-on, reported by the API or by itself") {
  check_event(frame_of("app", "heroku-postgres", "Update DATABASE by user dev@example.com"),
              line_kind::addon_change, "DATABASE", no_number, "", severity::none);
  check_event(frame_of("app", "api", "Detach TEAL (@ref:postgresql-round-55310) by user dev@example.com"),
              line_kind::addon_change, "TEAL", no_number, "", severity::none);
  check_event(frame_of("app", "heroku-postgres", "Failover begins"), line_kind::text, "", no_number, "",
              severity::none);
}

TEST_CASE("6 API: what makes no release of its own") {
  for (const std::string_view text :
       {"Running release v87 commands by user dev@example.com", "Enable Logplex by user dev@example.com",
        "Initial release by user dev@example.com", "Upgrade stack to heroku-24 by user dev@example.com",
        "Stack changed from heroku-22 to heroku-24 by user dev@example.com"})
    CHECK(one_line(frame_of("app", "api", text))->kind == line_kind::api_other);
}

// Compares one sample of a line.
void check_sample(const kept& body, std::size_t i, std::string_view name, double value,
                  std::string_view unit) {
  REQUIRE(body.samples.size() > i);
  CHECK(body.samples[i].name == name);
  CHECK(body.samples[i].value == value);
  CHECK(body.samples[i].unit == unit);
}

void check_origin(const kept& body, sample_origin origin, std::string_view source,
                  std::string_view instance) {
  for (const sample_record& s : body.samples) {
    CHECK(s.origin == origin);
    CHECK(s.source == source);
    CHECK(s.instance == instance);
    CHECK(s.proc == body.lines[0].proc);
    CHECK(s.at == body.lines[0].at);
  }
}

constexpr std::string_view run = "heroku.190283746.0c7f1e52-9d3b-4a86-b1e4-5f6a7b8c9d0e";

TEST_CASE("7 runtime metrics: load") {
  const one_line line(samples::runtime_load);
  CHECK(line->kind == line_kind::runtime_metrics);
  CHECK(line.samples.size() == 3);
  check_origin(line, sample_origin::dyno, "web.1", run);
  check_sample(line, 0, "load_avg_1m", 0.41, "");
  check_sample(line, 2, "load_avg_15m", 0.29, "");
}

TEST_CASE("7 runtime metrics: memory") {
  const one_line line(samples::runtime_memory);
  CHECK(line.samples.size() == 7);
  check_origin(line, sample_origin::dyno, "web.1", run);
  check_sample(line, 0, "memory_total", 318.44, "MB");
  check_sample(line, 4, "memory_pgpgin", 151220, "pages");
  check_sample(line, 6, "memory_quota", 512, "MB");
}

TEST_CASE("8.1 Postgres metrics") {
  const one_line line(samples::postgres_metrics);
  CHECK(line->kind == line_kind::addon_metrics);
  CHECK(line.samples.size() == 25);
  check_origin(line, sample_origin::addon, "DATABASE", "postgresql-angular-40817");
  check_sample(line, 0, "current_transaction", 4817263, "");
  check_sample(line, 1, "db_size", 7340032512, "bytes");
  check_sample(line, 2, "db-size-percentage-used", 0.10938, "");
  check_sample(line, 19, "memory-total", 8036340, "kB");
  check_sample(line, 24, "wal-percentage-used", 0.06502, "");
}

TEST_CASE("8.1 Postgres metrics: follower") {
  const one_line line(samples::postgres_follower);
  check_origin(line, sample_origin::addon, "HEROKU_POSTGRESQL_TEAL", "postgresql-round-55310");
  check_sample(line, 4, "follower-lag-commits", 8, "");
}

TEST_CASE("8.2 Postgres server log") {
  const one_line line(samples::postgres_log);
  CHECK(line->kind == line_kind::postgres_log);
  CHECK(line->level == severity::info);
  CHECK(line->code.empty());
}

TEST_CASE("8.2 Postgres server log: with the pairs that stand there since 2022") {
  const one_line line(frame_of(
      "app", "postgres.4711",
      "[COPPER] [65-1]  sql_error_code = 22012 time_ms = \"2026-03-02 14:07:30.325 UTC\" pid=\"2539221\" "
      "proc_start_time=\"2026-03-02 13:14:17 UTC\" session_id=\"66cce219.26bed5\" vtid=\"5/4552982\" "
      "tid=\"0\" "
      "log_line=\"21\" database=\"d0example\" connection_source=\"198.51.100.12(17504)\" user=\"u0example\" "
      "application_name=\"psql\" ERROR:  division by zero"));
  CHECK(line->kind == line_kind::postgres_log);
  CHECK(line->level == severity::error);
  CHECK(line->code == "22012");
}

TEST_CASE("8.2 Postgres server log: of a background process, and without a code") {
  const one_line background(
      frame_of("app", "postgres.4711",
               "[COPPER] [4-1]  sql_error_code = 00000 time_ms = \"2026-03-02 14:07:30.325 UTC\" "
               "pid=\"21\" proc_start_time=\"2026-03-02 13:14:17 UTC\" "
               "session_id=\"66cce219.15\" vtid=\"\" tid=\"0\" log_line=\"4\" LOG:  "
               "checkpoint starting: time"));
  CHECK(background->level == severity::info);
  CHECK(background->code.empty());
  const one_line old(frame_of("app", "postgres.4711", "[DATABASE] [8361-1]  ERROR:  deadlock detected"));
  CHECK(old->kind == line_kind::postgres_log);
  CHECK(old->level == severity::error);
}

TEST_CASE("8.3 PgBouncer") {
  const one_line line(samples::pgbouncer_metrics);
  CHECK(line.samples.size() == 8);
  check_origin(line, sample_origin::addon, "pgbouncer", "postgresql-angular-40817");
  check_sample(line, 5, "avg_query", 1840, "");
}

TEST_CASE("8.4 Key-Value Store") {
  const one_line line(samples::redis_metrics);
  CHECK(line.samples.size() == 17);
  check_origin(line, sample_origin::addon, "REDIS", "redis-elliptical-77201");
  check_sample(line, 14, "memory-redis", 1904416, "bytes");
  check_sample(line, 16, "evicted-keys", 0, "");
}

TEST_CASE("9 app: JSON") {
  const one_line line(samples::app_json);
  CHECK(line->kind == line_kind::json);
  CHECK(line->level == severity::error);
}

TEST_CASE("9 app: logfmt") {
  const one_line line(samples::app_logfmt);
  CHECK(line->kind == line_kind::logfmt);
  CHECK(line->level == severity::warning);
  CHECK(line.samples.empty());
}

TEST_CASE("9 app: rack-timeout") {
  const one_line line(samples::app_rack_timeout);
  CHECK(line->kind == line_kind::logfmt);
  CHECK(line.samples.empty());
}

TEST_CASE("9.1 l2met") {
  const one_line line(samples::app_l2met);
  CHECK(line->kind == line_kind::logfmt);
  REQUIRE(line.samples.size() == 4);
  check_origin(line, sample_origin::custom, "checkout", "web.1");
  check_sample(line, 0, "db.query", 12.4, "ms");
  check_sample(line, 1, "orders.placed", 1, "");
  check_sample(line, 2, "queue.depth", 42, "jobs");
  CHECK(line.samples[3].kind == sample_kind::unique);
  CHECK(line.samples[3].member == "user-8812");
}

TEST_CASE("10 logging system: L10 without line feed") {
  check_event(samples::l10, line_kind::loss, "output buffer overflow", 317, "L10", severity::warning);
}

TEST_CASE("10 logging system: L12 by log-shuttle") {
  const one_line line(samples::l12, structured_data::present);
  CHECK(line->kind == line_kind::loss);
  CHECK(line->code == "L12");
  CHECK(line->number == 222);
}

TEST_CASE("catalogue: all samples in one body") {
  std::string body;
  for (const samples::sample& s : samples::all)
    body += s.frame;
  const auto parsed = read(body, std::size(samples::all));
  CHECK(parsed.requests.size() == 8);
  CHECK(parsed.requests.size() + parsed.lines.size() == std::size(samples::all));
  CHECK(parsed.framing.malformed == 0);
  CHECK_FALSE(parsed.framing.has_count_mismatch);
}

} // namespace
} // namespace parseflow::logplex
