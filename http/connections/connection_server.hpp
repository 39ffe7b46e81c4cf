// An HTTP/1.1 server with a fixed number of threads, however many clients there are.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/connections/connection_limits.hpp"
#include "http/connections/event_loop.hpp"
#include "http/connections/listen_socket.hpp"
#include "http/connections/worker_pool.hpp"
#include "messages/expected.hpp"
#include "messages/file_descriptor.hpp"

namespace parseflow::http {

/// One thread accepts clients and deals them out to event loops, which own them from then on. Requests that
/// must wait for something go to a pool of threads; drain requests wait for their verdict without one.
class connection_server {
public:
  using thread_maker = worker_pool::thread_maker;

  /// @param system Needed if requests go the way of drains, or answers are streams.
  /// @param certificate Clients must speak TLS; null: plain HTTP. Must outlive this.
  connection_server(
      connection_limits limits, request_handlers handlers, caf::actor_system* system = nullptr,
      const tls_certificate* certificate = nullptr,
      thread_maker make_thread = [](const worker_pool::task& work) { return std::thread{work}; });
  ~connection_server();
  connection_server(const connection_server&) = delete;
  connection_server& operator=(const connection_server&) = delete;

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

  /// Looks again at the requests that are held. Any thread may call; does nothing before `start`.
  void look_again();

  /// How long clients have from now on, those that are connected with their next request: see
  /// `connection_limits`. Any thread may call after `start`.
  void take_up(std::chrono::milliseconds keep_alive, std::chrono::milliseconds read_timeout);

  /// Any thread may call.
  connection_counts connections() const;

  /// Takes no more requests, closes idle connections, and returns when the running requests are answered. A
  /// body that is still arriving after a second is cut off, and a stream that has not ended is cut; after 5
  /// more seconds the remaining connections are broken. Later calls do nothing.
  void stop();

private:
  expected<> start_threads();
  void accept_clients();
  void accept_waiting();
  void deal_out(file_descriptor socket, const sockaddr_storage& peer, event_loop* gives_way);
  bool has_place(event_loop*& gives_way);
  void arm_listener();
  void wake_acceptor();

  connection_limits limits_;
  request_handlers handlers_;
  caf::actor_system* system_;
  thread_maker make_thread_;
  byte_budget bodies_;
  worker_pool pool_;
  address_counts strangers_by_address_;
  loop_shared shared_;
  std::vector<std::unique_ptr<event_loop>> loops_;
  std::vector<std::thread> threads_; // of the loops, then of `accept_clients`
  file_descriptor epoll_, wake_;

  mutable std::mutex mutex_; // guards what follows, except the listener's port
  std::condition_variable loop_ended_;
  std::size_t running_loops_ = 0;
  listen_socket listener_;
  std::size_t next_loop_ = 0;
  bool is_accepting_ = false, is_paused_ = false, is_stopping_ = false;
  bool has_logged_limit_ = false;
};

} // namespace parseflow::http
