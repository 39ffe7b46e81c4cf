// Measures the cost of a start when the database holds the frame keys of a busy day. `restart_bench --help`
// lists the options.
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include "tests/bench/arguments.hpp"
#include "tests/bench/process_use.hpp"
#include "tests/e2e/service.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/process.hpp"
#include "tests/support/slow_link.hpp"
#include "tests/traffic/traffic.hpp"

namespace {

using namespace parseflow;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr const char* usage = R"(restart_bench: a start after a kill, on a database with many frame keys

Fills the table `frame` by SQL with keys of the last 24 hours, then kills the program under load and measures
the next start: until it listens, until it has reconciled with the database, and the memory it took.

  --keys=N          keys in the database (default 5000000)
  --database=NAME   postgresql or sqlite (default postgresql)
  --delay=N         milliseconds that each direction to PostgreSQL takes (default 0)
  --SECTION.NAME=V  a setting of the server
)";

struct plan {
  std::uint64_t keys = 5'000'000;
  std::string database = "postgresql";
  std::chrono::milliseconds delay{0};
  std::vector<std::string> settings;
};

double seconds_since(steady::time_point begin) {
  return std::chrono::duration<double>(steady::now() - begin).count();
}

// Adds keys for the drain that the first batches made, evenly over a day. The primary key is dropped first
// and made again at the end, so that the rows come in at the speed of the disk.
void fill_postgres(const std::string& url, std::uint64_t keys) {
  pqxx::connection connection{url};
  pqxx::work transaction{connection};
  transaction.exec("ALTER TABLE frame DROP CONSTRAINT frame_pkey");
  transaction.exec(
      fmt::format("INSERT INTO frame (drain_id, id, received_at, node) SELECT (SELECT min(id) FROM drain), "
                  "upper(md5(n::text)), now() - (86400.0 * ({0} - n) / {0}) * interval '1 second', 'main' "
                  "FROM generate_series(1, {0}) AS n",
                  keys));
  transaction.exec("ALTER TABLE frame ADD PRIMARY KEY (drain_id, id)");
  transaction.commit();
  pqxx::nontransaction{connection}.exec("ANALYZE frame");
}

void fill_sqlite(const std::string& path, std::uint64_t keys) {
  process editor{
      "/usr/bin/env",
      {"sqlite3", path,
       fmt::format("PRAGMA cache_size = -400000; BEGIN; WITH RECURSIVE counted (n) AS "
                   "(SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {0}) "
                   "INSERT INTO frame (drain_id, id, received_at, node) SELECT "
                   "(SELECT min(id) FROM drain), printf('%032X', n), "
                   "(unixepoch() - 86400 + 86400 * n / {0}) * 1000000, 'main' FROM counted; COMMIT;",
                   keys)}};
  if (editor.wait(1h) != 0)
    throw std::runtime_error(editor.standard_error());
}

void post_some(e2e::service& running) {
  traffic::generator app{{.loss_share = 0}, 3};
  traffic::drain_client drain{running.drain("shop")};
  for (int i = 0; i < 200; ++i) {
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    if (drain.post(app.next(10, now - 1s, now)) != traffic::post_result::delivered)
      throw std::runtime_error("a batch was not taken");
  }
}

int run(const plan& chosen) {
  std::optional<postgres_server> server;
  std::optional<slow_link> link;
  e2e::service_options options{chosen.settings, {}};
  std::string url;
  if (chosen.database == "postgresql") {
    server.emplace();
    url = server->create_database();
    link.emplace(server->port(), slow_link::quality{chosen.delay, 0});
    options.environment["DATABASE_URL"] = link->by_way(url);
  }
  e2e::service running{options};
  post_some(running);
  if (!running.wait_until_stored())
    throw std::runtime_error("the first batches are not stored");
  auto begin = steady::now();
  if (server)
    fill_postgres(url, chosen.keys);
  else
    fill_sqlite(running.database(), chosen.keys);
  fmt::print("{} keys made in {:.0f} s\n", chosen.keys, seconds_since(begin));
  post_some(running);
  running.kill();

  begin = steady::now();
  running.start();
  const double listens = seconds_since(begin);
  if (!running.program().wait_for_error_text("reconciled with the database", 10min))
    throw std::runtime_error("not reconciled within ten minutes:\n" + running.program().standard_error());
  const double reconciled = seconds_since(begin);
  fmt::print("{:<12} {:>12} {:>9} {:>11} {:>13} {:>9}\n", "database", "keys", "delay ms", "listens s",
             "reconciled s", "peak MB");
  fmt::print("{:<12} {:>12} {:>9} {:>11.2f} {:>13.2f} {:>9.0f}\n", chosen.database, chosen.keys,
             chosen.delay.count(), listens, reconciled,
             bench::use_of(running.program().pid()).peak_memory_mb);
  return EXIT_SUCCESS;
}

plan plan_from(const std::map<std::string, std::string>& given) {
  plan result;
  for (const auto& [name, value] : given) {
    if (name == "--keys")
      result.keys = std::stoull(value);
    else if (name == "--database" && (value == "postgresql" || value == "sqlite"))
      result.database = value;
    else if (name == "--delay")
      result.delay = std::chrono::milliseconds{std::stoul(value)};
    else if (bench::is_setting(name))
      result.settings.push_back(name + "=" + value);
    else
      throw std::invalid_argument(name);
  }
  return result;
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  return parseflow::bench::run_benchmark("restart_bench", usage, words, [](const auto& all) {
    return run(plan_from(parseflow::bench::named_values(all)));
  });
}
