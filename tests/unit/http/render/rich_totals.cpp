// The lines are parsed and summed up as in the pipeline.
#include "tests/unit/http/render/rich_totals.hpp"

#include <string>
#include <string_view>

#include "messages/logplex/parse.hpp"
#include "messages/rollup/builder.hpp"

namespace parseflow::test {

namespace {

std::string line(std::string_view source, std::string_view proc, std::string_view text,
                 std::string_view at = "2026-03-02T14:07:31.330517+00:00") {
  std::string whole = "<45>1 ";
  for (const auto part : {at, std::string_view("host"), source, proc, std::string_view("-"), text})
    whole.append(part).append(" ");
  whole.pop_back();
  return std::to_string(whole.size()) + " " + whole;
}

std::string request(std::string_view path, std::string_view rest) {
  return line("heroku", "router",
              "at=info method=GET path=\"" + std::string(path) +
                  "\" host=example.com request_id=5b0e7a4c-0c1f-4d2e-9a77-6f1d0c3b8e11 fwd=\"203.0.113.9\" " +
                  std::string(rest));
}

} // namespace

rollup::span_rollup rich_totals(timestamp now, const rollup::limits& bounds) {
  const auto body =
      line("app", "web.1", "an hour late", "2026-03-02T13:07:31.330517+00:00") +
      request("/a/1", "dyno=web.1 connect=1ms service=30ms status=200 bytes=5 protocol=https") +
      request("/b", "dyno=web.2 connect=1ms service=2900ms status=503 bytes=5 code=H12") +
      request("/c", "dyno= connect= service= status= bytes= code=H13") +
      line("heroku", "web.1",
           "source=web.1 dyno=heroku.1.a sample#memory_total=318.44MB sample#memory_rss=301.12MB "
           "sample#memory_swap=0.00MB sample#memory_quota=512.00MB") +
      line("heroku", "web.1", "source=web.1 dyno=heroku.1.a sample#load_avg_1m=0.41") +
      line("heroku", "web.2", "State changed from starting to crashed") +
      line("app", "api", "Deploy 4c1e9ab2 by user dev@example.com") +
      line("app", "heroku-postgres", "source=DATABASE addon=pg-1 sample#db_size=7340032512bytes") +
      line("app", "heroku-redis", "source=REDIS addon=redis-1 sample#hit-rate=0.87") +
      request("/cable", "dyno=web.1 connect=1ms service=60000ms status=101 bytes=5") +
      line("app", "web.1", "measure#db.query=12.4ms measure#db.read=1ms") +
      line("app", "web.1", "count#orders=1 count#baskets=2 sample#depth=42jobs unique#buyers=u1") +
      line("app", "web.1", "nothing to count") + "9 malformed";
  const auto parts = rollup::builder(bounds, [](std::string_view) {
                       return "DE";
                     }).build(logplex::parse(body, {.received_at = now}), body.size(), now);
  rollup::span_rollup sum;
  for (const auto& part : parts)
    merge(sum, part.data, bounds);
  return sum;
}

} // namespace parseflow::test
