// The server in front of a real pipeline whose database hangs in the middle of a transaction.
#include <atomic>
#include <future>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "actors/pipeline.hpp"
#include "http/server.hpp"
#include "messages/settings/config.hpp"
#include "messages/system_time.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/problem_in.hpp"
#include "tests/support/scripted_store.hpp"
#include "tests/support/temp_dir.hpp"

namespace busy_writer_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

settings test_settings() {
  settings values;
  values.http.port = 0;
  values.storage.batch_interval = 5ms;
  values.journal.segment_bytes = 1 << 20;
  return values;
}

// The first write hangs until the end of the test.
struct hanging_database {
  std::shared_ptr<store_script> script = std::make_shared<store_script>();
  std::promise<void> begun, over;
  std::atomic<bool> has_begun = false;

  hanging_database() {
    script->on_write = [this, end = over.get_future().share()] {
      if (!has_begun.exchange(true))
        begun.set_value();
      end.wait();
    };
  }
};

struct fixture {
  temp_dir folder;
  config configuration;
  caf::actor_system system{configuration};
  settings values = test_settings();
  hanging_database database;
  pipeline boxes{system, values,
                 db::journal::open(folder.path() / "journal", values.journal,
                                   values.receiver.remembered_frames, system_time())
                     .value(),
                 sources(), [](const std::string&) {}};
  http::server server{values, boxes.handles(), system};

  fixture() { REQUIRE(problem_in(server.start()) == ""); }
  ~fixture() { database.over.set_value(); }

  box_sources sources() {
    box_sources result;
    result.store = [this] { return std::make_unique<scripted_store>(database.script); };
    return result;
  }

  void store_a_line() {
    http_connection line{server.port()};
    REQUIRE(line.send("POST /logdrains HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx"));
    REQUIRE(line.receive().value().status == 204);
  }

  // The shortest of several answers takes so long: another program may hold up one.
  std::chrono::steady_clock::duration time_of(std::string_view path) {
    auto shortest = std::chrono::steady_clock::duration::max();
    for (int i = 0; i < 5; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      REQUIRE(http_request(server.port(), "GET", path).status == 200);
      shortest = std::min(shortest, std::chrono::steady_clock::now() - begin);
    }
    return shortest;
  }
};

} // namespace

TEST_CASE_FIXTURE(
    fixture, "metrics, readiness: answered at once, and true, while the database hangs in a transaction") {
  store_a_line();
  REQUIRE(database.begun.get_future().wait_for(30s) == std::future_status::ready);
  CHECK(time_of("/metrics") < 50ms);
  CHECK(time_of("/readyz") < 50ms);
  const auto shown = json::parse(http_request(server.port(), "GET", "/metrics").body)["database"];
  CHECK(shown["kind"] == "scripted");
  CHECK(shown["connected"] == true);
  CHECK(shown["lag_lines"] == 1);
  CHECK(shown["busy_s"] > 0);
  CHECK(json::parse(http_request(server.port(), "GET", "/readyz").body)["database"] ==
        json{{"kind", "scripted"}, {"connected", true}, {"lag_lines", 1}});
}

} // namespace busy_writer_test
