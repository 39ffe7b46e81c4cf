// Every message type that may leave the process can be serialized and read back.
#include <caf/all.hpp>
#include <doctest/doctest.h>

#include "messages/interfaces.hpp"
#include "messages/settings/config.hpp"
#include "tests/unit/messages/round_trip.hpp"

namespace interfaces_test {

using namespace parseflow;
using test::round_trip;

TEST_CASE("interfaces: message types survive serialization") {
  config configuration;
  caf::actor_system system{configuration};
  CHECK(round_trip(system, parse_receipt{7, {8}}).lines == 7);
  CHECK(round_trip(system, parse_receipt{7, {8}}).record_bytes == std::vector<std::uint64_t>{8});
  const auto unstored = round_trip(system, unstored_frames{{{"d", "1"}, {"e", ""}}, false});
  CHECK(unstored.keys == std::vector<frame_key>{{"d", "1"}, {"e", ""}});
  CHECK_FALSE(unstored.is_last);
  const auto reconciled = round_trip(system, reconciled_frames{unstored.keys, false});
  CHECK(reconciled.keys == unstored.keys);
  CHECK_FALSE(reconciled.is_last);
  const auto kept = round_trip(system, kept_frames{unstored.keys, false});
  CHECK(kept.keys == unstored.keys);
  CHECK_FALSE(kept.is_last);
  CHECK(round_trip(system, missing_frames{unstored.keys}).keys == unstored.keys);
  CHECK(round_trip(system, committed_frames{{1, 2, 3}}).sequences == std::vector<std::uint64_t>{1, 2, 3});
  const metrics_query asked{"shop", window::one_hour,
                            timestamp{std::chrono::microseconds{1'772'460'451'000'001}}};
  const auto question = round_trip(system, asked);
  CHECK(question.app == "shop");
  CHECK(question.span == window::one_hour);
  CHECK(question.now == asked.now);
  const minute start{std::chrono::minutes{29'541'007}};
  const auto asked_series =
      round_trip(system, series_query{{"requests", "p50_ms"}, "", start, start, std::chrono::minutes{5}});
  CHECK(asked_series.metrics == std::vector<std::string>{"requests", "p50_ms"});
  CHECK(asked_series.from == start);
  CHECK(asked_series.step == std::chrono::minutes{5});
}

TEST_CASE("interfaces: an error renders as its name and sentence") {
  config configuration;
  caf::actor_system system{configuration};
  CHECK(system.render(make_error(ec::unknown_metric, "p51_ms")) == "unknown_metric: p51_ms");
}

} // namespace interfaces_test
