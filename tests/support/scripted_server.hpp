// A single-threaded HTTP server with answers that the test defines.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace parseflow {

/// Listens on a port of 127.0.0.1 that the system picks. Serves one connection at a time.
class scripted_server {
public:
  /// @param answers The complete answers to the requests, in order. An empty one closes the connection
  /// instead, and so does every request after the last answer.
  /// @param is_open If false, connections are refused until `open`.
  explicit scripted_server(std::vector<std::string> answers, bool is_open = true);
  ~scripted_server();
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;

  std::uint16_t port() const { return port_; }

  /// Accepts connections from now on.
  void open();

  /// The requests so far, with head and body.
  std::vector<std::string> requests() const;
  /// How many connections brought a request.
  std::size_t connections() const;

private:
  void serve();
  void serve_connection(int peer);
  std::string receive_request(int peer);

  std::vector<std::string> answers_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::size_t connections_ = 0;
  int peer_ = -1; // guarded by mutex_
  std::thread thread_;
};

} // namespace parseflow
