// A byte budget that requests share. Nobody waits in it: who gets nothing asks again.
#pragma once

#include <atomic>
#include <cstdint>

namespace parseflow::http {

/// Bounds the memory of all bodies together. Any thread may call.
class byte_budget {
public:
  /// Bytes taken from the budget: none at first; the destructor gives them back. Used by one thread at
  /// a time.
  class share {
  public:
    explicit share(byte_budget& owner) : owner_(owner) {}
    ~share() { shrink_to(0); }
    share(const share&) = delete;
    share& operator=(const share&) = delete;

    /// Grows the share to `bytes`; false if there is no room now. More than the whole budget is granted only
    /// while no other share holds bytes.
    bool grow_to(std::uint64_t bytes);
    /// Gives back what exceeds `bytes`.
    void shrink_to(std::uint64_t bytes);

  private:
    byte_budget& owner_;
    std::uint64_t bytes_ = 0;
  };

  explicit byte_budget(std::uint64_t capacity) : capacity_(capacity) {}

  /// Bytes currently taken.
  std::uint64_t used() const { return used_; }

private:
  const std::uint64_t capacity_;
  std::atomic<std::uint64_t> used_ = 0;
};

} // namespace parseflow::http
