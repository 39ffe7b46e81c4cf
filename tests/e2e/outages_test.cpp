// A database that stops, crashes and comes back during traffic while the program is killed as well: what was
// acknowledged is stored once and counted once.
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/e2e/traffic_jam.hpp"
#include "tests/support/postgres_server.hpp"

using namespace parseflow;
using namespace parseflow::e2e;

namespace {

// Between two steps each sender posts this many bodies.
constexpr std::size_t bodies_between_steps = 25;

} // namespace

TEST_CASE("outages: PostgreSQL stops and crashes, the program is killed, and nothing is lost or doubled") {
  postgres_server server{postgres_server::disk::synced};
  const auto url = server.create_database();
  service running{{{}, {{"DATABASE_URL", url}}}};
  traffic_jam jam{running};

  using step = std::pair<std::string, std::function<void()>>;
  const step shut_down{"fast shutdown", [&] { server.stop(); }};
  const step crash{"crash", [&] { server.kill(); }};
  const step come_back{"the database starts", [&] { server.start(); }};
  const step die{"the program is killed", [&] {
                   running.kill();
                   running.start();
                 }};
  // The last two kinds: both are killed at once, and the program is killed while it reconciles with a
  // database that has just started.
  const step both{"both are killed", [&] {
                    server.kill();
                    running.kill();
                    running.start();
                  }};
  const step back_and_die{"the program is killed when the database starts", [&] {
                            server.start();
                            running.kill();
                            running.start();
                          }};
  int number = 0;
  for (const auto& next :
       std::vector<step>{shut_down, come_back, crash,     come_back,                   // the database
                         die,                                                          // the program
                         crash,     die,       come_back, shut_down, die,         die, // both
                         come_back, die,       crash,     come_back, both,        back_and_die,
                         both,      die,       come_back, shut_down, back_and_die}) {
    CAPTURE(++number);
    CAPTURE(next.first);
    REQUIRE(jam.wait_for(bodies_between_steps));
    next.second();
  }
  REQUIRE(jam.wait_for(bodies_between_steps));
  jam.stop();
  REQUIRE(jam.post_rest());
  check_all_stored(running, stored::in_postgres(url), jam);
}
