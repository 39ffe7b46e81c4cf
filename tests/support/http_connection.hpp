// One HTTP connection, byte by byte: for requests that no client library would send, and for fast ones.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parseflow {

/// An answer as it came.
struct http_answer {
  int status = 0;
  /// Status line and header lines.
  std::string head;
  std::string body;

  /// The value of a header; empty if there is none. Case of letters does not matter.
  std::string header(std::string_view name) const;
};

/// A connection to 127.0.0.1, or another IPv4 address.
class http_connection {
public:
  /// Throws std::runtime_error if nobody listens.
  explicit http_connection(std::uint16_t port, const std::string& host = "127.0.0.1");
  ~http_connection();
  http_connection(const http_connection&) = delete;
  http_connection& operator=(const http_connection&) = delete;

  /// Sends all of `bytes`. False if the peer has closed the connection.
  bool send(std::string_view bytes);

  /// Says that nothing more will be sent.
  void end_sending();

  /// The next answer: one with Content-Length, or with a status that has no body. Nothing if the connection
  /// ends or `patience` runs out before it is complete.
  std::optional<http_answer> receive(std::chrono::milliseconds patience = std::chrono::seconds{10});

  /// Waits until the peer has closed the connection. False if it has not within `patience`.
  bool is_closed(std::chrono::milliseconds patience);

private:
  bool receive_more(std::chrono::steady_clock::time_point deadline);

  int socket_ = -1;
  std::string received_; // behind the last answer
};

/// A request without a body on a connection of its own. `headers` are whole lines. Throws std::runtime_error
/// without a complete answer.
http_answer http_request(std::uint16_t port, std::string_view method, std::string_view path,
                         std::string_view headers = {}, const std::string& host = "127.0.0.1");

/// The head and body of `POST /logdrains`, as Logplex sends it. `headers` are whole lines.
std::string drain_request(std::string_view body, std::size_t lines, std::string_view frame_id,
                          std::string_view headers = {}, std::string_view path = "/logdrains");

} // namespace parseflow
