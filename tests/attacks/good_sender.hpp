// A sender as Logplex is one, which posts while somebody else attacks.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace parseflow::attacks {

/// What the sender saw.
struct sender_report {
  std::uint64_t sent = 0;
  std::uint64_t taken = 0;
  std::chrono::milliseconds p99{0};
};

/// Posts a batch on a new connection again and again, from its construction until `finish`.
class good_sender {
public:
  /// @param authorization The value of the header of this name.
  good_sender(std::uint16_t port, const std::string& authorization);
  ~good_sender();
  good_sender(const good_sender&) = delete;
  good_sender& operator=(const good_sender&) = delete;

  /// Waits until at least `least` batches were sent since the construction, then stops.
  sender_report finish(std::uint64_t least);

private:
  void post();

  const std::uint16_t port_;
  const std::string authorization_;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<std::uint64_t> sent_ = 0;
  std::uint64_t taken_ = 0;
  std::vector<std::chrono::milliseconds> took_;
  std::thread thread_;
};

} // namespace parseflow::attacks
