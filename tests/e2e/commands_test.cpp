// The commands besides serving: storing what its journal holds, showing that journal, checking its settings.
// Commands with mistakes create no files.
#include <algorithm>
#include <csignal>
#include <fstream>

#include <doctest/doctest.h>

#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/e2e/tested_program.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/traffic/traffic.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;

namespace {

struct ended {
  int status = 0;
  std::string output, error;

  bool says(const std::string& words) const { return (output + error).find(words) != std::string::npos; }
};

// Runs the program until it ends. A status of -1: it took too long.
ended run(const std::vector<std::string>& arguments,
          const std::map<std::string, std::string>& environment = {}) {
  process program{tested_program(), arguments, environment};
  const auto status = program.wait(timeout);
  return {status.value_or(-1), program.standard_output(), program.standard_error()};
}

void check_refused(const ended& found, const std::string& words) {
  CAPTURE(found.error);
  CHECK(found.status == 1);
  CHECK(found.error.starts_with("parseflow: "));
  CHECK(std::count(found.error.begin(), found.error.end(), '\n') == 1);
  CHECK(found.says(words));
}

traffic::body some_body(std::uint64_t seed) {
  traffic::generator app{{}, seed};
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  return app.next(30, now - 1s, now);
}

// A service that was killed while its database was away: its frames wait in the journal.
struct interrupted_service {
  explicit interrupted_service(std::uint64_t frames) {
    REQUIRE(running.wait_until_stored());
    server.stop();
    traffic::drain_client drain{running.drain("shop")};
    for (std::uint64_t seed = 1; seed <= frames; ++seed)
      REQUIRE(drain.post(some_body(seed)) == traffic::post_result::delivered);
    running.kill();
  }

  postgres_server server;
  std::string url = server.create_database();
  service running{{{}, {{"DATABASE_URL", url}}}};
};

} // namespace

TEST_CASE("replay: a folder that is not there, or holds no journal, is refused, and nothing is made") {
  const temp_dir folder;
  const auto typo = folder / "typo";
  for (const auto* command : {"replay", "journal"}) {
    check_refused(run({command, "--storage.directory=" + typo.string()}), typo.string());
    CHECK_FALSE(std::filesystem::exists(typo));
    check_refused(run({command, "--storage.directory=" + folder.path().string()}), "there is no journal");
    CHECK(std::filesystem::is_empty(folder.path()));
  }
  const auto file = folder / "file";
  std::ofstream{file} << "no folder";
  check_refused(run({"journal", "--journal.directory=" + file.string()}), "Not a directory");
}

TEST_CASE("replay: a database file that is not there is refused, and not made") {
  service running;
  REQUIRE(running.stop() == 0);
  const auto other = running.folder() / "other.db";
  check_refused(run({"replay", "--storage.directory=" + running.folder().string()},
                    {{"DATABASE_URL", "sqlite:" + other.string()}}),
                other.string());
  CHECK_FALSE(std::filesystem::exists(other));
}

TEST_CASE("replay: it stores what waits, and says how many frames the journal held") {
  interrupted_service waiting{3};
  auto& running = waiting.running;
  waiting.server.start();
  REQUIRE(running.run("replay") == 0);
  CHECK(running.program().standard_error().find("frames=3\n") != std::string::npos);
  CHECK(stored::in_postgres(waiting.url).count("frame") == 3);
}

TEST_CASE("replay: a database that cannot be reached is named, and is no success") {
  postgres_server server;
  service running{{{}, {{"DATABASE_URL", server.create_database()}}}};
  REQUIRE(running.wait_until_stored());
  REQUIRE(running.stop() == 0);
  CHECK(running.run("replay") == 0);
  CHECK(running.program().standard_error().find("frames=0\n") != std::string::npos);
  server.stop();
  CHECK(running.run("replay") == 1);
  CHECK(running.program().standard_error().find("the database could not be reached") != std::string::npos);
}

TEST_CASE("replay: a signal ends it at once, and what it did not store stays in the journal") {
  interrupted_service waiting{1};
  auto& running = waiting.running;
  process replay{tested_program(),
                 {"replay", "--storage.directory=" + running.folder().string()},
                 {{"DATABASE_URL", waiting.url}}};
  REQUIRE(replay.wait_for_error_text("the database takes no lines", timeout));
  replay.send_signal(SIGTERM);
  REQUIRE(replay.wait(timeout) == 1);
  CHECK(replay.standard_error().find("stopped before the database had everything") != std::string::npos);
  waiting.server.start();
  REQUIRE(running.run("replay") == 0);
  CHECK(stored::in_postgres(waiting.url).count("frame") == 1);
}

TEST_CASE("check: it says where the service would listen, wherever that is set, and makes nothing") {
  const temp_dir folder;
  const auto file = folder / "parseflow.conf", data = folder / "data";
  std::ofstream{file} << "[http]\nport = 5017\n";
  const auto in_file = run({"check", "--config=" + file.string(), "--storage.directory=" + data.string()});
  CHECK(in_file.status == 0);
  CHECK(in_file.output == "http://127.0.0.1:5017\n");
  CHECK(run({"check", "--config=" + file.string()}, {{"PORT", "5018"}}).output == "http://127.0.0.1:5018\n");
  CHECK(run({"check"},
            {{"PARSEFLOW_DRAINS", "shop:u:a-long-password-x"}, {"METRICS_API_KEY", "a-key-of-some-length"}})
            .output == "http://0.0.0.0:5000\n");
  check_refused(run({"check", "--http.port=70000"}), "http.port");
  std::ofstream{file} << "# a comment\r\n[http]\r\nprot = 5017\r\n";
  check_refused(run({"check", "--config=" + file.string()}),
                file.string() + ", line 3: unknown setting http.prot (did you mean http.port?)");
  CHECK_FALSE(std::filesystem::exists(data));
}

