#include "tests/traffic/app_lines.hpp"

#include <fmt/format.h>

namespace parseflow::traffic {

namespace {

event_line from_app(std::string proc, std::string kind, std::string severity, std::string text) {
  return {"app", std::move(proc), std::move(kind), std::move(severity), std::move(text)};
}

event_line json_line(std::string proc, dice& roll) {
  if (roll.chance(0.1))
    return from_app(std::move(proc), "json", "error",
                    fmt::format(R"({{"level":50,"time":{},"msg":"charge failed","order":{},)"
                                R"("err":{{"code":"card_declined","retry":false}}}})",
                                1'772'460'000'000 + roll.below(1'000'000'000), roll.below(100'000)));
  return from_app(
      std::move(proc), "json", "info",
      fmt::format(R"({{"level":"info","msg":"charge accepted","order":{},"customer":{{"id":"{}"}},)"
                  R"("ms":{:.1f}}})",
                  roll.below(100'000), roll.uuid(), roll.lognormal(80, 0.5)));
}

event_line logfmt_line(std::string proc, dice& roll) {
  if (roll.chance(0.3))
    return from_app(std::move(proc), "logfmt", "warning",
                    fmt::format("level=warn msg=\"slow upstream\" upstream=payments elapsed={}ms",
                                800 + roll.below(4'000)));
  return from_app(
      std::move(proc), "logfmt", "",
      fmt::format("source=rack-timeout id={} wait={}ms timeout=15000ms service={}ms state=completed",
                  roll.uuid(), roll.below(20), roll.below(400)));
}

event_line plain_line(std::string proc, dice& roll) {
  switch (roll.below(4)) {
  case 0:
    return from_app(std::move(proc), "text", "",
                    fmt::format("Started GET \"/products/{}\" for {}", roll.below(100'000), roll.address()));
  case 1:
    return from_app(std::move(proc), "text", "info",
                    fmt::format("INFO Completed 200 OK in {}ms (Views: {}.1ms | ActiveRecord: {}.4ms)",
                                roll.below(900), roll.below(90), roll.below(40)));
  case 2:
    return from_app(std::move(proc), "text", "error",
                    "ERROR: duplicate key value violates unique constraint \"orders_token\"");
  default:
    return from_app(std::move(proc), "text", "", fmt::format("cache warmed in {}ms", roll.below(90)));
  }
}

event_line l2met_line(std::string proc, dice& roll) {
  return from_app(std::move(proc), "logfmt", "",
                  fmt::format("source=checkout measure#db.query={:.1f}ms count#orders.placed={} "
                              "sample#queue.depth={}jobs unique#buyers=user-{}",
                              roll.lognormal(12, 0.6), 1 + roll.below(3), roll.below(60), roll.below(9'000)));
}

// Lines that a careless parser gets wrong (heroku-formats section 12).
event_line odd_line(std::string proc, dice& roll) {
  static constexpr const char* texts[] = {
      "Grüße aus Zürich ☕ – Bestellung bezahlt",
      "- first item of a list",
      "[1] not structured data",
      "\x1b[36mSELECT\x1b[0m 1",
      "    at Object.<anonymous> (/app/server.js:12:7)",
      "Error R14 (Memory quota exceeded)",
      "State changed from up to crashed",
      "",
  };
  if (roll.chance(0.2))
    return from_app(
        std::move(proc), "logfmt", "",
        "at=info method=GET path=\"/imitated\" host=x dyno=web.1 connect=1ms service=9ms status=500");
  return from_app(std::move(proc), "text", "", roll.one_of(texts));
}

} // namespace

event_line app_line(std::string proc, dice& roll) {
  const auto draw = roll.below(100);
  if (draw < 36)
    return json_line(std::move(proc), roll);
  if (draw < 64)
    return logfmt_line(std::move(proc), roll);
  if (draw < 94)
    return plain_line(std::move(proc), roll);
  return draw < 98 ? l2met_line(std::move(proc), roll) : odd_line(std::move(proc), roll);
}

} // namespace parseflow::traffic
