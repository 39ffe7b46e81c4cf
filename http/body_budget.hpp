// A bound on the bytes of all bodies in memory at once (design promise P5).
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

namespace parseflow::http {

/// Bytes that requests take before they read a body and give back when they are answered. Any thread may
/// call.
class body_budget {
public:
  explicit body_budget(std::uint64_t bytes) : free_(bytes) {}

  /// A part of the budget, given back on destruction.
  class share {
  public:
    share() = default;
    share(body_budget& owner, std::uint64_t bytes) : owner_(&owner), bytes_(bytes) {}
    share(share&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)), bytes_(other.bytes_) {}
    share& operator=(share&&) = delete;
    ~share() {
      if (owner_ != nullptr)
        owner_->give_back(bytes_);
    }
    explicit operator bool() const { return owner_ != nullptr; }

  private:
    body_budget* owner_ = nullptr;
    std::uint64_t bytes_ = 0;
  };

  /// Waits until `bytes` are free, at most `patience`. An empty share if they never were.
  share take(std::uint64_t bytes, std::chrono::milliseconds patience);

private:
  void give_back(std::uint64_t bytes);

  std::mutex mutex_;
  std::condition_variable freed_;
  std::uint64_t free_;
};

} // namespace parseflow::http
