// A number of bytes that many requests share: who finds none left waits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace parseflow::http {

/// Bounds what all bodies in memory take together. Any thread may call.
class byte_budget {
public:
  /// Bytes taken out, none at first; given back when it ends.
  class share {
  public:
    explicit share(byte_budget& owner) : owner_(owner) {}
    ~share() { shrink_to(0); }
    share(const share&) = delete;
    share& operator=(const share&) = delete;

    /// Takes as many as are missing to `bytes`, waiting until `deadline` for room; false without. More than
    /// there can ever be is granted alone.
    bool grow_to(std::uint64_t bytes, std::chrono::steady_clock::time_point deadline);
    /// Gives back what is above `bytes`.
    void shrink_to(std::uint64_t bytes);

  private:
    byte_budget& owner_;
    std::uint64_t bytes_ = 0;
  };

  explicit byte_budget(std::uint64_t capacity) : capacity_(capacity) {}

  /// Bytes that are taken now.
  std::uint64_t used() const;

private:
  const std::uint64_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::uint64_t used_ = 0;
};

} // namespace parseflow::http
