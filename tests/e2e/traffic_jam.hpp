// Senders that never pause, as Logplex's do, and what they were told about every body.
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

/// How many senders, and how fast.
struct jam_options {
  std::size_t drains = 4;
  /// Of each between two bodies.
  std::chrono::milliseconds pause{0};
  /// They post over TLS, to whom this PEM file vouches for. Empty: without TLS.
  std::string authority = {};
};

/// Several drains, one connection each, that post from construction until `stop`.
class traffic_jam {
public:
  explicit traffic_jam(const service& target) : traffic_jam(target.port()) {}
  /// To who listens there on 127.0.0.1.
  explicit traffic_jam(std::uint16_t port, jam_options options = {});
  ~traffic_jam();
  traffic_jam(const traffic_jam&) = delete;
  traffic_jam& operator=(const traffic_jam&) = delete;

  /// Bodies so far that were answered with a 2xx.
  std::size_t acknowledged() const { return acknowledged_; }
  /// Waits until `more` further bodies are acknowledged. False if that takes too long.
  bool wait_for(std::size_t more) const;
  /// Waits until two bodies further of every drain are settled: then none is under way that was so at the
  /// call.
  bool wait_for_each() const;

  /// Waits until every drain has failed to connect `more` times further. False if that takes too long.
  bool wait_for_failed_connects(std::uint64_t more) const;

  /// Ends what is under way. After this nothing changes any more.
  void stop();
  /// The same, but what is under way is settled before: in doubt are then only bodies that used up their
  /// tries.
  void finish();

  /// After `stop`: posts every body that was given up or interrupted once more, with its frame id, until it
  /// is acknowledged; whether the service has had it is not known. False if one is refused.
  bool post_rest();

  // To be read after `stop`.

  /// Of the acknowledged bodies; endpoints and dynos are named behind their app.
  const traffic::truth& truth() const { return truth_; }
  /// Ids of the acknowledged bodies' frames and requests.
  const std::set<std::string>& frames() const { return frames_; }
  const std::set<std::string>& requests() const { return requests_; }
  /// Bodies that may or may not be stored.
  const std::vector<traffic::body>& in_doubt() const { return in_doubt_; }
  /// A line for each body in doubt: what became of its tries.
  const std::string& failures() const { return failures_; }
  /// Tries after the first ones: what was posted twice.
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
  std::vector<std::size_t> in_doubt_of_; // whose client posted the body
};

/// Checks that every acknowledged line is stored once, and none that nobody sent. Bodies in doubt may be
/// there.
void check_stored(const stored& database, const traffic_jam& jam);

/// The same when nothing is in doubt any more, and the database has everything: not a line is missing or
/// double.
void check_exactly_stored(const stored& database, const traffic_jam& jam);

/// The same, and waits for it before: the database has exactly what was acknowledged, and so has
/// `GET /metrics`, in this run and in the next.
void check_all_stored(service& running, const stored& database, traffic_jam& jam);

} // namespace parseflow::e2e
