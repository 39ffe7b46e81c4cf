// Decides whether new connections are accepted: not while there is no room for the requests they would bring.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "http/connections/connection_server.hpp"
#include "http/endpoints/pipeline_client.hpp"

namespace parseflow::http {

/// Refuses new connections from the first request that finds no room until there is room again: Logplex drops
/// a batch after three 503s, but a refused connect does not count as a try. Owns a thread, which sleeps while
/// they are accepted.
class admission {
public:
  /// How often it asks for room while new connections are refused.
  static constexpr std::chrono::milliseconds interval{100};

  /// `server` and `boxes` must live until `stop` has returned.
  admission(connection_server& server, pipeline_client& boxes);
  /// Calls `stop`.
  ~admission();
  admission(const admission&) = delete;
  admission& operator=(const admission&) = delete;

  /// Call it when a request found no room. New connections are refused once it returns. Any thread may call;
  /// does not wait.
  void close();

  /// Ends the thread, within `answer_timeouts::admission`, and leaves the server as it is. Later calls
  /// do nothing.
  void stop();

private:
  void watch();
  void open();

  connection_server& server_;
  pipeline_client& boxes_;
  std::mutex mutex_; // guards what follows
  std::condition_variable changed_;
  bool is_closed_ = false;
  bool is_stopping_ = false;
  bool has_complained_ = false; // logged that the server does not accept again
  std::uint64_t refusals_ = 0;
  std::thread watcher_;
};

} // namespace parseflow::http
