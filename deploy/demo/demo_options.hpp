// The command line of parseflow-demo.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/expected.hpp"
#include "tests/traffic/drain_client.hpp"

namespace parseflow::traffic {

/// What to play, and where to send it.
struct demo_options {
  drain_target target;
  double lines_per_second = 200;
  std::chrono::minutes duration{30};
  std::uint64_t seed = 0;
};

/// Reads the program's arguments, without its name. If no seed is given it is random.
/// @param registered `PARSEFLOW_DRAINS` of the service: its first entry posts if the arguments name no user.
expected<demo_options> parse_options(const std::vector<std::string>& arguments,
                                     std::string_view registered = {});

/// The text of `--help`.
std::string demo_usage();

} // namespace parseflow::traffic
