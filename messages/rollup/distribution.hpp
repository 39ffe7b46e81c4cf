// Numbers of any scale as counts per bucket; a bucket's width is at most 1/128 of its values.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/rollup/bucket_counts.hpp"
#include "messages/rollup/decimal_sum.hpp"
#include "messages/rollup/histogram.hpp"

namespace parseflow::rollup {

/// A mergeable distribution of real numbers. Negative ones count as 0; those outside 10^-77 to 10^76 share
/// the buckets at the ends. Count, minimum and maximum are exact, and the sum is as exact as `decimal_sum`.
class distribution {
public:
  /// The bucket that counts `value`; each power of two has 128. Precondition: `value` is not negative.
  static std::uint32_t bucket_of(double value) {
    const auto code = std::bit_cast<std::uint64_t>(value) >> dropped_bits;
    return static_cast<std::uint32_t>(std::clamp(code, first_code, last_code) - first_code);
  }

  /// Adds one observation. Precondition: it is finite.
  void add(double value);

  /// Adds all observations of `from`.
  void merge(const distribution& from);

  /// True if all observations of `part` may be among these.
  bool may_include(const distribution& part) const { return buckets_.may_include(part.buckets_); }

  /// Subtracts observations that were added. If the smallest or the largest goes with them, the new extreme
  /// is known only to the precision of its bucket.
  void subtract(const distribution& counted);

  std::uint64_t count() const { return buckets_.total(); }
  /// 0 without observations; so are all the following.
  double sum() const { return sum_.value(); }
  double smallest() const { return smallest_; }
  double largest() const { return largest_; }
  double mean() const { return count() == 0 ? 0 : sum() / static_cast<double>(count()); }

  /// The nearest-rank quantile, as in `histogram`; from its bucket it picks the number with the fewest
  /// digits. Exact for the smallest and the largest and for numbers of up to two digits, otherwise within
  /// 0.8 %.
  double quantile(double q) const;

  /// Appends the compact form (see distribution.cpp).
  void encode(std::string& out) const;
  /// Takes the compact form off the front of `in`. Nothing if it is damaged; `in` is then undefined.
  static std::optional<distribution> decode(std::string_view& in);

  /// Converts the form of rollups up to version 3, a histogram of thousandths. `factor` is the value of one
  /// thousandth here.
  static distribution of_thousandths(const histogram& old, double factor);

  bool operator==(const distribution&) const = default;

private:
  // The low bits of a double that a bucket drops: it keeps the exponent and 7 more bits.
  static constexpr unsigned dropped_bits = 52 - 7;
  static constexpr std::uint64_t first_code = (1023 - 256) << 7;
  static constexpr std::uint64_t last_code = first_code + bucket_counts::max_buckets - 1;

  static double within(std::uint32_t bucket);

  bucket_counts buckets_;
  decimal_sum sum_;
  double smallest_ = 0, largest_ = 0;
};

} // namespace parseflow::rollup
