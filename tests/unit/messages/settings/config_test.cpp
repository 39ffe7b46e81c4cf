// Where settings come from, and which place has priority.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <doctest/doctest.h>

#include "messages/settings/config.hpp"
#include "tests/support/problem_in.hpp"

namespace config_test {

using namespace parseflow;

namespace {

// A file with settings or a secret, removed after the test.
class config_file {
public:
  explicit config_file(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("parseflow_config_" + std::to_string(getpid()) + "_" + std::to_string(++count) + ".ini")) {
    std::ofstream{path_} << text;
  }
  ~config_file() { std::filesystem::remove(path_); }
  std::string path() const { return path_.string(); }
  std::string argument() const { return "--config=" + path(); }

private:
  static inline int count = 0;
  std::filesystem::path path_;
};

std::string problem_of(const std::vector<std::string>& arguments,
                       const std::map<std::string, std::string>& environment = {}) {
  config c;
  return problem_in(c.read(arguments, environment));
}

} // namespace

TEST_CASE("config: the command line wins over the environment, which wins over the file") {
  const config_file file{"[http]\nport = 1001\n[storage]\nurl = \"sqlite:file.db\"\nbatch-interval = 30ms\n"};
  config all;
  REQUIRE(problem_in(all.read({file.argument(), "--http.port=1003"},
                              {{"PORT", "1002"}, {"DATABASE_URL", "postgres://h/d"}})) == "");
  CHECK(all.values().http.port == 1003);
  CHECK(all.values().storage.url.reveal() == "postgres://h/d");
  CHECK(all.values().storage.batch_interval == std::chrono::milliseconds{30});
  config two;
  REQUIRE(problem_in(two.read({file.argument()}, {{"PORT", "1002"}})) == "");
  CHECK(two.values().http.port == 1002);
  CHECK(two.values().storage.url.reveal() == "sqlite:file.db");
}

TEST_CASE("config: twelve-factor names reach their settings") {
  config c;
  REQUIRE(problem_in(c.read({}, {{"METRICS_API_KEY", "a-key-of-some-length"},
                                 {"PARSEFLOW_DRAINS", "shop:u:a-long-password-x"},
                                 {"PORT", "8080"}})) == "");
  CHECK(c.values().http.api_key.reveal() == "a-key-of-some-length");
  REQUIRE(c.values().http.drains.size() == 1);
  CHECK(c.values().http.drains[0].app == "shop");
  CHECK(c.values().http.port == 8080);
}

TEST_CASE("config: an unknown setting stops the start with a suggestion") {
  CHECK(problem_of({"--http.prot=80"}).find("http.prot (did you mean http.port?)") != std::string::npos);
  CHECK(problem_of({"--nonsense=1"}).find("unknown setting nonsense") != std::string::npos);
}

TEST_CASE("config: a malformed value is shown with the form it should have") {
  CHECK(problem_of({"--http.port=70000"}) == "http.port must be a whole number up to 65535, not \"70000\"");
  CHECK(problem_of({"--receiver.hold=soon"}).find("receiver.hold must be a duration") == 0);
  CHECK(problem_of({}, {{"PORT", "http"}}).find("PORT must be a whole number") == 0);
  CHECK(problem_of({"--http.port"}).find("http.port needs a value") == 0);
  CHECK(problem_of({"port=1"}).starts_with("unexpected argument port:"));
  CHECK(problem_of({"--config=/nonexistent/file"}).find("cannot read the config file /nonexistent/file") ==
        0);
  CHECK(problem_of({"--config=/tmp"}).starts_with("cannot read the config file /tmp"));
  CHECK(problem_of({"--parser.count=99999999999"}) ==
        "parser.count must be a whole number, at most 256, not \"99999999999\"");
}

TEST_CASE("config: secrets do not appear in problems") {
  CHECK(problem_of({}, {{"PARSEFLOW_DRAINS", "hunter2"}}) ==
        "PARSEFLOW_DRAINS: entry 1 must have the form app:user:password");
  CHECK(problem_of({"DATABASE_URL=hunter2"}).find("hunter2") == std::string::npos);
  CHECK(problem_of({}, {{"DATABASE_URL", "mysql://u:hunter2@h"}}).find("hunter2") == std::string::npos);
  const auto problem = problem_of({}, {{"PARSEFLOW_WEBHOOK_URL", "ftp://h/hunter2"}});
  CHECK(problem.find("PARSEFLOW_WEBHOOK_URL") != std::string::npos);
  CHECK(problem.find("hunter2") == std::string::npos);
}

TEST_CASE("config: a secret on the command line is refused, and the sentence says where it may stand") {
  CHECK(
      problem_of({"--http.api-key=hunter2"}) ==
      "http.api-key is a secret, and every user of this machine can read a command line: set METRICS_API_KEY, or "
      "METRICS_API_KEY_FILE to the path of a file that holds it, or write it into the file of --config");
  for (const auto& row : all_settings()) {
    CAPTURE(row.full_name());
    if (!row.is_secret())
      continue;
    for (const char* value : {"", "=", "=hunter2", "=sqlite:file.db"}) {
      const auto problem = problem_of({"--" + row.full_name() + value});
      CHECK(problem.starts_with(row.full_name() + " is a secret"));
      CHECK(problem.find("hunter2") == std::string::npos);
    }
  }
}

TEST_CASE("config: a secret may stand in a file of its own") {
  const config_file file{"shop:u:p\nblog:u:p\r\n\n"};
  config c;
  REQUIRE(problem_in(c.read({}, {{"PARSEFLOW_DRAINS_FILE", file.path()}})) == "");
  CHECK(c.values().http.drains.size() == 2);
  config key;
  const config_file key_file{" a key with blanks \n"};
  REQUIRE(problem_in(key.read({}, {{"METRICS_API_KEY_FILE", key_file.path()}, {"METRICS_API_KEY", ""}})) ==
          "");
  CHECK(key.values().http.api_key.reveal() == " a key with blanks ");
  for (const auto& row : all_settings()) {
    const std::string variable{row.details.variable}, with_file = variable + "_FILE";
    CAPTURE(row.full_name());
    if (!row.is_secret())
      continue;
    CHECK(problem_of({}, {{with_file, "/nonexistent/file"}}) ==
          "cannot read the file /nonexistent/file of " + with_file + ": check the path and its permissions");
    CHECK(problem_of({}, {{with_file, "/tmp"}}).starts_with("cannot read the file /tmp"));
    CHECK(problem_of({}, {{with_file, "/nonexistent/file"}, {variable, "hunter2"}}) ==
          variable + " and " + with_file + " are both set: leave one of them out");
  }
  const config_file empty{"\n"}, wrong{"mysql://u:hunter2@h\n"};
  CHECK(problem_of({}, {{"METRICS_API_KEY_FILE", empty.path()}}).find(" is empty") != std::string::npos);
  CHECK(problem_of({}, {{"DATABASE_URL_FILE", wrong.path()}}) ==
        "DATABASE_URL_FILE must begin with sqlite: or postgres://");
}

TEST_CASE("config: what is wrong in a file is said with its line and what would be right") {
  const auto problem_of_file = [](const std::string& text) {
    const config_file file{text};
    const auto problem = problem_of({file.argument()});
    REQUIRE(problem.starts_with(file.path() + ", "));
    return problem.substr(file.path().size() + 2);
  };
  CHECK(problem_of_file("# a comment\n\n[http]\nprot = 80\n") ==
        "line 4: unknown setting http.prot (did you mean http.port?); parseflow --help lists all settings");
  CHECK(problem_of_file("[htpp]\r\nport = 80\r\n")
            .starts_with("line 2: unknown setting htpp.port (did you mean http.port?)"));
  CHECK(problem_of_file("port = 80\n") ==
        "line 1: port stands in no section (did you mean http.port?): write [http] above it");
  CHECK(problem_of_file("[http]\nport = eighty\n") ==
        "line 2: http.port must be a whole number up to 65535, not \"eighty\"");
  CHECK(problem_of_file("[receiver]\nhold = 5s\n") ==
        "line 2: receiver.hold must be between 100ms and 4500ms, not \"5s\": Logplex gives up after 5s");
  CHECK(problem_of_file("[http\n") == "line 1: a section is written [http]");
  const auto secret_problem = problem_of_file("[storage]\nurl = mysql://u:hunter2@h\n");
  CHECK(secret_problem == "line 2: storage.url must begin with sqlite: or postgres://");
}

TEST_CASE("config: a flag may stand alone or carry a value") {
  config c;
  REQUIRE(problem_in(c.read(
              {"--http.allow-anonymous-drains", "--http.allow-anonymous-metrics=true", "--http.host=0.0.0.0"},
              {})) == "");
  CHECK(c.values().http.allow_anonymous_drains);
  CHECK(c.values().http.allow_anonymous_metrics);
}

TEST_CASE("config: the help lists every setting once, with its default") {
  const auto help = settings_help();
  CHECK(help.find("--receiver.hold  (default: 4s; between 100ms and 4500ms)") != std::string::npos);
  CHECK(help.find("--http.port  (default: 5000)") != std::string::npos);
  CHECK(help.find("--storage.batch-interval  (default: 50ms; between 0ms and 3s)") != std::string::npos);
  CHECK(help.find("--http.port") == help.rfind("--http.port"));
  CHECK(help.find("work-stealing") == std::string::npos);
}

TEST_CASE("config: what is hidden is a list of keys and two switches") {
  config c;
  REQUIRE(problem_in(c.read({"--redaction.keys=password, token,", "--redaction.email-addresses"}, {})) == "");
  CHECK(c.values().redaction.keys == std::vector<std::string>{"password", "token"});
  CHECK(c.values().redaction.email_addresses);
  CHECK_FALSE(c.values().redaction.query_values);
}

TEST_CASE("config: how long rows stay may be given in days, and as a bare 0") {
  const config_file file{"[retention]\nrollups = 8760h\nsamples = \"3d\"\n"};
  config c;
  REQUIRE(problem_in(c.read({file.argument(), "--retention.requests=90d", "--retention.log-lines=0",
                             "--retention.frames=36h", "--retention.rejected-frames=90min"},
                            {})) == "");
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
  REQUIRE(problem_in(defaults.read({}, {})) == "");
  CHECK(defaults.values().alerts.rules == *alerts::parse_rules(""));
  CHECK_FALSE(defaults.values().alerts.rules.empty());
  const std::string text = "a: error_rate > 5 resolve <= 3 app=shop; b: code:H12 >= 2 critical";
  config line;
  REQUIRE(problem_in(line.read({"--alerts.rules=" + text}, {})) == "");
  CHECK(line.values().alerts.rules == *alerts::parse_rules(text));
  CHECK(line.values().alerts.rules.size() == 2);
  const config_file file{"[alerts]\nrules = \"" + text + "\"\nwebhook-url = \"https://h/x?y=z\"\n"};
  config from_file;
  REQUIRE(problem_in(from_file.read({file.argument()}, {})) == "");
  CHECK(from_file.values().alerts.rules == line.values().alerts.rules);
  CHECK(from_file.values().alerts.webhook_url.reveal() == "https://h/x?y=z");
  config none;
  REQUIRE(problem_in(none.read({"--alerts.rules=none"}, {})) == "");
  CHECK(none.values().alerts.rules.empty());
}

TEST_CASE("config: a wrong alert rule stops the start") {
  CHECK(problem_of({"--alerts.rules=a: error_rate > 5; b: p95 > 3"})
            .starts_with("alerts.rules: rule 2 (b): \"p95\" is wrong: a metric ("));
}

TEST_CASE("config: the example of docs/settings.md is read as it stands there") {
  std::ifstream document{DOCS "/settings.md"};
  const std::string text{std::istreambuf_iterator<char>{document}, {}};
  const std::string fence = "```ini\n";
  const auto begin = text.find(fence) + fence.size();
  const config_file file{text.substr(begin, text.find("```", begin) - begin)};
  config c;
  REQUIRE(problem_in(c.read({file.argument()}, {})) == "");
  CHECK(c.values().http.api_key.reveal() == "a;key#with \"signs\"");
  CHECK(c.values().http.drains.size() == 2);
  CHECK(c.values().alerts.rules.size() == 2);
  CHECK(c.values().retention.alerts.count() == 0);
}

TEST_CASE("config: the example of deploy/ is read as it stands there") {
  config c;
  REQUIRE(problem_in(c.read({"--config=" DOCS "/../deploy/parseflow.example.conf", "--storage.node=a"},
                            {{"DATABASE_URL", "postgres://u:p@h/d"},
                             {"PARSEFLOW_DRAINS", "a:u:a-long-password-x"},
                             {"METRICS_API_KEY", "a-key-of-some-length"}})) == "");
  CHECK(c.values().cluster.peers.size() == 3);
}

} // namespace config_test
