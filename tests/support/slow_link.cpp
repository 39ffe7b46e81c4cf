// Bytes wait in a queue until they are due; while the queue is full, no more are read.
#include "tests/support/slow_link.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parseflow {

namespace {

using steady = std::chrono::steady_clock;

// Like the buffers of a real link, the queue holds some bytes before the sender must wait.
constexpr std::size_t queue_bytes = 256u << 10;
constexpr int look_around_ms = 50;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int connected_to(std::uint16_t port) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(port);
  if (made >= 0 && ::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const int yes = 1;
    ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return made;
  }
  if (made >= 0)
    ::close(made);
  return -1;
}

// One direction of a connection.
class way {
public:
  way(int from, int to, const slow_link::quality& given) : from_(from), to_(to), quality_(given) {}

  bool wants_input() const { return !is_ended_ && bytes_ < queue_bytes; }
  int source() const { return from_; }
  bool is_done() const { return is_ended_ && waiting_.empty(); }

  std::chrono::milliseconds until_next(steady::time_point now) const {
    if (waiting_.empty())
      return std::chrono::milliseconds{look_around_ms};
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(waiting_.front().due - now),
                    std::chrono::milliseconds{0});
  }

  void read_some() {
    std::array<char, 16u << 10> piece;
    const auto got = ::recv(from_, piece.data(), piece.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
      return;
    if (got <= 0) {
      is_ended_ = true;
      return;
    }
    const auto size = static_cast<std::size_t>(got);
    is_free_at_ = std::max(is_free_at_, steady::now());
    if (quality_.bytes_per_second > 0)
      is_free_at_ += std::chrono::nanoseconds{size * 1'000'000'000 / quality_.bytes_per_second};
    waiting_.push_back({is_free_at_ + quality_.delay, std::string(piece.data(), size)});
    bytes_ += size;
  }

  // False if the other end takes no more.
  bool write_due(steady::time_point now) {
    while (!waiting_.empty() && waiting_.front().due <= now) {
      const auto& next = waiting_.front().bytes;
      for (std::size_t sent = 0; sent < next.size();) {
        const auto count = ::send(to_, next.data() + sent, next.size() - sent, MSG_NOSIGNAL);
        if (count <= 0)
          return false;
        sent += static_cast<std::size_t>(count);
      }
      bytes_ -= next.size();
      waiting_.pop_front();
    }
    if (is_done())
      ::shutdown(to_, SHUT_WR);
    return true;
  }

private:
  struct piece_on_the_way {
    steady::time_point due;
    std::string bytes;
  };

  int from_, to_;
  slow_link::quality quality_;
  std::deque<piece_on_the_way> waiting_;
  std::size_t bytes_ = 0;
  steady::time_point is_free_at_{};
  bool is_ended_ = false;
};

} // namespace

slow_link::slow_link(std::uint16_t target, quality given) : target_(target), quality_(given) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (listener_ < 0 || ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("a slow link cannot listen");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread{[this] { accept_all(); }};
}

slow_link::~slow_link() {
  is_over_ = true;
  acceptor_.join();
  for (auto& each : relays_)
    each.join();
  ::close(listener_);
}

std::string slow_link::by_way(const std::string& url) const {
  const auto port = ":" + std::to_string(target_);
  const auto at = url.find(port);
  if (at == std::string::npos)
    throw std::runtime_error("the link does not lead to " + url);
  return std::string{url}.replace(at, port.size(), ":" + std::to_string(port_));
}

void slow_link::accept_all() {
  while (!is_over_) {
    pollfd ready{listener_, POLLIN, 0};
    if (::poll(&ready, 1, look_around_ms) <= 0)
      continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0)
      continue;
    const std::lock_guard guard{mutex_};
    relays_.emplace_back([this, client] { relay(client); });
  }
}

void slow_link::relay(int client) const {
  const int server = connected_to(target_);
  if (server >= 0) {
    const int yes = 1;
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    std::array<way, 2> ways{way{client, server, quality_}, way{server, client, quality_}};
    bool is_open = true;
    while (is_open && !is_over_ && !(ways[0].is_done() && ways[1].is_done())) {
      std::array<pollfd, 2> ready{};
      const auto now = steady::now();
      auto wait = std::chrono::milliseconds{look_around_ms};
      for (std::size_t i = 0; i < ways.size(); ++i) {
        ready[i] = {ways[i].wants_input() ? ways[i].source() : -1, POLLIN, 0};
        wait = std::min(wait, ways[i].until_next(now));
      }
      ::poll(ready.data(), ready.size(), static_cast<int>(wait.count()));
      for (std::size_t i = 0; i < ways.size(); ++i) {
        if (ready[i].revents != 0)
          ways[i].read_some();
        is_open = ways[i].write_due(steady::now()) && is_open;
      }
    }
    ::close(server);
  }
  ::close(client);
}

} // namespace parseflow
