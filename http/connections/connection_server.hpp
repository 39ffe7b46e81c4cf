// A server that needs no thread per connection: idle connections wait in one epoll set, and only running
// requests occupy a thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "http/connections/connection_limits.hpp"
#include "http/connections/exchange.hpp"
#include "http/connections/file_descriptor.hpp"
#include "http/connections/httplib_dialect.hpp"
#include "http/connections/listen_socket.hpp"
#include "http/connections/served_client.hpp"
#include "http/connections/stranger_queue.hpp"
#include "messages/expected.hpp"

namespace parseflow::http {

/// An HTTP/1.1 server that parses requests and writes answers with httplib, but manages its own connections:
/// httplib keeps a thread per idle connection, lets a slow client hold it for ever, stops slowly and listens
/// with a backlog of 5.
class connection_server : private request_processor {
public:
  using clock = connection::clock;
  /// How long a client has to show credentials before its place may be given to another.
  static constexpr std::chrono::milliseconds stranger_grace{250};
  /// Answers one request. Called from many threads; an exception becomes a 500.
  using handler = std::function<void(exchange&)>;
  /// Completes the answer to a request that the server itself refuses, from the status that is already set.
  using refusal = std::function<void(httplib::Response&)>;

  /// Starts a thread, or throws std::system_error.
  using thread_maker = std::function<std::thread(std::function<void()>)>;

  connection_server(
      connection_limits limits, handler answer, refusal refuse,
      thread_maker make_thread = [](const std::function<void()>& work) { return std::thread{work}; });
  ~connection_server() override;

  /// Starts to listen on `host`, an address or a name, and to answer. With `port` 0 the system picks one.
  /// Call once.
  expected<> start(const std::string& host, std::uint16_t port);

  /// The port it listens on; 0 before `start`.
  std::uint16_t port() const { return listener_.port(); }

  /// Refuses new connections from now on, and goes on to serve the open ones. First accepts the clients that
  /// are already waiting, within `max_connections`. Any thread may call. Does nothing before `start`, after
  /// `stop` or while paused.
  void pause_accepting();
  /// Accepts clients again at the same address. Any thread may call. Does nothing while not paused, and after
  /// `stop`. Fails if accepting is not possible yet.
  expected<> resume_accepting();

  connection_counts connections() const;

  /// Takes no more requests, closes idle connections, and returns when the running requests are answered. A
  /// body that is still arriving after a second is cut off; after 5 more seconds the remaining connections
  /// are broken. Later calls do nothing.
  void stop();

private:
  struct ready {
    std::uint64_t id = 0;
    served_client* who = nullptr; // used by this thread alone; null: the thread must end
  };

  void work(std::list<std::thread>::iterator self);
  ready next_ready(std::list<std::thread>::iterator self);
  void accept_some();
  void accept_waiting();
  void let_in(file_descriptor socket);
  void wait_on(std::uint64_t id, served_client& who);
  std::optional<std::uint64_t> idle_stranger() const;
  void end_busy_stranger();
  void serve(std::uint64_t id, served_client& who);
  bool answer_one(connection& conn);
  void refuse(connection& conn, int status);
  bool park(std::uint64_t id, served_client& who);
  served_client* claim(std::uint64_t id);
  void forget(std::uint64_t id);
  void end_overdue();
  void arm_listener();
  void arm_timer();
  bool add_thread();
  bool retire(std::list<std::thread>::iterator self);

  connection_limits limits_;
  handler answer_;
  refusal refuse_;
  thread_maker make_thread_;
  file_descriptor epoll_, wake_, timer_;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<std::uint32_t> waiting_ = 0;

  mutable std::mutex mutex_; // guards what follows, except the listener's port
  listen_socket listener_;
  std::condition_variable changed_;
  std::unordered_map<std::uint64_t, std::unique_ptr<served_client>> clients_;
  std::uint64_t last_id_ = 0;
  stranger_queue strangers_;
  std::uint64_t closed_for_others_ = 0;
  bool is_full_ = false;             // already logged
  bool has_too_few_threads_ = false; // already logged
  bool is_accepting_ = false, is_paused_ = false;
  bool is_timer_armed_ = false;
  std::vector<ready> last_requests_; // arrived before the stop; the threads answer them
  std::list<std::thread> threads_;
  std::list<std::thread> retired_; // to be joined
};

} // namespace parseflow::http
