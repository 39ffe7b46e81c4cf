// A byte budget that requests share; callers block until bytes are free.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace parseflow::http {

/// Bounds the memory of all bodies together. Any thread may call.
class byte_budget {
public:
  /// Bytes taken from the budget: none at first; the destructor gives them back.
  class share {
  public:
    explicit share(byte_budget& owner) : owner_(owner) {}
    ~share() { shrink_to(0); }
    share(const share&) = delete;
    share& operator=(const share&) = delete;

    /// Grows the share to `bytes`. Waits for room until `deadline`; false if there is none by then. More than
    /// the whole budget is granted only while no other share holds bytes.
    bool grow_to(std::uint64_t bytes, std::chrono::steady_clock::time_point deadline);
    /// Gives back what exceeds `bytes`.
    void shrink_to(std::uint64_t bytes);

  private:
    byte_budget& owner_;
    std::uint64_t bytes_ = 0;
  };

  explicit byte_budget(std::uint64_t capacity) : capacity_(capacity) {}

  /// Bytes currently taken.
  std::uint64_t used() const;

private:
  const std::uint64_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::uint64_t used_ = 0;
};

} // namespace parseflow::http
