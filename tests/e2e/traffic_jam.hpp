// Senders that never pause, like Logplex's, and how every body was answered.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/traffic/drain_client.hpp"
#include "tests/traffic/facts.hpp"
#include "tests/traffic/truth.hpp"

namespace parseflow::e2e {

/// How many senders there are, and how fast they are.
struct jam_options {
  std::size_t drains = 4;
  /// The pause of each sender between two bodies.
  std::chrono::milliseconds pause{0};
  /// A PEM file with the authority for the server's certificate. Empty: without TLS.
  std::string authority = {};
};

/// Several drains, one connection each, that post from construction until `stop`.
class traffic_jam {
public:
  explicit traffic_jam(const service& target) : traffic_jam(target.port()) {}
  /// Posts to this port of 127.0.0.1.
  explicit traffic_jam(std::uint16_t port, jam_options options = {});
  ~traffic_jam();
  traffic_jam(const traffic_jam&) = delete;
  traffic_jam& operator=(const traffic_jam&) = delete;

  /// The number of bodies so far that were answered with a 2xx.
  std::size_t acknowledged() const { return acknowledged_; }
  /// Waits until `more` further bodies are acknowledged. False if that takes too long.
  bool wait_for(std::size_t more) const;
  /// Waits until two further bodies of every drain are settled: then no body that was under way at the call
  /// still is.
  bool wait_for_each() const;

  /// Waits until every drain has failed to connect `more` more times. False if that takes too long.
  bool wait_for_failed_connects(std::uint64_t more) const;

  /// Interrupts the requests that are under way. Nothing changes after this.
  void stop();
  /// Like `stop`, but settles the requests that are under way first: only bodies that used up their tries are
  /// in doubt then.
  void finish();

  /// Call it after `stop`: posts every body that was given up or interrupted once more, with its frame id,
  /// until it is acknowledged. The service may have received it before. False if one is refused.
  bool post_rest();

  // Call these only after `stop`.

  /// The truth of the acknowledged bodies; endpoints and dynos are prefixed with their app.
  const traffic::truth& truth() const { return truth_; }
  /// Ids of the frames and requests of the acknowledged bodies.
  const std::set<std::string>& frames() const { return frames_; }
  const std::set<std::string>& requests() const { return requests_; }
  /// Bodies that may or may not be stored.
  const std::vector<traffic::body>& in_doubt() const { return in_doubt_; }
  /// A line for each body in doubt, with the outcome of its tries.
  const std::string& failures() const { return failures_; }
  /// The number of tries after first ones: bodies that were posted again.
  std::uint64_t retries() const;

private:
  void post(std::size_t number);
  void acknowledge(const traffic::body& body, std::size_t number);
  void join();

  jam_options options_;
  std::vector<std::unique_ptr<traffic::drain_client>> clients_;
  std::vector<std::thread> threads_;
  std::vector<traffic::drain_target> targets_;
  std::vector<std::atomic<std::size_t>> settled_; // bodies, by drain
  std::atomic<bool> is_over_ = false;
  std::atomic<std::size_t> acknowledged_ = 0;
  std::mutex mutex_;
  std::condition_variable over_;
  // Guarded by mutex_ until `stop`.
  traffic::truth truth_;
  std::set<std::string> frames_, requests_;
  std::vector<traffic::body> in_doubt_;
  std::string failures_;
  std::vector<std::size_t> in_doubt_of_; // the client that posted each body
};

/// Checks that every acknowledged line is stored once, and that no line is stored that was not sent. Bodies
/// in doubt may be stored.
void check_stored(const stored& database, const traffic_jam& jam);

/// Like `check_stored`, when nothing is in doubt any more and the database has everything: no line is missing
/// or stored twice.
void check_exactly_stored(const stored& database, const traffic_jam& jam);

/// Like `check_exactly_stored`, but waits first. Also checks that `GET /metrics` counts exactly what was
/// acknowledged, in this run and in the next.
void check_all_stored(service& running, const stored& database, traffic_jam& jam);

} // namespace parseflow::e2e
