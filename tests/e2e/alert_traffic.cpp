#include "tests/e2e/alert_traffic.hpp"

#include <chrono>

#include <doctest/doctest.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "tests/support/http_connection.hpp"

namespace parseflow::e2e {

void post_requests(const service& to, const std::string& app, int count, int status) {
  static int frames = 0;
  const auto at = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto line =
      fmt::format("<158>1 {:%FT%T}+00:00 host heroku router - at=info method=GET path=\"/\" host=h "
                  "request_id=r fwd=\"203.0.113.9\" dyno=web.1 connect=1ms service=7ms "
                  "status={} bytes=5 protocol=https\n",
                  at, status);
  std::string body;
  for (int i = 0; i < count; ++i)
    body += fmt::format("{} {}", line.size(), line);
  http_connection connection{to.port()};
  REQUIRE(connection.send(drain_request(body, static_cast<std::size_t>(count), fmt::format("F{}", ++frames),
                                        fmt::format("Logplex-Drain-Token: d.{}\r\n", app),
                                        "/logdrains?app=" + app)));
  CHECK(connection.receive(timeout).value().status == 204);
}

nlohmann::json alerts_posted_to(const scripted_server& receiver) {
  auto result = nlohmann::json::array();
  for (const auto& request : receiver.requests())
    result.push_back(nlohmann::json::parse(request.substr(request.find("\r\n\r\n") + 4)));
  return result;
}

} // namespace parseflow::e2e
