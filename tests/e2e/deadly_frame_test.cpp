// A frame during whose parsing the program ended, and which is in the journal at the next start.
#include <string>

#include <doctest/doctest.h>

#include "db/journal/in_hand_file.hpp"
#include "tests/e2e/service.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/problem_in.hpp"

using namespace parseflow;
using namespace parseflow::e2e;

namespace {

const frame_key posted{"d.deadly", "frame-1"};

// Makes it look as if the program, which is not running, had ended while a parser had the frame in hand.
void die_over_it(const service& program) {
  const db::in_hand_file file{program.folder() / "journal" / "in-hand",
                              [](const frame_digest&) { return true; }};
  REQUIRE(problem_in(file.check()) == "");
  file.note(0)->write(digest_of(posted));
}

bool is_distrusted(service& program) {
  return program.program().standard_error().find("the process ended twice") != std::string::npos;
}

} // namespace

TEST_CASE("a frame over which the program ended twice is kept raw, and the program runs on") {
  postgres_server server;
  const auto url = server.create_database();
  server.stop(); // so that no start finds the frame stored
  service running{{{}, {{"DATABASE_URL", url}}}};
  const std::string line = "<40>1 2026-11-26T10:00:00+00:00 host app web.1 - hello\n";
  http_connection sender{running.port()};
  REQUIRE(sender.send(drain_request(std::to_string(line.size()) + " " + line, 1, posted.id,
                                    "Logplex-Drain-Token: " + posted.drain + "\r\n")));
  const auto answer = sender.receive();
  REQUIRE(answer);
  REQUIRE(answer->status == 204);
  // The answer may come before a parser has the frame in hand, and the kill must not come while it has.
  REQUIRE(eventually([&] { return running.metrics().at("ingest").at("lines") == 1; }));

  running.kill();
  die_over_it(running);
  running.start();
  CHECK_FALSE(is_distrusted(running));
  running.kill();
  die_over_it(running);
  running.start();
  CHECK(is_distrusted(running));

  server.start();
  REQUIRE(running.wait_until_stored());
  const auto metrics = running.metrics();
  CHECK(metrics.at("ingest").at("lines") == 1);
  CHECK(metrics.at("ingest").at("malformed") == 1);
}
