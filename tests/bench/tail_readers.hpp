// Readers of live tails, for benchmarks: many on one thread, each of which counts what it gets.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "tests/support/http_connection.hpp"

namespace parseflow::bench {

/// What readers got.
struct tail_counts {
  std::uint64_t shown = 0;
  std::uint64_t skipped = 0;
};

/// Reads from its construction on, until it is destroyed.
class tail_readers {
public:
  using clock = std::chrono::steady_clock;

  /// Called with the JSON of each line, and when it came.
  using line_taker = std::function<void(std::string_view data, clock::time_point at)>;

  tail_readers();
  ~tail_readers();
  tail_readers(const tail_readers&) = delete;
  tail_readers& operator=(const tail_readers&) = delete;

  /// Begins one more tail. Throws std::runtime_error if it is refused. Only before `start`.
  /// @param query As in `GET /api/logs/tail?…`.
  /// @param bytes_per_second How fast it is read; 0: as fast as it comes.
  void add(std::uint16_t port, const std::string& query, std::size_t bytes_per_second = 0,
           line_taker take = {});

  void start();

  /// So far, of all or of one. Any thread may call.
  tail_counts counts() const;
  tail_counts counts_of(std::size_t number) const;

private:
  struct one {
    one(std::uint16_t port, std::size_t rate, line_taker taker)
        : conn(port), bytes_per_second(rate), take(std::move(taker)) {}

    http_connection conn;
    std::size_t bytes_per_second;
    line_taker take;
    std::string rest; // of a line that has not come completely
    clock::time_point next_read{};
    bool is_skipped_event = false;
    bool is_over = false;
    std::atomic<std::uint64_t> shown = 0, skipped = 0;
  };

  void run();
  static void read(one& from, clock::time_point now);
  static void take_line(one& from, std::string_view line, clock::time_point now);

  std::deque<one> all_;
  std::atomic<bool> is_stopping_ = false;
  std::thread thread_;
};

} // namespace parseflow::bench
