// A number of bytes that many requests share: who finds none left waits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

namespace parseflow::http {

/// Bounds what all bodies in memory take together. Any thread may call.
class byte_budget {
public:
  /// Bytes taken out; given back when it ends.
  class share {
  public:
    share(share&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)), bytes_(other.bytes_) {}
    share& operator=(share&&) = delete;
    ~share() {
      if (owner_ != nullptr)
        owner_->give_back(bytes_);
    }
    /// False if the budget was used up until the deadline.
    explicit operator bool() const { return owner_ != nullptr; }

  private:
    friend byte_budget;
    share(byte_budget* owner, std::uint64_t bytes) : owner_(owner), bytes_(bytes) {}
    byte_budget* owner_;
    std::uint64_t bytes_;
  };

  explicit byte_budget(std::uint64_t capacity) : capacity_(capacity) {}

  /// Takes `bytes`, waiting until `deadline` for room. More than there can ever be is granted alone.
  share take(std::uint64_t bytes, std::chrono::steady_clock::time_point deadline);

  /// Bytes that are taken now.
  std::uint64_t used() const;

private:
  void give_back(std::uint64_t bytes);

  const std::uint64_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::uint64_t used_ = 0;
};

} // namespace parseflow::http
