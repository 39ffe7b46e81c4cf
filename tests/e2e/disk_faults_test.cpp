// Power cuts and failing syncs and reads: what was acknowledged is stored once and counted once.
#include <random>
#include <string>

#include <doctest/doctest.h>

#include "tests/e2e/faults.hpp"
#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/e2e/traffic_jam.hpp"

using namespace parseflow;
using namespace parseflow::e2e;

namespace {

constexpr std::size_t bodies_between_accidents = 60;

service_options on(const faulty_disk& disk, environment variables) {
  // Small bodies allow small segments, which fill up and are reused often.
  return {{"--storage.directory=" + disk.data().string(), "--http.max-body-bytes=65536",
           "--journal.segment-bytes=262144", "--journal.quota-bytes=33554432"},
          std::move(variables)};
}

stored rows_of(const faulty_disk& disk) {
  return stored::in_sqlite(disk.data() / "parseflow.db");
}

} // namespace

TEST_CASE("disk faults: a power cut loses nothing that was acknowledged") {
  std::mt19937_64 dice{20261126};
  const faulty_disk disk;
  service running{on(disk, disk.losing_power())};
  traffic_jam jam{running};
  std::uint64_t unsynced = 0;
  for (int cut = 0; cut < accidents(6); ++cut) {
    CAPTURE(cut);
    REQUIRE(jam.wait_for(bodies_between_accidents));
    running.kill();
    unsynced += disk.cut_power(dice).unsynced_pages;
    running.start();
  }
  MESSAGE(unsynced << " pages were not synced");
  REQUIRE(jam.wait_for(bodies_between_accidents));
  jam.stop();
  REQUIRE(jam.post_rest());
  check_all_stored(running, rows_of(disk), jam);
  CHECK(rows_of(disk).rows("PRAGMA integrity_check").at(0).at("integrity_check") == "ok");
}

TEST_CASE("disk faults: syncs that fail, and kills between them, lose and double nothing") {
  const faulty_disk disk;
  service running{on(disk, disk.failing_syncs(15))};
  traffic_jam jam{running};
  for (int kill = 0; kill < accidents(4); ++kill) {
    CAPTURE(kill);
    REQUIRE(jam.wait_for(bodies_between_accidents));
    running.kill();
    disk.set_failing(kill % 2 == 1); // the disk works at every other start
    running.start();
  }
  disk.set_failing(true);
  REQUIRE(jam.wait_for(bodies_between_accidents));
  jam.stop();
  disk.set_failing(false);
  REQUIRE(jam.post_rest());
  check_all_stored(running, rows_of(disk), jam);
}

TEST_CASE("disk faults: reads of the journal that fail are tried again, and no frame is lost") {
  const faulty_disk disk;
  // The memory for frames is so small that most of them are read back from the journal.
  auto options = on(disk, disk.failing_reads(5));
  options.arguments.insert(options.arguments.end(), {"--receiver.parsing-budget-bytes=65536",
                                                     "--receiver.unstored-budget-bytes=65536"});
  service running{std::move(options)};
  traffic_jam jam{running};
  REQUIRE(jam.wait_for(static_cast<std::size_t>(accidents(3)) * bodies_between_accidents));
  jam.stop();
  disk.set_failing(false);
  REQUIRE(jam.post_rest());
  check_all_stored(running, rows_of(disk), jam);
  CHECK(running.program().standard_error().find("is given up") == std::string::npos);
}
