// Where settings come from and which place wins.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <doctest/doctest.h>

#include "messages/settings/config.hpp"

using namespace parseflow;

namespace {

// A config file that is gone after the test.
class config_file {
public:
  explicit config_file(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("parseflow_config_" + std::to_string(getpid()) + ".ini")) {
    std::ofstream{path_} << text;
  }
  ~config_file() { std::filesystem::remove(path_); }
  std::string argument() const { return "--config=" + path_.string(); }

private:
  std::filesystem::path path_;
};

std::string problem_of(const std::vector<std::string>& arguments,
                       const std::map<std::string, std::string>& environment = {}) {
  config c;
  return c.read(arguments, environment).value_or("");
}

} // namespace

TEST_CASE("config: the command line wins over the environment, which wins over the file") {
  const config_file file{"[http]\nport = 1001\n[storage]\nurl = \"sqlite:file.db\"\nbatch-interval = 30ms\n"};
  config all;
  REQUIRE(all.read({file.argument(), "--http.port=1003"},
                   {{"PORT", "1002"}, {"DATABASE_URL", "postgres://h/d"}}) == std::nullopt);
  CHECK(all.values().http.port == 1003);
  CHECK(all.values().storage.url.reveal() == "postgres://h/d");
  CHECK(all.values().storage.batch_interval == std::chrono::milliseconds{30});
  config two;
  REQUIRE(two.read({file.argument()}, {{"PORT", "1002"}}) == std::nullopt);
  CHECK(two.values().http.port == 1002);
  CHECK(two.values().storage.url.reveal() == "sqlite:file.db");
}

TEST_CASE("config: twelve-factor names reach their settings") {
  config c;
  REQUIRE(c.read({}, {{"METRICS_API_KEY", "key"}, {"PARSEFLOW_DRAINS", "shop:u:p"}, {"PORT", "8080"}}) ==
          std::nullopt);
  CHECK(c.values().http.api_key.reveal() == "key");
  REQUIRE(c.values().http.drains.size() == 1);
  CHECK(c.values().http.drains[0].app == "shop");
  CHECK(c.values().http.port == 8080);
}

TEST_CASE("config: an unknown setting stops the start with a suggestion") {
  CHECK(problem_of({"--http.prot=80"}).find("http.prot (did you mean http.port?)") != std::string::npos);
  CHECK(problem_of({"--nonsense=1"}).find("unknown setting nonsense") != std::string::npos);
  const config_file file{"[http]\nprot = 80\n"};
  CHECK(problem_of({file.argument()}).find("did you mean http.port?") != std::string::npos);
}

TEST_CASE("config: a malformed value is shown with the form it should have") {
  CHECK(problem_of({"--http.port=70000"}) == "http.port must be a whole number up to 65535, not \"70000\"");
  CHECK(problem_of({"--receiver.hold=soon"}).find("receiver.hold must be a duration") == 0);
  CHECK(problem_of({}, {{"PORT", "http"}}).find("PORT must be a whole number") == 0);
  CHECK(problem_of({"--http.port"}).find("http.port needs a value") == 0);
  CHECK(problem_of({"port=1"}).find("unexpected argument port=1") == 0);
  CHECK(problem_of({"--config=/nonexistent/file"}).find("cannot read the config file /nonexistent/file") ==
        0);
  const config_file broken{"[http\n"};
  CHECK(problem_of({broken.argument()}).find("is malformed") != std::string::npos);
}

TEST_CASE("config: secrets do not appear in problems") {
  CHECK(problem_of({}, {{"PARSEFLOW_DRAINS", "hunter2"}}).find("hunter2") == std::string::npos);
  CHECK(problem_of({}, {{"DATABASE_URL", "mysql://u:hunter2@h"}}).find("hunter2") == std::string::npos);
  const auto problem = problem_of({}, {{"PARSEFLOW_WEBHOOK_URL", "ftp://h/hunter2"}});
  CHECK(problem.find("PARSEFLOW_WEBHOOK_URL") != std::string::npos);
  CHECK(problem.find("hunter2") == std::string::npos);
}