namespace {

// `parseflow drains …` on a data folder of its own.
struct drains_site {
  temp_dir folder;
  std::map<std::string, std::string> environment;

  ended drains(std::vector<std::string> words) const {
    words.insert(words.begin(), "drains");
    words.push_back("--storage.directory=" + (folder / "data").string());
    return run(words, environment);
  }
  // The id in the line of `list` that holds `word`.
  std::string id_of(const std::string& word) const {
    const auto list = drains({"list"}).output;
    const auto line = list.rfind('\n', list.find(word)) + 1;
    return list.substr(line, list.find(' ', line) - line);
  }
};

std::string password_in(const std::string& line) {
  const auto begin = line.find(':', line.find("://") + 3) + 1;
  return line.substr(begin, line.find('@') - begin);
}

} // namespace

TEST_CASE("drains: one is added, listed, rotated and removed while no service runs") {
  const drains_site site;
  const auto added = site.drains({"add", "shop", "--user=heroku", "--url=https://logs.example.com"});
  CHECK(added.status == 0);
  const auto password = password_in(added.output);
  CHECK(password.size() == 40);
  CHECK(added.output ==
        "heroku drains:add https://heroku:" + password + "@logs.example.com/logdrains -a shop\n");
  const auto listed = site.drains({"list"});
  CHECK(listed.says("heroku"));
  CHECK(listed.says("last used never"));
  CHECK_FALSE(listed.says(password));
  const auto rotated = site.drains({"rotate", "heroku", "--url", "https://logs.example.com"});
  CHECK(rotated.status == 0);
  CHECK(password_in(rotated.output) != password);
  CHECK(site.drains({}).says("old last used never, new last used never"));
  CHECK(site.drains({"remove", site.id_of("heroku")}).status == 0);
  CHECK(site.drains({"list"}).says("no drain is registered"));
  check_refused(site.drains({"remove", "heroku"}), "there is no drain heroku");
}

TEST_CASE("drains: what cannot be added is refused, and nothing is made") {
  const drains_site site;
  check_refused(site.drains({"add", "shop"}), "--url=https://HOST");
  check_refused(site.drains({"add", "--url=https://h"}), "needs an app");
  check_refused(site.drains({"add", "shop", "--url=shop.example.com"}), "https://HOST");
  check_refused(site.drains({"list"}), "there is no database");
  check_refused(site.drains({"fetch"}), "not fetch");
  check_refused(site.drains({"rotate"}), "needs one drain");
  CHECK(std::filesystem::is_empty(site.folder.path()));
  CHECK(site.drains({"add", "shop", "--user=u", "--http.public-url=https://h"}).status == 0);
  check_refused(site.drains({"add", "blog", "--user=u", "--url=https://h"}), "the user u");
  check_refused(site.drains({"add", "a b", "--url=https://h"}), "the name of an app");
}

TEST_CASE("drains: the entries of the environment are listed, and can be imported") {
  drains_site site;
  site.environment["PARSEFLOW_DRAINS"] = "shop:u:p";
  CHECK(site.drains({"import"}).says("u is imported"));
  CHECK(site.drains({"import"}).says("was imported before"));
  site.environment["PARSEFLOW_DRAINS"] = "blog:v:p";
  const auto listed = site.drains({"list"});
  CHECK(listed.says("shop"));
  CHECK(listed.says("in PARSEFLOW_DRAINS"));
  CHECK_FALSE(listed.says(":p"));
}

TEST_CASE("keys: one is made, listed and removed while no service runs") {
  const temp_dir folder;
  const auto keys = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "keys");
    words.push_back("--storage.directory=" + (folder / "data").string());
    return run(words);
  };
  check_refused(keys({"list"}), "there is no database");
  const auto made = keys({"add", "ci", "--app=shop", "--app=blog"});
  CHECK(made.status == 0);
  CHECK(made.output.starts_with("pf_"));
  CHECK(made.output.size() == 44); // and a line feed
  check_refused(keys({"add", "ci"}), "there is a key ci");
  check_refused(keys({"add", "root", "--role=admin", "--app=shop"}), "an admin key sees all apps");
  check_refused(keys({"add", "none", "--app="}), "the name of an app");
  CHECK(keys({"add", "root", "--role=admin"}).status == 0);
  const auto listed = keys({"list"});
  CHECK(listed.says("shop,blog"));
  CHECK(listed.says("never"));
  CHECK_FALSE(listed.says(made.output.substr(0, 43)));
  CHECK(keys({"remove", "ci"}).says("ci is removed"));
  CHECK(keys({"remove", "root"}).status == 0);
  CHECK(keys({}).says("no key is registered"));
  CHECK(keys({"sign-out-everywhere"}).says("all sessions have ended"));
}

TEST_CASE("commands: words that people try are understood, or refused with what is right") {
  CHECK(run({"help"}).output == run({"--help"}).output);
  CHECK(run({"version"}).output == run({"--version"}).output);
  CHECK(run({"replay", "--help"}).status == 0);
  check_refused(run({"sreve"}), "there is no command sreve");
  check_refused(run({"drain"}), "parseflow replay");
  check_refused(run({"--config"}), "--config=FILE");
  check_refused(run({"--config", "parseflow.conf"}), "--config=FILE");
}
