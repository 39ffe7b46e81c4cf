// Batches of a busy app, posted over many connections at full speed or at a fixed rate.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace parseflow::bench {

/// How much is posted, and how.
struct load {
  std::size_t connections = 8;
  std::size_t lines_per_batch = 200;
  /// Of all connections together; 0 means as fast as the answers come.
  double lines_per_second = 0;
  std::chrono::duration<double> length{5};
};

/// What came of it.
struct load_result {
  std::uint64_t batches = 0;
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
  /// Requests not answered with a 204.
  std::uint64_t failures = 0;
  std::chrono::duration<double> took{};
  /// Of every batch; at a fixed rate from the moment it was due, so that a stall counts for all it delays.
  std::vector<std::int64_t> answer_us;
};

/// Every batch has a frame id of its own, also among several calls.
load_result post(std::uint16_t port, const load& work);

} // namespace parseflow::bench
