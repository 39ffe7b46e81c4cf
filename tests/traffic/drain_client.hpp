// The sending side of a log drain: posts bodies as Logplex does, with the same headers, timeouts and retries.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/traffic/dice.hpp"
#include "tests/traffic/facts.hpp"

namespace parseflow::traffic {

/// Where to post, and with which credentials.
struct drain_target {
  /// `http://127.0.0.1:5000`.
  std::string origin;
  /// With its query: `/logdrains?app=shop`.
  std::string path;
  /// No credentials are sent if both are empty.
  std::string user;
  std::string password;
  /// `Logplex-Drain-Token`.
  std::string token;
  /// A PEM file of the authorities that may sign the receiver's certificate, instead of the
  /// system's authorities.
  std::string authority = {};
};

/// Reads a URL (`http://user:password@host:port/path?query`) into a target without a token. Returns nothing
/// if the URL does not have this form.
std::optional<drain_target> target_from(std::string_view url);

/// The outcome of posting a body.
enum class post_result : std::uint8_t {
  delivered, ///< Answered with a 2xx.
  refused,   ///< Answered with a 4xx other than 429: dropped at once.
  given_up,  ///< All tries used up.
  stopped    ///< `stop` was called; the receiver may have the body.
};

/// One drain: one connection, one request at a time. Like Logplex it drops a body after three tries; a failed
/// connect does not count as a try.
class drain_client {
public:
  static constexpr int max_tries = 3;
  static constexpr std::chrono::seconds connect_timeout{3};
  static constexpr std::chrono::seconds answer_timeout{5};

  explicit drain_client(drain_target target);
  ~drain_client();
  drain_client(const drain_client&) = delete;
  drain_client& operator=(const drain_client&) = delete;

  /// Posts a body until it is delivered, refused or given up. Retries carry the same frame id.
  post_result post(const body& what);

  /// The status of the last complete answer; 0 if there was none.
  int last_status() const { return last_status_; }
  /// A failed try of the last body.
  struct failed_try {
    std::chrono::steady_clock::time_point at;
    std::chrono::milliseconds took{};
    /// 0 if no answer came.
    int status = 0;
  };
  const std::vector<failed_try>& failed_tries() const { return failed_tries_; }
  /// Tries of all bodies after the first try of each.
  std::uint64_t retries() const { return retries_; }
  /// Connects that failed. Any thread may call it.
  std::uint64_t failed_connects() const { return failed_connects_; }

  /// Ends `post`, now and in future. Any thread may call it.
  void stop();

private:
  enum class attempt : std::uint8_t { answered, not_connected, broken };

  attempt try_once(const body& what);
  /// Waits before the next connect; longer with each one in a row that failed. `stop` ends the wait.
  void back_off(int failures);

  struct connection;
  drain_target target_;
  std::unique_ptr<connection> connection_;
  dice dice_{1};
  int last_status_ = 0;
  std::vector<failed_try> failed_tries_;
  std::uint64_t retries_ = 0;
  std::atomic<std::uint64_t> failed_connects_ = 0;
  std::mutex mutex_;
  std::condition_variable stop_asked_;
  bool stopped_ = false; // guarded by mutex_
};

} // namespace parseflow::traffic
