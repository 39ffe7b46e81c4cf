// A raw HTTP connection: for requests that no client library would send, and for fast ones.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parseflow {

/// An answer with its head as received.
struct http_answer {
  int status = 0;
  /// Status line and header lines.
  std::string head;
  std::string body;

  /// The value of a header; empty if there is none. Letter case does not matter.
  std::string header(std::string_view name) const;
};

/// A connection to 127.0.0.1 or another IPv4 address.
class http_connection {
public:
  /// @param from The address of this end; empty: any. Throws std::runtime_error if no program listens there.
  explicit http_connection(std::uint16_t port, const std::string& host = "127.0.0.1",
                           const std::string& from = {});
  ~http_connection();
  http_connection(const http_connection&) = delete;
  http_connection& operator=(const http_connection&) = delete;

  /// Sends all of `bytes`. False if the peer has closed the connection.
  bool send(std::string_view bytes);

  /// Closes the sending side of the connection.
  void end_sending();

  /// The next answer, which must have a Content-Length or a status without a body. Returns nothing if the
  /// connection ends or `timeout` runs out before the answer is complete.
  std::optional<http_answer> receive(std::chrono::milliseconds timeout = std::chrono::seconds{10});

  /// The head of an answer whose body is a stream.
  std::optional<http_answer> receive_head(std::chrono::milliseconds timeout = std::chrono::seconds{10});

  /// The content of the next chunk of a stream. Empty at the last one; nothing if the connection ends or
  /// `timeout` runs out before it is complete.
  std::optional<std::string> receive_chunk(std::chrono::milliseconds timeout = std::chrono::seconds{10});

  /// All bytes until the peer closes the connection.
  std::string receive_rest(std::chrono::milliseconds timeout = std::chrono::seconds{10});

  /// Waits until the peer has closed the connection. False if `timeout` runs out first.
  bool is_closed(std::chrono::milliseconds timeout);

  /// The socket, to wait for events.
  int descriptor() const { return socket_; }

private:
  bool receive_more(std::chrono::steady_clock::time_point deadline);

  int socket_ = -1;
  std::string received_; // bytes after the last answer
};

/// Sends a request without a body on its own connection. `headers` are whole lines. Throws std::runtime_error
/// if no complete answer comes.
http_answer http_request(std::uint16_t port, std::string_view method, std::string_view path,
                         std::string_view headers = {}, const std::string& host = "127.0.0.1");

/// The head and body of `POST /logdrains`, as Logplex sends it. `headers` are whole lines.
std::string drain_request(std::string_view body, std::size_t lines, std::string_view frame_id,
                          std::string_view headers = {}, std::string_view path = "/logdrains");

} // namespace parseflow
