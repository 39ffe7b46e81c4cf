// Ends during traffic: what was acknowledged is stored, once.
#include <atomic>
#include <csignal>
#include <mutex>
#include <set>
#include <thread>

#include <doctest/doctest.h>

#include "deploy/demo/traffic.hpp"
#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/postgres_server.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;
using traffic::delivery;

namespace {

constexpr int senders = 4;

timestamp now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

// Several drains that post without a pause until they are told to stop.
class traffic_jam {
public:
  explicit traffic_jam(const service& target) {
    for (int i = 0; i < senders; ++i)
      drains_.push_back(std::make_unique<traffic::drain_client>(target.drain("app" + std::to_string(i))));
    for (int i = 0; i < senders; ++i)
      threads_.emplace_back([this, i] { post(i); });
  }
  ~traffic_jam() { stop(); }

  std::size_t acknowledged() const { return acknowledged_; }

  // After this nothing changes any more.
  void stop() {
    is_over_ = true;
    for (auto& drain : drains_)
      drain->stop();
    for (auto& thread : threads_)
      thread.join();
    threads_.clear();
  }

  // The requests of all bodies that were answered 204, and of those that may or may not be stored.
  std::set<std::string> delivered, in_doubt;

private:
  void post(int number) {
    traffic::generator app{{}, static_cast<std::uint64_t>(number)};
    auto& drain = *drains_[static_cast<std::size_t>(number)];
    while (!is_over_) {
      const auto at = now();
      const auto body = app.next(40, at, at + 1ms);
      const bool is_delivered = drain.post(body) == delivery::delivered;
      const std::lock_guard guard{mutex_};
      for (const auto& request : body.requests)
        (is_delivered ? delivered : in_doubt).insert(request.request_id);
      acknowledged_ += is_delivered;
    }
  }

  std::vector<std::unique_ptr<traffic::drain_client>> drains_;
  std::vector<std::thread> threads_;
  std::atomic<bool> is_over_ = false;
  std::atomic<std::size_t> acknowledged_ = 0;
  std::mutex mutex_;
};

// Every acknowledged request is there, none is there twice, and none that nobody sent.
void check_stored(const stored& database, const traffic_jam& jam) {
  const auto rows = database.rows("SELECT request_id FROM request");
  std::set<std::string> found;
  for (const auto& next : rows)
    found.insert(next.at("request_id"));
  CHECK(found.size() == rows.size());
  std::size_t lost = 0, invented = 0;
  for (const auto& id : jam.delivered)
    lost += !found.contains(id);
  for (const auto& id : found)
    invented += !jam.delivered.contains(id) && !jam.in_doubt.contains(id);
  CHECK(lost == 0);
  CHECK(invented == 0);
  CHECK(jam.delivered.size() > 1000);
}

void check_kills(service& running, const std::function<stored()>& database) {
  traffic_jam jam{running};
  // Twice, for both databases, makes fifty.
  for (int i = 0; i < 25; ++i) {
    const auto goal = jam.acknowledged() + 40;
    REQUIRE(eventually([&] { return jam.acknowledged() >= goal; }));
    running.kill();
    running.start();
  }
  const auto goal = jam.acknowledged() + 40;
  REQUIRE(eventually([&] { return jam.acknowledged() >= goal; }));
  jam.stop();
  CHECK(running.stop() == 0);
  check_stored(database(), jam);
  // The rollups say the same as the rows, also to the next run.
  running.start();
  const auto rows = database().count("request");
  CHECK(eventually([&] { return running.metrics().at("total_requests") == rows; }));
  CHECK(running.stop() == 0);
}

} // namespace

TEST_CASE("stop: what the database does not have yet is stored before the end") {
  // A transaction waits long for company, so that the batches are surely not in the database yet.
  service running{{{"--storage.batch-interval=1500ms"}, {}}};
  std::vector<std::unique_ptr<http_connection>> connections;
  traffic::generator app{{}, 5};
  std::vector<traffic::body> bodies;
  for (int i = 0; i < 16; ++i) {
    bodies.push_back(app.next(20, now(), now() + 1ms));
    connections.push_back(std::make_unique<http_connection>(running.port()));
    REQUIRE(connections.back()->send(
        drain_request(bodies.back().bytes, bodies.back().line_count(), bodies.back().frame_id)));
  }
  std::size_t lines = 0;
  for (const auto& body : bodies)
    lines += body.line_count();
  REQUIRE(eventually([&] { return running.metrics().at("ingest").at("lines") == lines; }));
  running.program().send_signal(SIGTERM);
  std::size_t stored_requests = 0;
  for (std::size_t i = 0; i < connections.size(); ++i) {
    const auto answer = connections[i]->receive(patience);
    REQUIRE(answer);
    CHECK(answer->status == 204);
    stored_requests += bodies[i].requests.size();
  }
  CHECK(running.stop() == 0);
  CHECK(stored::in_sqlite(running.database()).count("request") == stored_requests);
}

TEST_CASE("stop: SIGTERM during traffic loses nothing that was acknowledged") {
  service running;
  traffic_jam jam{running};
  REQUIRE(eventually([&] { return jam.acknowledged() >= 100; }));
  CHECK(running.stop() == 0);
  jam.stop();
  check_stored(stored::in_sqlite(running.database()), jam);
}

TEST_CASE("stop: SIGINT ends it as well") {
  service running;
  running.program().send_signal(SIGINT);
  CHECK(running.program().wait(10s) == 0);
}

TEST_CASE("kill: acknowledged lines survive SIGKILL, once, with SQLite") {
  service running;
  check_kills(running, [&] { return stored::in_sqlite(running.database()); });
}

TEST_CASE("kill: acknowledged lines survive SIGKILL, once, with PostgreSQL") {
  postgres_server server;
  const auto url = server.create_database();
  service running{{{}, {{"DATABASE_URL", url}}}};
  check_kills(running, [&] { return stored::in_postgres(url); });
}
