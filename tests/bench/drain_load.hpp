// Batches of a busy app, posted over many connections at full speed or at a fixed rate.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "tests/bench/load_progress.hpp"

namespace parseflow::bench {

/// How much is posted, and how.
struct load {
  std::size_t connections = 8;
  std::size_t lines_per_batch = 200;
  /// Of all connections together; 0 means as fast as the answers come.
  double lines_per_second = 0;
  std::chrono::duration<double> length{5};
  /// Post a batch that is refused again, with its frame id, until it is taken, as if tries were endless.
  bool is_stubborn = false;
  /// Is told how it goes; may be null.
  load_progress* progress = nullptr;
};

/// What came of it.
struct load_result {
  std::uint64_t batches = 0;
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
  /// Batches that were not acknowledged.
  std::uint64_t failures = 0;
  /// The requests in the acknowledged lines: how many took how many milliseconds, and how many there are.
  std::map<std::int64_t, std::uint64_t> service_ms;
  std::uint64_t requests = 0;
  std::chrono::duration<double> took{};
  /// Of every batch; at a fixed rate from the moment it was due, so that a stall counts for all it delays.
  std::vector<std::int64_t> answer_us;
};

/// Every batch has a frame id of its own, also among several calls.
load_result post(std::uint16_t port, const load& work);

} // namespace parseflow::bench
