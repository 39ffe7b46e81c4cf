// Counts per bucket, the base of every distribution in this folder.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/rollup/cell_list.hpp"

namespace parseflow::rollup {

/// Observations by bucket number, mergeable. Only non-empty buckets take memory, 8 bytes each; two are free.
class bucket_counts {
public:
  /// Every bucket number is below this.
  static constexpr std::uint32_t max_buckets = 1u << 16;

  /// Adds one observation. Constant time if no earlier observation was in a later bucket.
  void add(std::uint32_t bucket) {
    if (cells_.empty() || bucket > bucket_in(cells_.back()))
      cells_.push_back(cell(bucket, 1));
    else if (bucket == bucket_in(cells_.back()))
      ++cells_.back();
    else
      ++*find_or_insert(bucket);
    ++total_;
  }

  /// Adds `count` observations; `count` is not 0.
  void add(std::uint32_t bucket, std::uint64_t count) {
    *find_or_insert(bucket) += count;
    total_ += count;
  }

  /// Reserves memory for `buckets` different buckets.
  void reserve(std::size_t buckets) { cells_.reserve(buckets); }

  /// Adds all observations of `from`.
  void merge(const bucket_counts& from);

  /// True if all observations of `part` may be among these.
  bool may_include(const bucket_counts& part) const;

  /// Subtracts observations that were added.
  void subtract(const bucket_counts& counted);

  /// The number of observations.
  std::uint64_t total() const { return total_; }
  /// The number of non-empty buckets.
  std::size_t size() const { return cells_.size(); }
  bool empty() const { return cells_.empty(); }

  /// The first and the last non-empty bucket. Precondition: not `empty()`.
  std::uint32_t first() const { return bucket_in(cells_.front()); }
  std::uint32_t last() const { return bucket_in(cells_.back()); }

  /// The bucket that holds the observation of this rank, counted from 1. Precondition: `rank` is at
  /// most `total()`.
  std::uint32_t bucket_at(std::uint64_t rank) const;

  /// Observations in buckets after `bucket`.
  std::uint64_t count_above(std::uint32_t bucket) const;

  /// Calls `visit` with each non-empty bucket and its count.
  template <class Visitor>
  void each(Visitor visit) const {
    for (const auto c : cells_)
      visit(bucket_in(c), count_in(c));
  }

  /// How the compact form writes a bucket: always as two numbers (rollups up to version 2), or as one number
  /// if the bucket holds few observations.
  enum class cell_form : std::uint8_t { pairs, short_counts };

  /// Appends the compact form, without `size` (see bucket_counts.cpp).
  void encode(std::string& out) const;
  /// Takes the compact form of `size` buckets off the front of `in`. Nothing if it is damaged, or a bucket is
  /// not below `buckets`; `in` is then undefined.
  static std::optional<bucket_counts> decode(std::string_view& in, std::uint64_t size, std::uint32_t buckets,
                                             cell_form form = cell_form::short_counts);

  bool operator==(const bucket_counts&) const = default;

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

  using iterator = cell_list::iterator;
  // The first cell at or after `from` whose bucket is not before `bucket`.
  iterator first_not_before(iterator from, std::uint32_t bucket);
  std::uint64_t* find_or_insert(std::uint32_t bucket);

  cell_list cells_; // sorted
  std::uint64_t total_ = 0;
};

/// The rank of the nearest-rank quantile `q` among `count` observations, from 1 on.
std::uint64_t rank_of(double q, std::uint64_t count);

} // namespace parseflow::rollup
