// How many answers that do not end each caller may have open, so that one cannot take the places of all.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace parseflow::http {

/// Counts by the names of callers. Any thread may call.
class stream_places {
public:
  /// @param per_caller 0: no limit.
  explicit stream_places(std::uint32_t per_caller) : per_caller_(per_caller) {}

  /// A place for one more answer of this caller, which is given back when the pointer and its copies are gone;
  /// null if the caller has as many as it may. This object must outlive it.
  std::shared_ptr<const void> take(const std::string& caller);

private:
  const std::uint32_t per_caller_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::uint32_t> taken_; // guarded by mutex_; never 0
};

} // namespace parseflow::http
