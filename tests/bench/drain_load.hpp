// Posts batches of a busy app over many connections, at full speed or at a fixed rate.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "tests/bench/load_progress.hpp"

namespace parseflow::bench {

/// How much to post, and how.
struct load {
  std::size_t connections = 8;
  std::size_t lines_per_batch = 200;
  /// The rate of all connections together; 0: post as fast as the answers come.
  double lines_per_second = 0;
  std::chrono::duration<double> length{5};
  /// The drains share so many apps: `bench-0`, `bench-1`, …; 0: all are of one app, `bench`.
  std::size_t apps = 0;
  bool is_tls = false;
  /// If a batch is answered with 503, post it again with the same frame id until it is taken.
  bool is_stubborn = false;
  /// Notified of every answer; may be null.
  load_progress* progress = nullptr;
};

/// The outcome of a load.
struct load_result {
  std::uint64_t batches = 0;
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
  /// Batches that were not acknowledged.
  std::uint64_t failures = 0;
  /// Counts the requests in acknowledged lines by their milliseconds; `requests` is the number of all.
  std::map<std::int64_t, std::uint64_t> service_ms;
  std::uint64_t requests = 0;
  std::chrono::duration<double> took{};
  /// The answer time of every acknowledged batch; empty if the load has a `progress`. At a fixed rate it
  /// counts from the moment when the batch was due, so that a stall counts for every batch that it delays.
  std::vector<std::int64_t> answer_us;
};

/// Posts the load. Every batch has its own frame id, also across calls.
load_result post(std::uint16_t port, const load& work);

} // namespace parseflow::bench
