// How long something took, as counts per bucket: enough for a graph, in constant memory.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace parseflow {

/// A distribution of short durations since the process started.
struct latency {
  /// The upper bounds of the buckets, inclusive; one more bucket has no upper bound.
  static constexpr std::array<std::chrono::microseconds, 12> bounds{
      std::chrono::microseconds{250},       std::chrono::microseconds{500},
      std::chrono::microseconds{1'000},     std::chrono::microseconds{2'500},
      std::chrono::microseconds{5'000},     std::chrono::microseconds{10'000},
      std::chrono::microseconds{25'000},    std::chrono::microseconds{50'000},
      std::chrono::microseconds{100'000},   std::chrono::microseconds{500'000},
      std::chrono::microseconds{1'000'000}, std::chrono::microseconds{4'000'000}};

  std::array<std::uint64_t, bounds.size() + 1> counts{};
  std::chrono::microseconds sum{0};

  void add(std::chrono::microseconds took) {
    const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), took) - bounds.begin();
    ++counts[static_cast<std::size_t>(bucket)];
    sum += took;
  }

  bool operator==(const latency&) const = default;
};

} // namespace parseflow
