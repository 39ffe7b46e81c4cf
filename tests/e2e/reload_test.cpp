// Settings that a running program takes up on SIGHUP, from its file and from the files of secrets.
#include <csignal>
#include <fstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/e2e/tested_program.hpp"
#include "tests/traffic/traffic.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;

namespace {

constexpr const char* first_key = "the-key-that-is-there-at-first";
constexpr const char* second_key = "the-key-that-takes-its-place";

// A program whose settings stand in files alone, since the command line would win over them.
class file_service {
public:
  explicit file_service(const std::string& text) {
    write(text);
    write_key(first_key);
    program_ = std::make_unique<process>(
        tested_program(),
        std::vector<std::string>{"--http.host=127.0.0.1", "--http.port=0", "--config=" + file(),
                                 "--storage.directory=" + (folder_ / "data").string()},
        std::map<std::string, std::string>{{"METRICS_API_KEY_FILE", key_file()}});
    REQUIRE(program_->wait_for_error_text("listening on http", timeout));
    REQUIRE(eventually([this] { return program_->standard_error().ends_with('\n'); }));
    const auto log = program_->standard_error();
    port_ = static_cast<std::uint16_t>(std::stoul(log.substr(log.find(':', log.find("http://127") + 5) + 1)));
  }

  void write(const std::string& text) const { std::ofstream{file()} << text; }
  void write_key(const std::string& key) const { std::ofstream{key_file()} << key << '\n'; }

  /// Sends SIGHUP, and waits for the log to say this.
  void reload(const std::string& expected) {
    program_->send_signal(SIGHUP);
    CHECK_MESSAGE(program_->wait_for_error_text(expected, timeout), program_->standard_error());
  }

  http_answer metrics(const std::string& key) const {
    return http_request(port_, "GET", "/metrics", "X-API-Key: " + key + "\r\n");
  }
  std::size_t alerts(const std::string& key) const {
    return nlohmann::json::parse(metrics(key).body).at("active_alerts").size();
  }
  std::uint64_t requests() const {
    return stored::in_sqlite((folder_ / "data" / "parseflow.db").string()).count("request");
  }
  void post(std::chrono::hours age) const {
    traffic::generator app{{}, 7};
    traffic::drain_client drain{drain_at("127.0.0.1", port_, "shop")};
    const auto at = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) - age;
    REQUIRE(drain.post(app.next(50, at, at + 1ms)) == traffic::post_result::delivered);
  }

private:
  std::string file() const { return (folder_ / "parseflow.conf").string(); }
  std::string key_file() const { return (folder_ / "key").string(); }

  temp_dir folder_;
  std::unique_ptr<process> program_;
  std::uint16_t port_ = 0;
};

} // namespace

TEST_CASE("reload: a key, the rules of alerts, and how long rows stay are taken up from files") {
  file_service running{"[http]\nrequests-per-minute = 0\n[alerts]\nrules = none\n"};
  running.post(24h * 5);
  REQUIRE(eventually([&] { return running.requests() > 0; }));
  CHECK(running.alerts(first_key) == 0);

  running.write_key(second_key);
  running.write(
      "[http]\nrequests-per-minute = 0\ncors-origin = https://example.com\n[alerts]\nrules = late: late > 0 over 60m\n"
      "[retention]\nrequests = 24h\n");
  running.reload("settings=\"http.api-key,http.cors-origin,alerts.rules,retention.requests\"");
  CHECK(eventually([&] { return running.metrics(first_key).status == 401; }));
  CHECK(running.metrics(second_key).header("Access-Control-Allow-Origin") == "https://example.com");
  CHECK(eventually([&] { return running.alerts(second_key) == 1; }));
  CHECK(eventually([&] { return running.requests() == 0; }));

  running.write_key(first_key);
  running.write("[http]\nrequests-per-minute = 0\n[alerts]\nrules = late: lateness > 0\n");
  running.reload("line 4: alerts.rules");
  CHECK(running.metrics(first_key).status == 401);
  CHECK(running.alerts(second_key) == 1);

  running.write("[http]\nrequests-per-minute = 2\n[alerts]\nrules = none\n");
  running.reload(
      "settings=\"http.api-key,http.requests-per-minute,http.cors-origin,alerts.rules,retention.requests\"");
  CHECK(eventually([&] { return running.metrics(first_key).status == 429; }));
}
