// Imitates a network link that is long or narrow.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace parseflow {

/// Listens on a port of 127.0.0.1 and relays each connection to another port there, with delay and at
/// limited speed.
class slow_link {
public:
  struct quality {
    /// The delay of every byte, in each direction.
    std::chrono::milliseconds delay{0};
    /// The limit per connection and direction; 0: no limit.
    std::uint64_t bytes_per_second = 0;
  };

  slow_link(std::uint16_t target, quality given);
  ~slow_link();
  slow_link(const slow_link&) = delete;
  slow_link& operator=(const slow_link&) = delete;

  std::uint16_t port() const { return port_; }

  /// `url` with this link's port instead of the target's.
  std::string by_way(const std::string& url) const;

private:
  void accept_all();
  void relay(int client) const;

  std::uint16_t target_;
  quality quality_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> is_over_ = false;
  std::mutex mutex_;
  std::list<std::thread> relays_; // guarded by mutex_
  std::thread acceptor_;          // the last member: its thread uses those above
};

} // namespace parseflow
