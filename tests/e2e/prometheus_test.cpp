// A real Prometheus that scrapes the built program.
#include <fstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/e2e/service.hpp"
#include "tests/support/http_connection.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string key = "the-key-of-this-test";

void post_request_line(service& running) {
  const std::string line = "<158>1 2026-03-02T14:07:31.330517+00:00 host heroku router - at=info method=GET "
                           "path=\"/\" host=h request_id=r fwd=\"203.0.113.9\" dyno=web.1 connect=1ms "
                           "service=7ms status=200 bytes=5 protocol=https\n";
  http_connection connection{running.port()};
  REQUIRE(connection.send(drain_request(fmt::format("{} {}", line.size(), line), 1, "F1",
                                        "Logplex-Drain-Token: d.shop\r\n", "/logdrains?app=shop")));
  CHECK(connection.receive(timeout).value().status == 204);
}

// A Prometheus that scrapes `port` and keeps its data in a folder of its own.
class scraper {
public:
  explicit scraper(std::uint16_t port) {
    const auto settings = folder_ / "prometheus.yml";
    std::ofstream(settings) << fmt::format("global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}\n"
                                           "scrape_configs:\n"
                                           "  - job_name: parseflow\n"
                                           "    authorization: {{credentials: {}}}\n"
                                           "    static_configs: [{{targets: ['127.0.0.1:{}']}}]\n",
                                           key, port);
    program_ = std::make_unique<process>(
        "/usr/bin/prometheus", std::vector<std::string>{"--config.file=" + settings.string(),
                                                        "--storage.tsdb.path=" + (folder_ / "data").string(),
                                                        "--web.listen-address=127.0.0.1:0"});
    const std::string sign = "\"Listening on\" address=127.0.0.1:";
    REQUIRE(program_->wait_for_error_text(sign, timeout));
    const auto log = program_->standard_error();
    port_ = static_cast<std::uint16_t>(std::stoul(log.substr(log.find(sign) + sign.size())));
  }

  // The value of an expression that has exactly one; empty if it has none or several.
  std::string value_of(const std::string& expression) const {
    try {
      const auto answer = http_request(port_, "GET", "/api/v1/query?query=" + expression, {});
      const auto found = json::parse(answer.body).at("data").at("result");
      return found.size() == 1 ? found[0].at("value").at(1).get<std::string>() : "";
    } catch (const std::exception&) {
      return ""; // it is not ready yet
    }
  }

private:
  temp_dir folder_;
  std::unique_ptr<process> program_;
  std::uint16_t port_ = 0;
};

} // namespace

TEST_CASE("prometheus: scrapes the service with its key, and knows what was counted") {
  service running{{{}, {{"METRICS_API_KEY", key}}}};
  post_request_line(running);
  const scraper prometheus{running.port()};
  const auto becomes = [&](const std::string& expression, const std::string& expected) {
    const bool holds = eventually([&] { return prometheus.value_of(expression) == expected; });
    CHECK_MESSAGE(holds, expression, " is ", prometheus.value_of(expression));
  };
  becomes("heroku_requests_total%7Bapp=%22shop%22,status_class=%222xx%22%7D", "1");
  becomes("heroku_service_seconds_bucket%7Bapp=%22shop%22,le=%220.01%22%7D", "1");
  becomes("parseflow_stored_lines_total", "1");
  becomes("parseflow_acknowledgement_seconds_count", "1");
  becomes("up", "1");
}
