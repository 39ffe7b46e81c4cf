// A byte budget that requests share. Nobody waits in it: who gets nothing asks again.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace parseflow::http {

/// Bounds the memory of all bodies together. Any thread may call.
class byte_budget {
public:
  /// Whose bytes are counted together. Together they may be as many as are left free: so one alone gets
  /// half of the budget, and however many take all they can, a newcomer finds room.
  class tenant {
    friend byte_budget;
    std::atomic<std::uint64_t> used_ = 0;
  };

  /// Bytes taken from the budget: none at first; the destructor gives them back. Used by one thread at
  /// a time.
  class share {
  public:
    /// @param whose Null: bounded by the whole budget alone.
    explicit share(byte_budget& owner, std::shared_ptr<tenant> whose = nullptr)
        : owner_(owner), whose_(std::move(whose)) {}
    ~share() { shrink_to(0); }
    share(const share&) = delete;
    share& operator=(const share&) = delete;

    /// Grows the share to `bytes`; false if there is no room now. More than the whole budget is granted only
    /// while no other share holds bytes.
    bool grow_to(std::uint64_t bytes);
    /// Gives back what exceeds `bytes`.
    void shrink_to(std::uint64_t bytes);

  private:
    bool fits(std::uint64_t bytes, std::uint64_t others) const;

    byte_budget& owner_;
    std::shared_ptr<tenant> whose_;
    std::uint64_t bytes_ = 0;
  };

  explicit byte_budget(std::uint64_t capacity) : capacity_(capacity) {}

  /// The tenant of this name. One that is not used any more is forgotten.
  std::shared_ptr<tenant> tenant_of(std::string_view name);

  /// Bytes currently taken.
  std::uint64_t used() const { return used_; }

private:
  const std::uint64_t capacity_;
  std::atomic<std::uint64_t> used_ = 0;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<tenant>, std::less<>> tenants_; // guarded by mutex_
};

} // namespace parseflow::http
