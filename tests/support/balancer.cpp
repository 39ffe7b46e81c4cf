// One thread per connection, and one per backend to watch it.
#include "tests/support/balancer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <stdexcept>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/http_connection.hpp"

namespace parseflow {

namespace {

using namespace std::chrono_literals;

constexpr auto check_interval = 200ms;
constexpr auto check_timeout = 1s;
constexpr auto connect_timeout = 1s;
// How long a client waits for a backend when none is live: on a busy machine a live one can miss its check. Senders
// wait 5 s for an answer.
constexpr auto queue_timeout = 3s;

sockaddr_in address_of(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1)
    throw std::runtime_error(host + " is no IPv4 address");
  return address;
}

// Returns -1 if the connection fails or takes too long.
int connect_to(const balancer::backend& to) {
  const auto address = address_of(to.host, to.port);
  const int result = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  connect(result, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  pollfd connected{result, POLLOUT, 0};
  int problem = ETIMEDOUT;
  socklen_t size = sizeof problem;
  if (poll(&connected, 1, static_cast<int>(std::chrono::milliseconds{connect_timeout}.count())) == 1)
    getsockopt(result, SOL_SOCKET, SO_ERROR, &problem, &size);
  if (problem != 0) {
    close(result);
    return -1;
  }
  fcntl(result, F_SETFL, fcntl(result, F_GETFL) & ~O_NONBLOCK);
  return result;
}

// False if either side has ended the connection.
bool pass_on(int from, int to) {
  std::array<char, 65'536> part{};
  const auto size = recv(from, part.data(), part.size(), 0);
  for (ssize_t sent = 0; sent < size;) {
    const auto more = send(to, part.data() + sent, static_cast<std::size_t>(size - sent), MSG_NOSIGNAL);
    if (more <= 0)
      return false;
    sent += more;
  }
  return size > 0;
}

void pass_on_both_ways(int client, int server) {
  const int yes = 1;
  for (const int end : {client, server})
    setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  for (;;) {
    std::array<pollfd, 2> ends{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
    poll(ends.data(), ends.size(), -1);
    if ((ends[0].revents != 0 && !pass_on(client, server)) ||
        (ends[1].revents != 0 && !pass_on(server, client)))
      return;
  }
}

} // namespace

balancer::balancer(const std::vector<backend>& backends, std::uint64_t seed) : random_(seed) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = address_of("127.0.0.1", 0);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      listen(listener_, 128) != 0)
    throw std::runtime_error("cannot listen on 127.0.0.1");
  port_ = ntohs(address.sin_port);
  for (const auto& next : backends)
    add(next);
  acceptor_ = std::thread{[this] { accept_all(); }};
}

balancer::~balancer() {
  shutdown(listener_, SHUT_RDWR); // ends accept
  acceptor_.join();
  close(listener_);
  std::unique_lock lock{mutex_};
  is_over_ = true;
  changed_.notify_all();
  for (const auto& open : relays_)
    for (const int end : {open.client, open.server})
      shutdown(end, SHUT_RDWR);
  changed_.wait(lock, [this] { return relays_.empty(); });
  lock.unlock();
  for (auto& watched : members_)
    watched.watcher.join();
}

void balancer::add(const backend& added) {
  const std::lock_guard guard{mutex_};
  auto& next = members_.emplace_back();
  next.at = added;
  next.watcher = std::thread{[this, &next] { watch(next); }};
}

bool balancer::is_live(std::size_t index) const {
  const std::lock_guard guard{mutex_};
  return std::next(members_.begin(), static_cast<std::ptrdiff_t>(index))->now == condition::live;
}

void balancer::accept_all() {
  for (int client = 0; (client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) != -1;) {
    const std::lock_guard guard{mutex_};
    relays_.push_front({client, -1, nullptr});
    // Detached: the thread's last act is to erase its entry in the list, and the destructor waits for that.
    std::thread{[this, served = relays_.begin()] { serve(served); }}.detach();
  }
}

void balancer::serve(std::list<relay>::iterator served) {
  std::vector<const member*> tried;
  while (const auto* to = draw(tried)) {
    tried.push_back(to);
    const int server = connect_to(to->at);
    if (server == -1)
      continue;
    {
      const std::lock_guard guard{mutex_};
      served->server = server;
      served->to = to;
      if (is_over_ || to->now == condition::down)
        break; // the connection would never be cut
    }
    pass_on_both_ways(served->client, server);
    break;
  }
  const std::lock_guard guard{mutex_};
  for (const int end : {served->client, served->server})
    if (end != -1)
      close(end);
  relays_.erase(served);
  changed_.notify_all();
}

// Waits for a live backend if there is none; returns null if none comes in time.
const balancer::member* balancer::draw(const std::vector<const member*>& tried) {
  std::unique_lock lock{mutex_};
  std::vector<const member*> choice;
  changed_.wait_for(lock, queue_timeout, [&] {
    for (const auto& each : members_)
      if (each.now == condition::live && std::find(tried.begin(), tried.end(), &each) == tried.end())
        choice.push_back(&each);
    return is_over_ || !choice.empty();
  });
  if (is_over_ || choice.empty())
    return nullptr;
  return choice[std::uniform_int_distribution<std::size_t>{0, choice.size() - 1}(random_)];
}

void balancer::watch(member& watched) {
  for (;;) {
    auto found = condition::down;
    try {
      http_connection connection{watched.at.port, watched.at.host};
      connection.send("GET /readyz HTTP/1.1\r\nHost: balancer\r\nConnection: close\r\n\r\n");
      if (const auto answer = connection.receive(check_timeout))
        found = answer->status == 200 ? condition::live : condition::avoided;
    } catch (const std::runtime_error&) {
      found = condition::avoided; // refused: the kernel has closed or will close its connections
    }
    std::unique_lock lock{mutex_};
    set(watched, found);
    if (changed_.wait_for(lock, check_interval, [this] { return is_over_; }))
      return;
  }
}

void balancer::set(member& changed, condition to) {
  changed.now = to;
  if (to == condition::down) {
    for (const auto& open : relays_)
      if (open.to == &changed)
        for (const int end : {open.client, open.server})
          shutdown(end, SHUT_RDWR);
  } else {
    changed_.notify_all();
  }
}

} // namespace parseflow
