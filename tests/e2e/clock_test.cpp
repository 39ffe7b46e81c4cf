// Wall clocks that jump, and days that pass between two runs: nothing is stored or counted twice, and only
// old rows are removed.
#include <doctest/doctest.h>

#include "tests/e2e/expected_metrics.hpp"
#include "tests/e2e/faults.hpp"
#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/e2e/tested_program.hpp"
#include "tests/traffic/traffic.hpp"
#include "tests/traffic/truth.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;
using traffic::post_result;

namespace {

using days = std::chrono::duration<std::int64_t, std::ratio<86400>>;

// An app with little traffic: some frames, far from filling a segment.
struct quiet_service {
  quiet_service() {
    traffic::drain_client drain{running.drain("shop")};
    traffic::generator app{{.loss_share = 0}, 5};
    for (int i = 0; i < 20; ++i) {
      const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
      const auto body = app.next(40, now - 1s, now);
      sent.add(body);
      REQUIRE(drain.post(body) == post_result::delivered);
    }
    REQUIRE(running.wait_until_stored());
  }

  void check_counts() {
    REQUIRE(running.wait_until_stored());
    const auto rows = stored::in_sqlite(running.database());
    CHECK(rows.count("request") == sent.requests.count);
    CHECK(rows.count("log_line") == sent.lines - sent.requests.count);
    check_metrics(running.metrics(), sent, 0);
  }

  // Removes the keys, as retention does in time.
  void forget_keys() const {
    process editor{"/usr/bin/env", {"sqlite3", running.database().string(), "DELETE FROM frame"}};
    REQUIRE(editor.wait(timeout) == 0);
  }

  // Whether a start would still look up a frame of the journal in the database.
  bool has_live_segment() const {
    process inspection{tested_program(), {"journal", "--storage.directory=" + running.folder().string()}};
    REQUIRE(inspection.wait(timeout) == 0);
    return inspection.standard_output().find(" live ") != std::string::npos;
  }

  moved_clock clock;
  // As by default, keys are removed after some days, lines after some weeks.
  service running{{{"--retention.requests=30d", "--retention.log-lines=30d", "--retention.rollups=400d"},
                   clock.variables()}};
  traffic::truth sent;
};

} // namespace

TEST_CASE_FIXTURE(quiet_service,
                  "clock: a quiet app's frames are not stored again when their keys are gone, after a stop") {
  clock.set_ahead(days{8});
  CHECK(running.stop() == 0);
  forget_keys();
  for (int start = 0; start < 2; ++start) {
    running.start();
    check_counts();
    CHECK(running.stop() == 0);
  }
}

TEST_CASE_FIXTURE(quiet_service,
                  "clock: a quiet app's frames are not stored again when their keys are gone, after a kill") {
  REQUIRE(eventually([this, gone = 0h]() mutable {
    clock.set_ahead(days{8} + ++gone); // hours pass
    return !has_live_segment();
  }));
  running.kill();
  forget_keys();
  running.start();
  check_counts();
  CHECK(running.stop() == 0);
}

TEST_CASE_FIXTURE(quiet_service, "clock: a jump ahead for moments removes no row") {
  clock.set_ahead(days{40});
  CHECK(running.stop() == 0); // a start makes a pass of retention at once
  running.start();
  check_counts();
  CHECK_FALSE(running.program().wait_for_error_text("old rows removed", 3s));
  CHECK(running.stop() == 0);
  clock.set_ahead({});
  running.start();
  check_counts();
  CHECK(running.stop() == 0);
}
