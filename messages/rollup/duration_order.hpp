// Sorts the durations of one batch in linear time, so that histograms are built by appending.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "messages/rollup/histogram.hpp"

namespace parseflow::rollup {

/// One known `service`, and the numbers of the names that it counts under.
struct duration {
  std::int64_t ms = 0;
  std::uint32_t endpoint = 0;
  std::uint32_t dyno = 0;
};

/// One list per bucket, and one bit per bucket that is set if its list is not empty.
class duration_order {
public:
  void add(std::int64_t ms, std::uint32_t endpoint, std::uint32_t dyno) {
    const std::uint32_t bucket = histogram::bucket_of(histogram::countable(ms));
    buckets_ += first_[bucket] == 0;
    links_.push_back({{ms, endpoint, dyno}, first_[bucket]});
    first_[bucket] = static_cast<std::uint32_t>(links_.size());
    used_[bucket / 64] |= std::uint64_t{1} << bucket % 64;
  }

  /// The number of different buckets.
  std::size_t buckets() const { return buckets_; }

  /// Removes all durations, and calls `visit` with each, by ascending bucket.
  template <class Visitor>
  void take(Visitor visit) {
    for (std::size_t word = 0; word < used_.size(); ++word)
      for (; used_[word] != 0; used_[word] &= used_[word] - 1) {
        auto& first = first_[word * 64 + static_cast<std::size_t>(std::countr_zero(used_[word]))];
        for (auto at = std::exchange(first, 0); at != 0; at = links_[at - 1].next)
          visit(links_[at - 1].value);
      }
    links_.clear();
    buckets_ = 0;
  }

private:
  struct link {
    duration value;
    std::uint32_t next; // index + 1 into `links_`, 0 for none; as in `first_`
  };
  std::vector<link> links_;
  std::size_t buckets_ = 0;
  std::array<std::uint32_t, histogram::bucket_count> first_{};
  std::array<std::uint64_t, (histogram::bucket_count + 63) / 64> used_{};
};

} // namespace parseflow::rollup
