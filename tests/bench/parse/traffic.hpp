// Bodies as Logplex would send them for a busy app, from a seed, so that every run parses the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace parseflow::bench {

/// The kinds of lines in a body.
enum class traffic : std::uint8_t {
  router,  ///< Router lines of both routers, with two errors per hundred.
  app,     ///< A third each of JSON, logfmt and plain text.
  samples, ///< Runtime metrics of dynos, and now and then of a database.
  mix,     ///< 80 % router, 15 % app, 5 % samples.
};

/// `count` different bodies of `lines` octet-counted lines each.
std::vector<std::string> make_bodies(traffic kind, std::size_t count, std::size_t lines, std::uint64_t seed);

} // namespace parseflow::bench