TEST_CASE("config: a flag may stand alone or carry a value") {
  config c;
  REQUIRE(
      c.read({"--http.allow-anonymous-drains", "--http.allow-anonymous-metrics=true", "--http.host=0.0.0.0"},
             {}) == std::nullopt);
  CHECK(c.values().http.allow_anonymous_drains);
  CHECK(c.values().http.allow_anonymous_metrics);
}

TEST_CASE("config: the help lists every setting once, with its default") {
  const auto help = config{}.help();
  CHECK(help.find("--http.port  (default: 5000)") != std::string::npos);
  CHECK(help.find("--storage.batch-interval  (default: 50ms)") != std::string::npos);
  CHECK(help.find("--http.port") == help.rfind("--http.port"));
  CHECK(help.find("work-stealing") == std::string::npos);
}

TEST_CASE("config: what is hidden is a list of keys and two switches") {
  config c;
  REQUIRE(c.read({"--redaction.keys=password, token,", "--redaction.email-addresses"}, {}) == std::nullopt);
  CHECK(c.values().redaction.keys == std::vector<std::string>{"password", "token"});
  CHECK(c.values().redaction.email_addresses);
  CHECK_FALSE(c.values().redaction.query_values);
}

TEST_CASE("config: how long rows stay may be given in days, and as a bare 0") {
  const config_file file{"[retention]\nrollups = 8760h\nsamples = \"3d\"\n"};
  config c;
  REQUIRE(c.read({file.argument(), "--retention.requests=90d", "--retention.log-lines=0",
                  "--retention.frames=36h", "--retention.rejected-frames=90min"},
                 {}) == std::nullopt);
  const auto& kept = c.values().retention;
  CHECK(kept.requests == std::chrono::hours{90 * 24});
  CHECK(kept.log_lines == std::chrono::seconds{0});
  CHECK(kept.samples == std::chrono::hours{72});
  CHECK(kept.rollups == std::chrono::hours{8760});
  CHECK(kept.rejected_frames == std::chrono::minutes{90});
  CHECK(kept.frames == std::chrono::hours{36});
  for (const char* wrong : {"d", "7", "1.5d", "7dd", "123456d", ""})
    CHECK(problem_of({std::string("--retention.requests=") + wrong}).find("must be a duration") !=
          std::string::npos);
  CHECK(problem_of({"--retention.requests=30min"}).find("at least 1h") != std::string::npos);
}

TEST_CASE(
    "config: alert rules come as text, from the command line or the file; without one the defaults hold") {
  config defaults;
  REQUIRE(defaults.read({}, {}) == std::nullopt);
  CHECK(defaults.values().alerts.rules == alerts::parse_rules("").rules);
  CHECK_FALSE(defaults.values().alerts.rules.empty());
  const std::string text = "a: error_rate > 5 resolve <= 3 app=shop; b: code:H12 >= 2 critical";
  config line;
  REQUIRE(line.read({"--alerts.rules=" + text}, {}) == std::nullopt);
  CHECK(line.values().alerts.rules == alerts::parse_rules(text).rules);
  CHECK(line.values().alerts.rules.size() == 2);
  const config_file file{"[alerts]\nrules = \"" + text + "\"\nwebhook-url = \"http://h/x?y=z\"\n"};
  config from_file;
  REQUIRE(from_file.read({file.argument()}, {}) == std::nullopt);
  CHECK(from_file.values().alerts.rules == line.values().alerts.rules);
  CHECK(from_file.values().alerts.webhook_url.reveal() == "http://h/x?y=z");
  config none;
  REQUIRE(none.read({"--alerts.rules=none"}, {}) == std::nullopt);
  CHECK(none.values().alerts.rules.empty());
}

TEST_CASE("config: a wrong alert rule stops the start") {
  CHECK(problem_of({"--alerts.rules=a: error_rate > 5; b: p95 > 3"})
            .starts_with("alerts.rules: rule 2 (b): \"p95\" is wrong: a metric ("));
}
