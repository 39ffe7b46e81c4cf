// Connections whose clients have shown no credentials, in the order in which they are closed when room
// is short.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <unordered_map>

namespace parseflow::http {

/// Ids of connections; the one that has waited longest is first. Not thread-safe.
class stranger_queue {
public:
  /// Moves `id` to the end, or adds it there.
  void renew(std::uint64_t id) {
    const auto [found, is_new] = places_.try_emplace(id);
    if (is_new)
      found->second = order_.insert(order_.end(), id);
    else
      order_.splice(order_.end(), order_, found->second);
  }

  /// Removes `id`; does nothing if it is not there.
  void remove(std::uint64_t id) {
    if (const auto found = places_.find(id); found != places_.end()) {
      order_.erase(found->second);
      places_.erase(found);
    }
  }

  /// The first id for which `suits` returns true.
  std::optional<std::uint64_t> first(const std::function<bool(std::uint64_t id)>& suits) const {
    for (const auto id : order_)
      if (suits(id))
        return id;
    return std::nullopt;
  }

  bool empty() const { return order_.empty(); }

private:
  std::list<std::uint64_t> order_;
  std::unordered_map<std::uint64_t, std::list<std::uint64_t>::iterator> places_;
};

} // namespace parseflow::http
