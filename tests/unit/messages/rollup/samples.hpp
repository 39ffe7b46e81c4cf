// Random traffic, and rollups of it counted in the simple way.
#pragma once

#include <deque>
#include <map>
#include <random>
#include <string>

#include "messages/rollup/builder.hpp"

namespace parseflow::test {

/// How many random histories a long test plays. With the address sanitizer, which makes them several times as long, one does.
#ifdef PARSEFLOW_ADDRESS_SANITIZER
constexpr std::uint64_t histories = 1;
#else
constexpr std::uint64_t histories = 3;
#endif

/// Owns the texts to which the records of `body` refer.
struct sample_body {
  parsed_body body;
  std::deque<std::string> texts;

  std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }
};

/// Adds a platform line that is counted, with its samples; see `random_body`.
template <class Random>
void add_platform_line(sample_body& result, timestamp at, Random below) {
  const auto one_of = [&](std::initializer_list<const char*> list) {
    return std::string_view(list.begin()[below(static_cast<std::int64_t>(list.size()))]);
  };
  log_record line;
  line.at = at;
  line.text = "platform";
  line.proc = one_of({"web.1", "web.2", "scheduler.4410", "scheduler.8812"});
  line.kind = static_cast<line_kind>(below(static_cast<std::int64_t>(line_kind::logging_error) + 1));
  line.subject = one_of({"starting", "crashed", "up"});
  if (below(10) != 0)
    line.code = one_of({"R14", "R15", "R10", "L10", "L11", "L12", "L13", "23505"});
  line.number = below(1000) - 1;
  const auto add = [&](sample_record sample) {
    sample.at = at;
    sample.proc = line.proc;
    // Few different values, so that many are equal or differ only in part.
    sample.value = static_cast<double>(below(7) - 3) * 0.25;
    result.body.samples.push_back(sample);
  };
  if (line.kind == line_kind::runtime_metrics)
    for (const auto* name : {"memory_total", "memory_rss", "memory_swap", "memory_quota", "memory_cache",
                             "load_avg_1m", "load_avg_5m"})
      add({.source = line.proc, .name = name, .unit = "MB", .origin = sample_origin::dyno});
  if (line.kind == line_kind::addon_metrics) {
    const auto addon = one_of({"postgresql-angular-40817", "redis-round-77201", ""});
    const auto source = one_of({"DATABASE", ""});
    line.proc = one_of({"heroku-postgres", "heroku-pgbouncer", "heroku-redis"});
    for (const auto* name : {"db_size", "load-avg-1m"})
      add({.source = source,
           .instance = addon,
           .name = name,
           .unit = one_of({"bytes", "kB", ""}),
           .origin = sample_origin::addon});
  }
  if (line.kind == line_kind::logfmt) {
    const auto source = one_of({"checkout", ""});
    for (auto left = below(4); left > 0; --left)
      add({.source = source,
           .name = one_of({"queue.depth", "orders", "db.query"}),
           .unit = one_of({"jobs", "ms", "ms", "s", "us", "", ""}),
           .member = one_of({"user-1", "user-2", "user-3", ""}),
           .origin = sample_origin::custom,
           .kind = static_cast<sample_kind>(below(5))});
  }
  result.body.lines.push_back(line);
}

/// `count` requests and half as many other lines, at random seconds within `spread` after `start`.
inline sample_body random_body(std::mt19937_64& random, std::size_t count, timestamp start,
                               std::chrono::seconds spread) {
  const auto below = [&random](std::int64_t n) {
    return std::uniform_int_distribution<std::int64_t>(0, n - 1)(random);
  };
  const auto one_of = [&](std::initializer_list<const char*> list) {
    return std::string_view(list.begin()[below(static_cast<std::int64_t>(list.size()))]);
  };
  sample_body result;
  for (std::size_t i = 0; i < count; ++i) {
    request_record r;
    r.at = start + std::chrono::microseconds(below(std::chrono::microseconds(spread).count()));
    r.method = one_of({"GET", "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "get", ""});
    r.path = result.keep(std::string(one_of({"/items/", "/users/", "/a/b/"})) + std::to_string(below(50)) +
                         std::string(one_of({"", "?q=1", "/edit", "/reviews?page=2"})));
    r.dyno = below(10) == 0 ? "" : result.keep("web." + std::to_string(1 + below(4)));
    r.code = below(20) == 0 ? one_of({"H12", "H27"}) : "";
    r.fwd = below(10) == 0 ? ""
                           : result.keep(std::string(one_of({"", "203.0.113.", "198.51.100."})) +
                                         std::to_string(below(9)) + ", 192.0.2." + std::to_string(below(9)));
    r.text = "router";
    r.connect_ms = below(10) == 0 ? request_record::unknown : below(3);
    r.service_ms = below(10) == 0 ? request_record::unknown : below(2) == 0 ? below(40) : below(40'000);
    r.bytes = below(10) == 0 ? request_record::unknown : below(10'000);
    r.status = below(20) == 0 ? request_record::unknown : 100 * (1 + below(5)) + below(5);
    r.level = below(10) == 0 ? severity::error : severity::info;
    result.body.requests.push_back(r);
  }
  for (std::size_t i = 0; i < count / 4; ++i) {
    log_record line;
    line.at = start + std::chrono::microseconds(below(std::chrono::microseconds(spread).count()));
    line.text = "some text";
    line.kind = below(5) == 0 ? line_kind::malformed : line_kind::text;
    result.body.lines.push_back(line);
  }
  for (std::size_t i = 0; i < count / 4; ++i) {
    // Whole seconds, so that some times are equal.
    const auto at = start + std::chrono::seconds(below(spread.count()));
    add_platform_line(result, at, below);
  }
  return result;
}

} // namespace parseflow::test
