// Whether new connections are let in: not while there is no room for what they would bring.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "http/connections/connection_server.hpp"
#include "http/endpoints/pipeline_client.hpp"

namespace parseflow::http {

/// Lets nobody in from a request without room until there is room again: Logplex drops a batch after three
/// 503s, but a connect that is refused costs it no try. Has a thread, which sleeps while the door is open.
class admission {
public:
  /// How often it asks for room while the door is closed.
  static constexpr std::chrono::milliseconds interval{100};

  /// Door and boxes must live until it is stopped.
  admission(connection_server& door, box_questions& boxes);
  /// Stops it.
  ~admission();
  admission(const admission&) = delete;
  admission& operator=(const admission&) = delete;

  /// A request found no room: when this returns, new connections are refused. Any thread; does not wait.
  void close();

  /// Ends the thread, within `box_questions::status_patience`, and leaves the door as it is. Later calls do
  /// nothing.
  void stop();

private:
  void watch();
  void open();

  connection_server& door_;
  box_questions& boxes_;
  std::mutex mutex_; // guards what follows
  std::condition_variable changed_;
  bool is_closed_ = false;
  bool is_stopping_ = false;
  bool has_complained_ = false; // that the door does not open
  std::uint64_t refusals_ = 0;
  std::thread watcher_;
};

} // namespace parseflow::http
