// One client connection: buffers input and output, and bounds how long a request may take.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <httplib.h>

namespace parseflow::http {

/// A client's socket, as the stream from which httplib reads a request and to which it writes the answer.
/// Used by one thread at a time. No call waits beyond its deadline; after a failure all further calls fail.
class connection final : public httplib::Stream {
public:
  using clock = std::chrono::steady_clock;

  /// The longest request line with headers; longer ones are answered 431.
  static constexpr std::size_t max_head_bytes = 32 * 1024;
  /// Number of empty lines that are skipped before a request; after more of them the connection is closed.
  static constexpr int max_empty_lines = 8;
  /// How long a client may take to read an answer.
  static constexpr std::chrono::seconds write_timeout{10};

  /// What `take_arrived` found.
  enum class arrival {
    complete, ///< A whole head is in the buffer.
    partial,  ///< More must arrive.
    too_long, ///< No end of the head within `max_head_bytes`.
    ended,    ///< The peer closed the connection, or it broke, or only empty lines arrive.
  };

  /// Owns `socket`, which must not block.
  explicit connection(int socket);
  ~connection() override;
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Reads what has arrived, without waiting, until a head is complete. Removes from it what httplib must
  /// not see.
  arrival take_arrived();

  /// True if the first bytes of a request have arrived.
  bool has_bytes() const { return position_ < input_.size(); }

  /// From now on, reading waits until `deadline`.
  void read_until(clock::time_point deadline) { deadline_ = deadline; }

  /// True if reading failed because the deadline had come.
  bool is_too_slow() const { return is_too_slow_; }

  /// Bytes that httplib and our handlers have taken since the connection opened.
  std::uint64_t consumed() const { return consumed_; }

  /// Bytes of a body that have arrived and are not yet taken; waits if there are none. Empty at the end or
  /// after a failure. The view is valid until the next call.
  std::string_view arrived();
  /// Takes the first `size` bytes of what `arrived` returned.
  void take(std::size_t size);

  /// Notes that the peer has shown good credentials. Cannot be undone.
  void trust() { is_trusted_ = true; }
  /// Any thread may call.
  bool is_trusted() const { return is_trusted_; }

  /// Frees the read buffer if it is empty.
  void rest();

  /// Sends what was written. False if it could not be sent in time.
  bool flush();

  /// Shuts down the sending side of the socket.
  void end_sending();

  /// Makes reading end at once, also for a thread that is waiting in it. Any thread may call.
  void end_receiving();

  /// Breaks the connection, also for a thread that is waiting on it. Any thread may call.
  void end_all();

  bool is_readable() const override { return has_bytes() || !is_read_broken_; }
  bool is_writable() const override { return !is_send_broken_; }
  /// Bytes read, at most `size`; 0 at the end, -1 after a failure.
  ssize_t read(char* to, std::size_t size) override;
  /// Keeps small pieces back until `flush`.
  ssize_t write(const char* from, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

  /// The peer's address, as text.
  const std::string& peer() const { return peer_; }

private:
  bool wait_for(short events, clock::time_point deadline) const;
  ssize_t receive(char* to, std::size_t size);
  bool send_all(std::string_view bytes, int flags);

  int socket_;
  std::string peer_;
  int peer_port_ = 0;
  clock::time_point deadline_{};
  std::string input_;
  std::size_t position_ = 0; // of the first byte in `input_` not yet taken
  std::size_t searched_ = 0; // no head ends in `input_` before this
  std::uint64_t consumed_ = 0;
  std::string output_;
  int empty_lines_ = 0;
  std::atomic<bool> is_trusted_ = false;
  bool is_read_broken_ = false;
  bool is_send_broken_ = false;
  bool is_too_slow_ = false;
};

} // namespace parseflow::http
