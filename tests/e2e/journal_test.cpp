// The journal keeps acknowledged lines that the database does not have yet, through outages and ends of
// the program.
#include <chrono>
#include <csignal>
#include <future>
#include <memory>
#include <vector>

#include <doctest/doctest.h>

#include "tests/e2e/expected_metrics.hpp"
#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/traffic/traffic.hpp"
#include "tests/traffic/truth.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;
using traffic::post_result;

namespace {

// A database that is down from the start, and a service that waits for it.
struct outage {
  explicit outage(std::vector<std::string> arguments = {}) {
    database.stop();
    running = std::make_unique<service>(service_options{std::move(arguments), {{"DATABASE_URL", url}}});
  }

  traffic::body next_body() {
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    return app.next(40, now - 1s, now);
  }

  // Checks that everything in `all` is in the database once, and counted once.
  void check_end(const traffic::truth& all) {
    database.start();
    REQUIRE(running->wait_until_stored());
    check_metrics(running->metrics(), all, 0);
    const auto rows = stored::in_postgres(url);
    CHECK(rows.count("request") == all.requests.count);
    CHECK(rows.count("log_line") == all.lines - all.requests.count);
  }

  postgres_server database;
  std::string url = database.create_database();
  traffic::generator app{{.loss_share = 0}, 21};
  std::unique_ptr<service> running;
};

std::string request_for(const traffic::body& body) {
  return drain_request(body.bytes, body.line_count(), body.frame_id, "Logplex-Drain-Token: d.shop\r\n",
                       "/logdrains?app=shop");
}

// An outage during which the journal became full; the request for `waiting` is held.
struct full_journal : outage {
  full_journal()
      : outage({"--journal.segment-bytes=65536", "--journal.quota-bytes=131072",
                "--http.max-body-bytes=60000"}) {
    running->metrics(); // opens the connection now: later a new one may be refused
    for (int i = 0; i < 100; ++i) {
      waiting = next_body();
      held = std::make_unique<http_connection>(running->port());
      REQUIRE(held->send(request_for(waiting)));
      const auto answer = held->receive(500ms);
      if (!answer)
        return;
      REQUIRE(answer->status == 204);
      acknowledged.add(waiting);
    }
    FAIL("the journal takes more than its quota");
  }

  traffic::truth acknowledged;
  traffic::body waiting;
  std::unique_ptr<http_connection> held;
};

} // namespace

TEST_CASE_FIXTURE(outage,
                  "journal: without the database, lines survive a stop and a kill, and are stored once") {
  traffic::truth all;
  traffic::drain_client drain{running->drain("shop")};
  const auto first = next_body();
  all.add(first);
  CHECK(drain.post(first) == post_result::delivered);
  CHECK(running->stop() == 0);

  running->start();
  CHECK(drain.post(first) == post_result::delivered); // known from the journal alone
  const auto second = next_body();
  all.add(second);
  CHECK(drain.post(second) == post_result::delivered);
  running->kill();

  running->start();
  CHECK(drain.post(second) == post_result::delivered);
  CHECK(drain.post(first) == post_result::delivered);
  check_end(all);
  CHECK(drain.post(first) == post_result::delivered);
  check_metrics(running->metrics(), all, 0);
  CHECK(running->stop() == 0);
}

TEST_CASE_FIXTURE(full_journal,
                  "journal: without room a request is held, refused in time, and stored later") {
  const auto answer = held->receive(timeout);
  REQUIRE(answer);
  CHECK(answer->status == 503);
  CHECK_FALSE(answer->header("Retry-After").empty());
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(held->send(request_for(waiting)));
  CHECK(held->receive(timeout).value().status == 503);
  const auto took = std::chrono::steady_clock::now() - begin;
  CHECK(took > 3s); // a 503 at once would use up the sender's tries
  CHECK(took < 5s); // the sender waits no longer than this
  CHECK(running->metrics().at("ingest").at("overloaded") == 2);

  // A request that is waiting when there is room again is accepted at once.
  REQUIRE(held->send(request_for(waiting)));
  CHECK_FALSE(held->receive(500ms));
  database.start();
  CHECK(held->receive(timeout).value().status == 204);
  acknowledged.add(waiting);
  check_end(acknowledged);
  CHECK(running->stop() == 0);
}

TEST_CASE_FIXTURE(full_journal, "journal: senders keep their batches while there is no room for them") {
  constexpr std::size_t senders = 3;
  std::vector<traffic::body> batches;
  std::vector<std::unique_ptr<traffic::drain_client>> clients;
  std::vector<std::future<post_result>> ends;
  for (std::size_t i = 0; i < senders; ++i) {
    batches.push_back(next_body());
    clients.push_back(std::make_unique<traffic::drain_client>(running->drain("shop")));
  }
  for (std::size_t i = 0; i < senders; ++i)
    ends.push_back(std::async(std::launch::async, [&, i] { return clients[i]->post(batches[i]); }));
  // Each gets one 503, and then finds that new connections are refused, and stay so.
  for (const auto& client : clients)
    CHECK(eventually([&] { return client->failed_connects() >= 5; }));
  CHECK_THROWS(http_connection{running->port()});
  CHECK(running->get("/readyz").status == 503);
  CHECK(running->get("/healthz").status == 200);
  CHECK(held->receive(timeout).value().status == 503);

  database.start();
  for (std::size_t i = 0; i < senders; ++i) {
    CHECK(ends[i].get() == post_result::delivered);
    CHECK(clients[i]->retries() == 1);
    acknowledged.add(batches[i]);
  }
  const auto log = running->program().standard_error();
  CHECK(log.find("new connections are refused until there is room") != std::string::npos);
  CHECK(log.find("new connections are accepted") != std::string::npos);
  check_end(acknowledged);
  CHECK(running->get("/readyz").status == 200);
  CHECK(running->stop() == 0);
}

TEST_CASE_FIXTURE(full_journal, "journal: a request that is held is answered before the program ends") {
  running->program().send_signal(SIGTERM);
  const auto answer = held->receive(timeout);
  REQUIRE(answer);
  CHECK(answer->status == 503);
  CHECK(running->stop() == 0);
  running->start();
  check_end(acknowledged);
  CHECK(running->stop() == 0);
}
