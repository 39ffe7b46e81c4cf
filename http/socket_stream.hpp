// One connection's bytes, as cpp-httplib wants to read and write them, with a deadline for a whole request.
#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include <httplib.h>

namespace parseflow::http {

/// A connected socket with buffers both ways: cpp-httplib reads header bytes one by one and writes in small
/// pieces. Does not own the socket. One thread at a time uses it.
class socket_stream : public httplib::Stream {
public:
  /// @param cutoff Reads fail after this time too; may be moved forward while a read waits. Outlives the
  /// stream.
  socket_stream(socket_t socket, const std::atomic<std::chrono::steady_clock::time_point>& cutoff);

  /// Reads fail after this time, whatever trickles in.
  void set_deadline(std::chrono::steady_clock::time_point deadline) { deadline_ = deadline; }

  /// True if bytes were received that nobody has read yet: the next request of a pipelining client.
  bool has_buffered() const { return begin_ < end_; }

  /// Sends what `write` collected. False if the peer is gone or does not take it within the write timeout.
  bool flush();

  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* bytes, size_t size) override;
  ssize_t write(const char* bytes, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

private:
  ssize_t receive(char* bytes, size_t size);
  bool send_all(const char* bytes, size_t size);

  socket_t socket_;
  const std::atomic<std::chrono::steady_clock::time_point>& cutoff_;
  std::chrono::steady_clock::time_point deadline_{};
  std::string input_;
  size_t begin_ = 0;
  size_t end_ = 0;
  std::string output_;
};

} // namespace parseflow::http
