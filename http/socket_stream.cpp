// Buffered socket input and output.
#include "http/socket_stream.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

namespace parseflow::http {

namespace {

constexpr std::size_t input_bytes = 16 * 1024;
// Larger answers are sent in pieces of this size.
constexpr std::size_t output_bytes = 64 * 1024;
// A client that takes nothing for so long is given up.
constexpr int write_timeout_ms = 10'000;
constexpr std::chrono::milliseconds slice{250};

// 1: ready, 0: out of time, -1: broken.
int wait_for(socket_t socket, short event, int timeout_ms) {
  pollfd waiting{socket, event, 0};
  while (true) {
    const int ready = ::poll(&waiting, 1, timeout_ms);
    if (ready >= 0 || errno != EINTR)
      return ready;
  }
}

void describe(const sockaddr_storage& address, std::string& ip, int& port) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    port = ntohs(v4.sin_port);
  } else if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    port = ntohs(v6.sin6_port);
  }
  ip = text.data();
}

} // namespace

socket_stream::socket_stream(socket_t socket,
                             const std::atomic<std::chrono::steady_clock::time_point>& cutoff)
    : socket_(socket), cutoff_(cutoff), input_(input_bytes, '\0') {}

bool socket_stream::is_readable() const {
  return has_buffered() || wait_for(socket_, POLLIN, 0) > 0;
}

bool socket_stream::is_writable() const {
  return wait_for(socket_, POLLOUT, 0) > 0;
}

ssize_t socket_stream::read(char* bytes, size_t size) {
  if (!has_buffered()) {
    // Large reads (bodies) go past the buffer.
    if (size >= input_.size())
      return receive(bytes, size);
    const auto got = receive(input_.data(), input_.size());
    if (got <= 0)
      return got;
    begin_ = 0;
    end_ = static_cast<size_t>(got);
  }
  const auto count = std::min(size, end_ - begin_);
  std::memcpy(bytes, input_.data() + begin_, count);
  begin_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t socket_stream::receive(char* bytes, size_t size) {
  while (true) {
    const auto got = ::recv(socket_, bytes, size, MSG_DONTWAIT);
    if (got >= 0)
      return got;
    if (errno == EINTR)
      continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
      return -1;
    const auto end = std::min(deadline_, cutoff_.load());
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    // In slices, because the cutoff may come nearer meanwhile.
    if (left.count() <= 0 || wait_for(socket_, POLLIN, static_cast<int>(std::min(left, slice).count())) < 0)
      return -1;
  }
}

ssize_t socket_stream::write(const char* bytes, size_t size) {
  output_.append(bytes, size);
  if (output_.size() >= output_bytes && !flush())
    return -1;
  return static_cast<ssize_t>(size);
}

bool socket_stream::flush() {
  const bool sent = send_all(output_.data(), output_.size());
  output_.clear();
  return sent;
}

bool socket_stream::send_all(const char* bytes, size_t size) {
  while (size > 0) {
    const auto sent = ::send(socket_, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      bytes += sent;
      size -= static_cast<size_t>(sent);
      continue;
    }
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
      return false;
    if (wait_for(socket_, POLLOUT, write_timeout_ms) <= 0)
      return false;
  }
  return true;
}

void socket_stream::get_remote_ip_and_port(std::string& ip, int& port) const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0)
    describe(address, ip, port);
}

void socket_stream::get_local_ip_and_port(std::string& ip, int& port) const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0)
    describe(address, ip, port);
}

} // namespace parseflow::http
