// Buffered, non-blocking reading and writing of one client's socket.
#include "http/connections/connection.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/connections/request_head.hpp"

namespace parseflow::http {

namespace {

// Enough for any usual request's head. The body is then received into its own string, without a copy.
constexpr std::size_t chunk_bytes = 4 * 1024;
constexpr std::size_t body_step_bytes = 16 * 1024;
constexpr std::size_t max_output_bytes = 16 * 1024;
constexpr std::string_view head_end = "\r\n\r\n";

} // namespace

connection::connection(int socket) : socket_(socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  char ip[NI_MAXHOST] = "", port[NI_MAXSERV] = "0";
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
      getnameinfo(reinterpret_cast<sockaddr*>(&address), size, ip, sizeof ip, port, sizeof port,
                  NI_NUMERICHOST | NI_NUMERICSERV) == 0) {
    peer_ = ip;
    peer_port_ = std::atoi(port);
  }
}

connection::~connection() {
  close(socket_);
}

connection::arrival connection::take_arrived() {
  while (true) {
    // Empty lines before a request must be ignored (RFC 9112, 2.2).
    while (input_.compare(position_, 2, "\r\n") == 0) {
      position_ += 2;
      if (++empty_lines_ > max_empty_lines)
        return arrival::ended;
    }
    const auto from = std::max(searched_, position_);
    if (input_.find(head_end, from) != std::string::npos) {
      empty_lines_ = 0;
      // httplib matches Range with a recursive std::regex before any handler runs: 8 KB take 3 MB of stack.
      erase_header(input_, position_, "Range");
      searched_ = position_;
      return arrival::complete;
    }
    searched_ = std::max(position_, input_.size() - std::min(input_.size(), head_end.size() - 1));
    if (input_.size() - position_ >= max_head_bytes)
      return arrival::too_long;
    input_.erase(0, position_);
    searched_ -= position_;
    position_ = 0;
    const auto old_size = input_.size();
    input_.resize(old_size + chunk_bytes);
    ssize_t received = 0;
    do
      received = recv(socket_, input_.data() + old_size, chunk_bytes, MSG_DONTWAIT);
    while (received < 0 && errno == EINTR);
    const bool would_wait = received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    input_.resize(old_size + static_cast<std::size_t>(std::max<ssize_t>(received, 0)));
    if (would_wait)
      return arrival::partial;
    if (received <= 0)
      return arrival::ended;
  }
}

void connection::rest() {
  if (!has_bytes()) {
    std::string{}.swap(input_);
    position_ = searched_ = 0;
  }
}

ssize_t connection::read(char* to, std::size_t size) {
  if (has_bytes()) {
    const auto taken = std::min(size, input_.size() - position_);
    std::memcpy(to, input_.data() + position_, taken);
    position_ += taken;
    consumed_ += taken;
    return static_cast<ssize_t>(taken);
  }
  const auto received = receive(to, size);
  consumed_ += static_cast<std::uint64_t>(std::max<ssize_t>(received, 0));
  return received;
}

std::string_view connection::arrived() {
  if (!has_bytes()) {
    input_.resize(body_step_bytes);
    const auto received = receive(input_.data(), input_.size());
    input_.resize(static_cast<std::size_t>(std::max<ssize_t>(received, 0)));
    position_ = searched_ = 0;
  }
  return std::string_view{input_}.substr(position_);
}

void connection::take(std::size_t size) {
  position_ += size;
  consumed_ += size;
}

// Receives bytes that are not yet in the buffer; waits for them.
ssize_t connection::receive(char* to, std::size_t size) {
  // Send pending output first: the client may be waiting for 100 Continue.
  if (!flush())
    return -1;
  while (!is_read_broken_) {
    const auto received = recv(socket_, to, size, MSG_DONTWAIT);
    if (received >= 0)
      return received;
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      is_too_slow_ = !wait_for(POLLIN, deadline_);
      is_read_broken_ = is_too_slow_;
    } else if (errno != EINTR) {
      is_read_broken_ = true;
    }
  }
  return -1;
}

ssize_t connection::write(const char* from, std::size_t size) {
  if (output_.size() + size <= max_output_bytes) {
    output_.append(from, size);
    return static_cast<ssize_t>(size);
  }
  const bool sent = send_all(output_, MSG_MORE) && send_all({from, size}, 0);
  output_.clear();
  return sent ? static_cast<ssize_t>(size) : -1;
}

bool connection::flush() {
  const bool sent = output_.empty() || send_all(output_, 0);
  output_.clear();
  return sent;
}

bool connection::send_all(std::string_view bytes, int flags) {
  const auto deadline = clock::now() + write_timeout;
  while (!bytes.empty() && !is_send_broken_) {
    const auto sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT | flags);
    if (sent >= 0)
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    else if (errno == EAGAIN || errno == EWOULDBLOCK)
      is_send_broken_ = !wait_for(POLLOUT, deadline);
    else if (errno != EINTR)
      is_send_broken_ = true;
  }
  return bytes.empty();
}

bool connection::wait_for(short events, clock::time_point deadline) const {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()).count();
    if (left <= 0)
      return false;
    pollfd waiting{socket_, events, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    if (ready > 0)
      return true;
    if (ready < 0 && errno != EINTR)
      return false;
  }
}

void connection::end_sending() {
  shutdown(socket_, SHUT_WR);
}

void connection::end_receiving() {
  shutdown(socket_, SHUT_RD);
}

void connection::end_all() {
  shutdown(socket_, SHUT_RDWR);
}

void connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip = peer_;
  port = peer_port_;
}

void connection::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

} // namespace parseflow::http
