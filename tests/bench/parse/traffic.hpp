// Bodies as Logplex would send them for a busy app: seeded, so that every run parses the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace parseflow::bench {

/// What the lines of a body are.
enum class traffic : std::uint8_t {
  router,  ///< Router lines of both routers, two errors in a hundred.
  app,     ///< A third each of JSON, logfmt and plain text.
  samples, ///< Runtime metrics of dynos, now and then a database's.
  mix,     ///< 80 % router, 15 % app, 5 % samples.
};

/// `count` different bodies of `lines` octet-counted lines each.
std::vector<std::string> make_bodies(traffic kind, std::size_t count, std::size_t lines, std::uint64_t seed);

} // namespace parseflow::bench
