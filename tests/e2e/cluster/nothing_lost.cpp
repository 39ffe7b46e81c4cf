#include "tests/e2e/cluster/nothing_lost.hpp"

#include <vector>

#include <doctest/doctest.h>

#include "tests/e2e/expected_metrics.hpp"
#include "tests/e2e/tested_program.hpp"

namespace parseflow::e2e {

void check_stops(cluster& nodes, std::size_t index) {
  const auto status = nodes.stop(index);
  CHECK_MESSAGE(status == 0, nodes.name(index), " ended with ", status ? std::to_string(*status) : "nothing",
                ":\n", nodes.node(index).program().standard_error());
}

void check_nothing_lost(cluster& nodes, const stored& database, traffic_jam& jam) {
  jam.finish();
  MESSAGE(jam.acknowledged() << " bodies acknowledged, " << jam.in_doubt().size() << " used up their tries, "
                             << jam.retries() << " tries repeated");
  INFO(jam.failures());
  // With ASan a killed process takes nearly a second to free its memory and accepts connections until then,
  // so all tries of a sender may end in it. Otherwise no sender has used up its tries.
  if (!is_sanitized())
    CHECK(jam.in_doubt().empty());
  REQUIRE(jam.post_rest()); // so that the rest can be checked even so
  std::vector<std::size_t> running;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes.runs(i))
      running.push_back(i);
  const auto check_all_metrics = [&] {
    const bool is_settled = nodes.wait_until_settled(jam.truth());
    for (const auto i : running) {
      CAPTURE(nodes.name(i));
      CHECK(nodes.metrics(i).at("ingest").at("lines") == jam.truth().lines);
    }
    REQUIRE(is_settled); // otherwise hundreds of numbers are wrong
    for (const auto i : running) {
      CAPTURE(nodes.name(i));
      check_metrics(nodes.metrics(i), jam.truth(), 0);
    }
  };
  nodes.wait_until_settled(jam.truth()); // even if the counts are wrong, the lines are stored after this
  check_exactly_stored(database, jam);
  check_all_metrics();
  for (const auto i : running)
    check_stops(nodes, i);
  for (const auto i : running)
    nodes.start(i);
  REQUIRE(nodes.wait_until_joined());
  check_all_metrics();
}

} // namespace parseflow::e2e
