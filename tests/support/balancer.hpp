// A TCP load balancer in front of several nodes.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace parseflow {

/// Listens on a port of 127.0.0.1 and relays each connection to a random live backend. Asks every backend for
/// `GET /readyz` 5 times a second. A backend that answers 200 is live. One that answers anything else, or
/// refuses connections, gets no new connections. One that is silent for a second is down, and its connections
/// are cut.
class balancer {
public:
  /// An IPv4 address and the backend's HTTP port.
  struct backend {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
  };

  /// @param seed Seeds the random choice.
  balancer(const std::vector<backend>& backends, std::uint64_t seed);
  ~balancer();
  balancer(const balancer&) = delete;
  balancer& operator=(const balancer&) = delete;

  std::uint16_t port() const { return port_; }

  /// Adds a backend. The indexes of the others do not change.
  void add(const backend& added);

  /// Whether the backend gets connections. `index` is its place in the order of adding.
  bool is_live(std::size_t index) const;

private:
  enum class condition : std::uint8_t { live, avoided, down };

  struct member {
    backend at;
    condition now = condition::down;
    std::thread watcher;
  };
  // A client's connection, and the backend that it is relayed to.
  struct relay {
    int client = -1;
    int server = -1;
    const member* to = nullptr;
  };

  void accept_all();
  void serve(std::list<relay>::iterator served);
  const member* draw(const std::vector<const member*>& tried);
  void watch(member& watched);
  void set(member& changed, condition to);

  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_. These are lists because threads keep iterators and pointers into them.
  std::list<member> members_;
  std::list<relay> relays_;
  std::mt19937_64 random_;
  bool is_over_ = false;
  std::thread acceptor_;
};

} // namespace parseflow
