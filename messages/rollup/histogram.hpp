// Whole numbers as counts per bucket: exact below 2048, above that in buckets of at most 1/128 of their
// value.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/rollup/bucket_counts.hpp"

namespace parseflow::rollup {

/// A mergeable distribution of whole numbers, most often of milliseconds. Only non-empty buckets take memory
/// (8 bytes each). Count, minimum and maximum are exact; so is the sum, which stops at 2^64 - 1.
class histogram {
public:
  /// Values below this have a bucket each.
  static constexpr std::uint64_t exact_below = 2048;
  /// As milliseconds 139 years. Larger values count as this.
  static constexpr std::uint64_t max_value = (std::uint64_t{1} << 42) - 1;
  /// Buckets per power of two above `exact_below`.
  static constexpr std::uint32_t buckets_per_octave = 128;
  static constexpr std::uint32_t bucket_count = 2048 + (42 - 11) * buckets_per_octave;

  /// The bucket that counts `value`. Precondition: `value` is at most `max_value`.
  static std::uint32_t bucket_of(std::uint64_t value) {
    if (value < exact_below)
      return static_cast<std::uint32_t>(value);
    const auto octave = static_cast<std::uint32_t>(std::bit_width(value)) - 1;
    const auto step = static_cast<std::uint32_t>(value >> (octave - 7)) - buckets_per_octave;
    return static_cast<std::uint32_t>(exact_below) + (octave - 11) * buckets_per_octave + step;
  }

  /// The observation, clamped to 0 … `max_value`.
  static std::uint64_t countable(std::int64_t observed) {
    return std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(observed, 0)), max_value);
  }

  /// Adds one observation; negative ones count as 0. Constant time if no earlier observation was larger.
  void add(std::int64_t observed) {
    const std::uint64_t value = countable(observed);
    note(value, value, value);
    buckets_.add(bucket_of(value));
  }

  /// Reserves memory for `buckets` different buckets.
  void reserve(std::size_t buckets) { buckets_.reserve(buckets); }

  /// Adds all observations of `from`.
  void merge(const histogram& from);

  /// True if all observations of `part` may be among these.
  bool may_include(const histogram& part) const;

  /// Subtracts observations that were added. If the smallest or the largest goes with them, the new extreme
  /// is known only to the precision of its bucket.
  void subtract(const histogram& counted);

  std::uint64_t count() const { return buckets_.total(); }
  std::uint64_t sum() const { return sum_; }
  /// 0 without observations, as are `largest`, `mean` and `quantile`.
  std::uint64_t smallest() const { return smallest_; }
  std::uint64_t largest() const { return largest_; }
  double mean() const;

  /// The nearest-rank quantile: the smallest observation that at least `q` of all do not exceed; the minimum
  /// for `q` = 0. Exact below `exact_below` and for the smallest and the largest, otherwise within 0.4 %.
  std::uint64_t quantile(double q) const;

  /// Observations larger than `value`; exact for `value` < `exact_below`, otherwise all in the bucket of
  /// `value` are left out.
  std::uint64_t count_above(std::uint64_t value) const;

  /// The counts per bucket, for callers that compute something else from them; `middle_of` gives a
  /// bucket's value.
  const bucket_counts& buckets() const { return buckets_; }

  /// The middle of a bucket, which is its only value below `exact_below`.
  static std::uint64_t middle_of(std::uint32_t bucket);

  using cell_form = bucket_counts::cell_form;

  /// Appends the compact form (see histogram.cpp).
  void encode(std::string& out) const;
  /// Takes the compact form off the front of `in`. Nothing if it is damaged; `in` is then undefined.
  static std::optional<histogram> decode(std::string_view& in, cell_form form = cell_form::short_counts);

  bool operator==(const histogram&) const = default;

private:
  // Updates sum and extremes. Call it before the buckets count the observation.
  void note(std::uint64_t sum, std::uint64_t smallest, std::uint64_t largest) {
    smallest_ = buckets_.empty() ? smallest : std::min(smallest_, smallest);
    largest_ = std::max(largest_, largest);
    if (__builtin_add_overflow(sum_, sum, &sum_))
      sum_ = UINT64_MAX;
  }

  bucket_counts buckets_;
  std::uint64_t sum_ = 0, smallest_ = 0, largest_ = 0;
};

} // namespace parseflow::rollup
