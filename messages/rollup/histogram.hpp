// Durations as counts per bucket: exact to the millisecond below 2048 ms, buckets of 1/128 of their value
// above.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parseflow::rollup {

/// A mergeable distribution of whole milliseconds. Only buckets that hold something take memory (8 bytes
/// each). Count, minimum and maximum are exact, and so is the sum below 2^64, where it stays.
class histogram {
public:
  /// Values below this have a bucket of their own.
  static constexpr std::uint64_t exact_below_ms = 2048;
  /// 139 years. Larger values count as this one.
  static constexpr std::uint64_t max_ms = (std::uint64_t{1} << 42) - 1;
  /// Buckets per power of two above `exact_below_ms`.
  static constexpr std::uint32_t buckets_per_octave = 128;
  static constexpr std::uint32_t bucket_count = 2048 + (42 - 11) * buckets_per_octave;

  /// The bucket that counts `ms`; at most `max_ms`.
  static std::uint32_t bucket_of(std::uint64_t ms) {
    if (ms < exact_below_ms)
      return static_cast<std::uint32_t>(ms);
    const auto octave = static_cast<std::uint32_t>(std::bit_width(ms)) - 1;
    const auto step = static_cast<std::uint32_t>(ms >> (octave - 7)) - buckets_per_octave;
    return static_cast<std::uint32_t>(exact_below_ms) + (octave - 11) * buckets_per_octave + step;
  }

  /// What an observation counts as: within 0 and `max_ms`.
  static std::uint64_t countable(std::int64_t ms) {
    return std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(ms, 0)), max_ms);
  }

  /// Adds one observation; negative ones count as 0. Constant time if none before it was larger.
  void add(std::int64_t ms) {
    const std::uint64_t value = countable(ms);
    const std::uint32_t bucket = bucket_of(value);
    if (cells_.empty() || bucket > bucket_in(cells_.back()))
      cells_.push_back(cell(bucket, 1));
    else if (bucket == bucket_in(cells_.back()))
      ++cells_.back();
    else
      ++*find_or_insert(bucket);
    note(1, value, value, value);
  }

  /// Makes room for that many different buckets.
  void reserve(std::size_t buckets) { cells_.reserve(buckets); }

  /// Adds all observations of `from`.
  void merge(const histogram& from);

  /// True if all observations of `part` may be among these.
  bool contains(const histogram& part) const;

  /// Takes back observations that were added. If the smallest or the largest goes with them, the one that is
  /// then at the end is known as well as its bucket is.
  void take_back(const histogram& counted);

  std::uint64_t count() const { return count_; }
  std::uint64_t sum_ms() const { return sum_; }
  /// 0 without observations, as are `largest_ms`, `mean_ms` and `quantile_ms`.
  std::uint64_t smallest_ms() const { return smallest_; }
  std::uint64_t largest_ms() const { return largest_; }
  double mean_ms() const;

  /// The nearest-rank quantile: the smallest observation that at least `q` of all do not exceed; the minimum
  /// for `q` = 0. Exact below `exact_below_ms` and for the smallest and the largest, within 0.4 % else.
  std::uint64_t quantile_ms(double q) const;

  /// Observations larger than `ms`; exact for `ms` < `exact_below_ms`, else all of the bucket of `ms` are
  /// left out.
  std::uint64_t count_above(std::uint64_t ms) const;

  /// How the compact form writes a bucket: as two numbers (rollups up to version 2), or as one if it holds
  /// few observations.
  enum class cell_form : std::uint8_t { pairs, short_counts };

  /// Appends the compact form (see histogram.cpp).
  void encode(std::string& out) const;
  /// Takes the compact form off the front of `in`. Nothing if it is damaged; `in` is then undefined.
  static std::optional<histogram> decode(std::string_view& in, cell_form form = cell_form::short_counts);

  bool operator==(const histogram&) const = default;

private:
  // A bucket (upper 16 bits) and its count (lower 48), so that cells sort by bucket and fill 8 bytes.
  static constexpr unsigned count_bits = 48;
  static std::uint64_t cell(std::uint64_t bucket, std::uint64_t count) {
    return bucket << count_bits | count;
  }
  static std::uint32_t bucket_in(std::uint64_t cell) {
    return static_cast<std::uint32_t>(cell >> count_bits);
  }
  static std::uint64_t count_in(std::uint64_t cell) { return cell & ((std::uint64_t{1} << count_bits) - 1); }

  using iterator = std::vector<std::uint64_t>::iterator;
  // The first cell at or after `from` whose bucket is not before `bucket`.
  iterator first_not_before(iterator from, std::uint32_t bucket);
  std::uint64_t* find_or_insert(std::uint32_t bucket);
  void note(std::uint64_t count, std::uint64_t sum, std::uint64_t smallest, std::uint64_t largest) {
    smallest_ = count_ == 0 ? smallest : std::min(smallest_, smallest);
    largest_ = std::max(largest_, largest);
    count_ += count;
    if (__builtin_add_overflow(sum_, sum, &sum_))
      sum_ = UINT64_MAX;
  }

  std::vector<std::uint64_t> cells_; // sorted
  std::uint64_t count_ = 0, sum_ = 0, smallest_ = 0, largest_ = 0;
};

} // namespace parseflow::rollup
