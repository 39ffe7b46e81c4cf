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

#include <httplib.h>

#include "http/connection.hpp"
#include "http/connection_limits.hpp"
#include "http/exchange.hpp"
#include "http/file_descriptor.hpp"

namespace parseflow::http {

/// An HTTP/1.1 server that takes its requests apart and writes its answers with httplib, but runs its own
/// connections: httplib holds a thread per idle connection, lets a slow client hold it for ever, stops slowly
/// and listens with a backlog of 5.
class connection_server : private httplib::Server {
public:
  using clock = connection::clock;
  /// Answers one request. Called from many threads; an exception becomes a 500.
  using handler = std::function<void(exchange&)>;
  /// Makes the answer to a request that the server refuses itself, from the status in it.
  using refusal = std::function<void(httplib::Response&)>;

  connection_server(connection_limits limits, handler answer, refusal refuse);
  ~connection_server() override;

  /// Listens on `host`, an address or a name, and answers from now on. A `port` of 0 lets the system pick
  /// one. Returns a sentence if that is not possible. Call once.
  std::optional<std::string> start(const std::string& host, std::uint16_t port);

  /// Where it listens; 0 before `start`.
  std::uint16_t port() const { return port_; }

  /// Takes no more requests, ends idle connections, and returns when those that run are answered: a body that
  /// still arrives after a second is cut off. Later calls do nothing.
  void stop();

private:
  enum class state { idle, active };
  struct client {
    explicit client(int socket) : line(socket) {}
    connection line;
    state now = state::idle;
    /// Since its first byte and until it is answered.
    bool is_arriving = false;
    clock::time_point expires{};
  };
  struct ready {
    std::uint64_t id = 0;
    client* who = nullptr; // this thread's alone; none: the thread is to end
  };

  void work(std::list<std::thread>::iterator self);
  ready next_ready(std::list<std::thread>::iterator self);
  void accept_some();
  void serve(std::uint64_t id, client& who);
  bool answer_one(connection& line);
  void refuse(connection& line, int status);
  bool park(std::uint64_t id, client& who);
  client* claim(std::uint64_t id);
  void forget(std::uint64_t id);
  void end_overdue();
  void arm_listener();
  void arm_timer();
  void add_thread();
  bool retire(std::list<std::thread>::iterator self);

  connection_limits limits_;
  handler answer_;
  refusal refuse_;
  std::uint16_t port_ = 0;
  file_descriptor listener_, epoll_, wake_, timer_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint32_t> waiting_ = 0;

  std::mutex mutex_; // guards what follows
  std::condition_variable changed_;
  std::unordered_map<std::uint64_t, std::unique_ptr<client>> clients_;
  std::uint64_t last_id_ = 0;
  bool is_accepting_ = false;
  bool is_timer_armed_ = false;
  std::vector<ready> last_requests_; // arrived before the stop, for the threads to answer
  std::list<std::thread> threads_;
  std::list<std::thread> retired_; // to be joined
};

} // namespace parseflow::http
