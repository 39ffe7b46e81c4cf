#include <fmt/format.h>

#include "tests/traffic/app_lines.hpp"

namespace parseflow::traffic {

namespace {

event_line metrics_of(std::string proc, std::string text) {
  return {"app", std::move(proc), "addon_metrics", {}, std::move(text)};
}

event_line postgres_metrics(dice& roll) {
  const auto connections = 10 + roll.below(60);
  return metrics_of(
      "heroku-postgres",
      fmt::format(
          "source=DATABASE addon=postgresql-angular-40817 sample#current_transaction={} "
          "sample#db_size={}bytes sample#db-size-percentage-used=0.10938 sample#tables=61 "
          "sample#active-connections={} sample#waiting-connections={} sample#max-connections=200 "
          "sample#connections-percentage-used={:.3f} sample#index-cache-hit-rate={:.5f} "
          "sample#table-cache-hit-rate={:.5f} sample#load-avg-1m={:.2f} sample#load-avg-5m=0.18 "
          "sample#load-avg-15m=0.175 sample#read-iops={:.4f} sample#write-iops={:.3f} sample#max-iops=3000 "
          "sample#iops-percentage-used=0.01058 sample#tmp-disk-used=543600640 "
          "sample#tmp-disk-available=72435191808 sample#memory-total=8036340kB sample#memory-free={}kB "
          "sample#memory-percentage-used=0.96128 sample#memory-cached=7012880kB "
          "sample#memory-postgres=201336kB sample#wal-percentage-used=0.06502",
          4'800'000 + roll.below(100'000), 7'340'032'512 + roll.below(1'000'000'000), connections,
          roll.below(3), static_cast<double>(connections) / 200, 0.995 + 0.005 * roll.fraction(),
          0.97 + 0.03 * roll.fraction(), roll.fraction(), roll.fraction(), 40 * roll.fraction(),
          200'000 + roll.below(200'000)));
}

event_line redis_metrics(dice& roll) {
  return metrics_of("heroku-redis",
                    fmt::format("source=REDIS addon=redis-elliptical-77201 sample#active-connections={} "
                                "sample#max-connections=38 sample#connection-percentage-used=0.36842 "
                                "sample#load-avg-1m={:.2f} sample#load-avg-5m=0.105 sample#load-avg-15m=0.11 "
                                "sample#read-iops=0 sample#write-iops={:.4f} sample#max-iops=3000 "
                                "sample#iops-percentage-used=0.00115 sample#memory-total=16071000kB "
                                "sample#memory-free=10811004kB sample#memory-percentage-used=0.41354 "
                                "sample#memory-cached=2480044kB sample#memory-redis={}bytes "
                                "sample#hit-rate={:.5f} sample#evicted-keys=0",
                                4 + roll.below(30), roll.fraction(), 8 * roll.fraction(),
                                1'900'000 + roll.below(90'000), 0.85 + 0.15 * roll.fraction()));
}

event_line pgbouncer_metrics(dice& roll) {
  return metrics_of("heroku-pgbouncer",
                    fmt::format("source=pgbouncer addon=postgresql-angular-40817 sample#client_active={} "
                                "sample#client_waiting={} sample#server_active={} sample#server_idle=17 "
                                "sample#max_wait=0 sample#avg_query={} sample#avg_recv={} sample#avg_sent={}",
                                roll.below(40), roll.below(2), roll.below(20), 900 + roll.below(3'000),
                                roll.below(40'000), roll.below(90'000)));
}

event_line postgres_log(dice& roll) {
  return {
      "app", fmt::format("postgres.{}", 200'000 + roll.below(9'000)), "postgres_log", "info",
      fmt::format("[DATABASE] [{}-1]  sql_error_code = 00000 LOG:  duration: {:.3f} ms  statement: SELECT "
                  "count(*) FROM orders",
                  1 + roll.below(90), 2'000 + 900 * roll.fraction())};
}

} // namespace

event_line addon_line(dice& roll) {
  switch (roll.below(4)) {
  case 0:
    return postgres_metrics(roll);
  case 1:
    return redis_metrics(roll);
  case 2:
    return pgbouncer_metrics(roll);
  default:
    return postgres_log(roll);
  }
}

} // namespace parseflow::traffic
