// Connections without a thread each: idle ones wait in one epoll set, threads run only while a request does.
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

namespace parseflow::http {

/// An HTTP/1.1 server that takes its requests apart and writes its answers with httplib, but runs its own
/// connections: httplib holds a thread per idle connection, lets a slow client hold it for ever, stops slowly
/// and listens with a backlog of 5.
class connection_server : private request_processor {
public:
  using clock = connection::clock;
  /// So long a client has to say who it is before its place may be given to another.
  static constexpr std::chrono::milliseconds stranger_grace{250};
  /// Answers one request. Called from many threads; an exception becomes a 500.
  using handler = std::function<void(exchange&)>;
  /// Makes the answer to a request that the server refuses itself, from the status in it.
  using refusal = std::function<void(httplib::Response&)>;

  /// Starts a thread, or throws std::system_error.
  using thread_maker = std::function<std::thread(std::function<void()>)>;

  connection_server(
      connection_limits limits, handler answer, refusal refuse,
      thread_maker make_thread = [](const std::function<void()>& work) { return std::thread{work}; });
  ~connection_server() override;

  /// Listens on `host`, an address or a name, and answers from now on. A `port` of 0 lets the system pick
  /// one. Returns a sentence if that is not possible. Call once.
  std::optional<std::string> start(const std::string& host, std::uint16_t port);

  /// Where it listens; 0 before `start`.
  std::uint16_t port() const { return listener_.port(); }

  /// Connects are refused from now on, and open connections are served as before. Who waits to be accepted is
  /// let in before that, within `max_connections`. Any thread; nothing happens before `start`, after `stop`
  /// or the second time.
  void pause_accepting();
  /// Lets clients in again at the same address; otherwise the same. A sentence if that is not possible yet.
  std::optional<std::string> resume_accepting();

  connection_counts connections() const;

  /// Takes no more requests, ends idle connections, and returns when those that run are answered: a body that
  /// still arrives after a second is cut off. Later calls do nothing.
  void stop();

private:
  struct ready {
    std::uint64_t id = 0;
    served_client* who = nullptr; // this thread's alone; none: the thread is to end
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
  bool answer_one(connection& line);
  void refuse(connection& line, int status);
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

  mutable std::mutex mutex_; // guards what follows, but for the listener's port
  listen_socket listener_;
  std::condition_variable changed_;
  std::unordered_map<std::uint64_t, std::unique_ptr<served_client>> clients_;
  std::uint64_t last_id_ = 0;
  stranger_queue strangers_;
  std::uint64_t closed_for_others_ = 0;
  bool is_full_ = false;             // told in the log
  bool has_too_few_threads_ = false; // told in the log
  bool is_accepting_ = false, is_paused_ = false;
  bool is_timer_armed_ = false;
  std::vector<ready> last_requests_; // arrived before the stop, for the threads to answer
  std::list<std::thread> threads_;
  std::list<std::thread> retired_; // to be joined
};

} // namespace parseflow::http
