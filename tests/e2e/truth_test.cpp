// Bodies with known contents sent through the real program: checks every number of /metrics and every row of
// the database.
#include <algorithm>
#include <barrier>
#include <set>
#include <thread>

#include <doctest/doctest.h>

#include "tests/e2e/expected_metrics.hpp"
#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/traffic/traffic.hpp"
#include "tests/traffic/truth.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;
using traffic::post_result;

namespace {

constexpr std::size_t lines_per_body = 120;
constexpr int connections_per_app = 3;

// What one app sent.
struct app_traffic {
  std::string name, user, password;
  std::vector<traffic::body> bodies;
  traffic::truth all, recent;
};

timestamp now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

// Half of the bodies are three hours old; the others are dated within the last 20 seconds.
app_traffic make_traffic(std::string name, std::string user, std::string password, std::uint64_t seed) {
  app_traffic result{std::move(name), std::move(user), std::move(password), {}, {}, {}};
  traffic::generator app{{.web_dynos = 5, .event_share = 0.01, .loss_share = 0.1}, seed};
  app.set_conditions({.slowness = 3,
                      .timeouts = 0.01,
                      .crashed = 0.01,
                      .closed = 0.01,
                      .broken_off = 0.01,
                      .forced_close = 0.01,
                      .interrupted = 0.01,
                      .failures = 0.02});
  const auto start = now() - 21s;
  for (int i = 0; i < 40; ++i) {
    const bool is_old = i % 2 == 0;
    const auto from = (is_old ? start - 3h : start) + i * 500ms;
    auto body = app.next(lines_per_body, from, from + 500ms);
    result.all.add(body);
    if (!is_old)
      result.recent.add(body);
    result.bodies.push_back(std::move(body));
  }
  return result;
}

// Posts everything over several connections at once. Every fifth body is sent twice in sequence, every
// seventh on all connections at once. Returns the number of duplicates that this makes.
std::uint64_t post_all(service& running, const app_traffic& app) {
  std::barrier together{connections_per_app};
  std::atomic<std::uint64_t> duplicates = 0, failures = 0;
  std::vector<std::thread> connections;
  for (int c = 0; c < connections_per_app; ++c)
    connections.emplace_back([&, c] {
      traffic::drain_client drain{running.drain(app.name, app.user, app.password)};
      const auto post = [&](const traffic::body& body) {
        failures += drain.post(body) != post_result::delivered;
      };
      for (std::size_t i = 0; i < app.bodies.size(); ++i) {
        const bool is_mine = static_cast<int>(i) % connections_per_app == c;
        if (i % 7 == 0) {
          together.arrive_and_wait();
          post(app.bodies[i]);
          duplicates += !is_mine;
        } else if (is_mine) {
          post(app.bodies[i]);
          if (i % 5 == 0) {
            post(app.bodies[i]);
            ++duplicates;
          }
        }
      }
      failures += drain.retries();
    });
  for (auto& connection : connections)
    connection.join();
  CHECK(failures == 0);
  return duplicates;
}

template <class Facts>
std::multiset<row> rows_of(const std::vector<app_traffic>& apps, std::vector<Facts> traffic::body::*facts) {
  std::multiset<row> result;
  for (const auto& app : apps)
    for (const auto& body : app.bodies)
      for (const auto& fact : body.*facts)
        if constexpr (std::is_same_v<Facts, traffic::request_facts>)
          result.insert(row_of(fact, app.name));
        else
          result.insert(row_of(fact));
  return result;
}

void check_rows(const std::vector<row>& found, const std::multiset<row>& right) {
  CHECK(found.size() == right.size());
  std::size_t wrong = 0;
  for (const auto& next : found) {
    if (right.contains(next) || ++wrong > 3)
      continue;
    std::string text;
    for (const auto& [column, value] : next)
      text += column + "=" + value + " ";
    FAIL_CHECK("a row that nobody sent: " << text);
  }
  CHECK(wrong == 0);
  CHECK(std::set<row>(found.begin(), found.end()) == std::set<row>(right.begin(), right.end()));
}

void check_database(const stored& database, const std::vector<app_traffic>& apps) {
  auto requests = rows_of(apps, &traffic::body::requests);
  check_rows(database.requests(), requests);
  auto lines = rows_of(apps, &traffic::body::lines);
  auto found = database.lines();
  const auto malformed = std::partition(found.begin(), found.end(),
                                        [](const row& line) { return line.at("kind") != "malformed"; });
  CHECK(found.end() - malformed == 1);
  found.erase(malformed, found.end());
  check_rows(found, lines);
  std::size_t frames = 1; // counts the malformed one
  for (const auto& app : apps) {
    frames += app.bodies.size();
    CHECK(database.count("drain", "token = 'd." + app.name + "' AND app = '" + app.name + "'") == 1);
  }
  CHECK(database.count("frame") == frames);
  CHECK(database.count("rejected_frame") == 0);
}

traffic::truth sum(const std::vector<app_traffic>& apps, bool is_recent) {
  traffic::truth result;
  for (const auto& app : apps)
    for (std::size_t i = 0; i < app.bodies.size(); ++i)
      if (!is_recent || i % 2 == 1)
        result.add(with_app(app.bodies[i], app.name));
  return result;
}

traffic::body damaged_body() {
  traffic::body body;
  body.frame_id = "DA4A6EDDA4A6EDDA4A6EDDA4A6EDDA4A";
  body.bytes = "this is no frame at all\n";
  body.lines.push_back({});
  return body;
}

// Adds what /metrics counts of a body that has no facts.
traffic::truth with_damage(traffic::truth sum) {
  sum.lines += 1;
  sum.bytes += damaged_body().bytes.size();
  return sum;
}

void check_everything(const std::string& database_url, const std::function<stored(service&)>& database_of) {
  std::map<std::string, std::string> environment{
      {"PARSEFLOW_DRAINS", "shop:shop-user:pass:word, blog:blog-user:other"}, {"METRICS_API_KEY", "the-key"}};
  if (!database_url.empty())
    environment["DATABASE_URL"] = database_url;
  service running{{{}, environment}};
  const std::vector<app_traffic> apps{make_traffic("shop", "shop-user", "pass:word", 1),
                                      make_traffic("blog", "blog-user", "other", 2)};
  std::uint64_t duplicates = 0;
  {
    std::atomic<std::uint64_t> total = 0;
    std::thread other{[&] { total += post_all(running, apps[1]); }};
    total += post_all(running, apps[0]);
    other.join();
    duplicates = total;
  }
  traffic::drain_client drain{running.drain("shop", "shop-user", "pass:word")};
  CHECK(drain.post(damaged_body()) == post_result::delivered);

  const auto all = with_damage(sum(apps, false));
  const auto recent = with_damage(sum(apps, true));
  REQUIRE(eventually([&] { return running.metrics().at("ingest").at("lines") == all.lines; }));
  const auto metrics = running.metrics();
  CHECK(metrics.at("requests_per_second").get<double>() ==
        doctest::Approx(static_cast<double>(recent.requests.count) / 60));
  CHECK(metrics.at("apps") == nlohmann::json{"blog", "shop"});
  CHECK(metrics.at("ingest").at("duplicates") == duplicates);
  CHECK(metrics.at("ingest").at("overloaded") == 0);
  check_metrics(metrics, all, 1);
  check_metrics(running.metrics("?window=24h"), all, 1);
  check_metrics(running.metrics("?window=1h"), recent, 1);
  check_metrics(running.metrics("?window=5m"), recent, 1);
  check_metrics(running.metrics("?app=blog"), apps[1].all, 0);
  check_metrics(running.metrics("?app=blog&window=1h"), apps[1].recent, 0);
  check_metrics(running.metrics("?app=nobody"), {}, 0);
  REQUIRE(running.wait_until_stored());
  CHECK(running.metrics().at("database").at("lag_lines") == 0);
  CHECK(running.metrics().at("database").at("connected") == true);
  check_database(database_of(running), apps);

  // The same with what an earlier run left; what that run stored is not counted again.
  CHECK(running.stop() == 0);
  running.start();
  REQUIRE(eventually([&] { return running.metrics().at("ingest").at("lines") == all.lines; }));
  check_metrics(running.metrics(), all, 1);
  check_metrics(running.metrics("?app=blog"), apps[1].all, 0);
  check_metrics(running.metrics("?window=1h"), recent, 1);
  traffic::drain_client again{running.drain("shop", "shop-user", "pass:word")};
  for (const auto& body : apps[0].bodies)
    CHECK(again.post(body) == post_result::delivered);
  CHECK(running.metrics().at("ingest").at("duplicates") == apps[0].bodies.size());
  check_metrics(running.metrics(), all, 1);
  REQUIRE(running.wait_until_stored());
  check_database(database_of(running), apps);
  CHECK(running.stop() == 0);
}

} // namespace

TEST_CASE("truth: all numbers and rows are right with SQLite, also after a restart") {
  check_everything("", [](service& running) { return stored::in_sqlite(running.database()); });
}

TEST_CASE("truth: all numbers and rows are right with PostgreSQL, also after a restart") {
  postgres_server server;
  const auto url = server.create_database();
  check_everything(url, [&](service&) { return stored::in_postgres(url); });
}
