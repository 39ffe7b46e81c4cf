// Merging, quantiles and the compact form of distributions:
//
//   DISTRIBUTION = CELLS [SUM DECIMAL DECIMAL *CELL] ; how many buckets; sum, smallest, largest
//
// CELLS of 0 ends it. DECIMAL is that of wire.hpp, SUM is in decimal_sum.hpp, CELL in bucket_counts.cpp.
#include "messages/rollup/distribution.hpp"

#include <cmath>

#include "messages/rollup/wire.hpp"

namespace parseflow::rollup {

void distribution::add(double value) {
  value = std::max(value, 0.0);
  smallest_ = buckets_.empty() ? value : std::min(smallest_, value);
  largest_ = std::max(largest_, value);
  sum_.add(value);
  buckets_.add(bucket_of(value));
}

void distribution::merge(const distribution& from) {
  if (from.buckets_.empty())
    return;
  smallest_ = buckets_.empty() ? from.smallest_ : std::min(smallest_, from.smallest_);
  largest_ = std::max(largest_, from.largest_);
  sum_.add(from.sum_);
  buckets_.merge(from.buckets_);
}

void distribution::subtract(const distribution& counted) {
  buckets_.subtract(counted.buckets_);
  if (buckets_.empty()) {
    *this = {};
    return;
  }
  sum_.subtract(counted.sum_);
  if (bucket_of(smallest_) != buckets_.first())
    smallest_ = std::min(within(buckets_.first()), largest_);
  if (bucket_of(largest_) != buckets_.last())
    largest_ = std::max(within(buckets_.last()), smallest_);
}

double distribution::quantile(double q) const {
  if (count() == 0)
    return 0;
  const auto rank = rank_of(q, count());
  if (rank >= count())
    return largest_;
  if (rank == 1)
    return smallest_;
  return std::clamp(within(buckets_.bucket_at(rank)), smallest_, largest_);
}

// The number with the fewest digits in a bucket, because people write such numbers.
double distribution::within(std::uint32_t bucket) {
  if (bucket == 0)
    return 0;
  const auto begin = [](std::uint64_t code) { return std::bit_cast<double>(code << dropped_bits); };
  const double least = begin(first_code + bucket), beyond = begin(first_code + bucket + 1);
  // Every bucket holds a number of at most four digits.
  const int top = static_cast<int>(std::floor(std::log10(beyond)));
  for (int digit = top; digit > top - 4; --digit) {
    const double unit = std::pow(10.0, std::abs(digit));
    const double found = digit >= 0 ? std::ceil(least / unit) * unit : std::ceil(least * unit) / unit;
    if (found >= least && found < beyond)
      return found;
  }
  return least;
}

distribution distribution::of_thousandths(const histogram& old, double factor) {
  distribution result;
  if (old.count() == 0)
    return result;
  const auto value = [factor](std::uint64_t thousandths) {
    return static_cast<double>(thousandths) / 1000 * factor;
  };
  result.smallest_ = value(old.smallest());
  result.largest_ = old.count() == 1 ? result.smallest_ : value(old.largest());
  result.sum_.add(value(old.sum()));
  const auto add = [&result](double one, std::uint64_t count) {
    if (count != 0)
      result.buckets_.add(bucket_of(one), count);
  };
  // The first and the last go to the buckets of the extremes, whatever the middles are.
  old.buckets().each([&](std::uint32_t bucket, std::uint64_t count) {
    const std::uint64_t first = bucket == old.buckets().first() ? 1 : 0;
    const std::uint64_t last = bucket == old.buckets().last() && count > first ? 1 : 0;
    add(result.smallest_, first);
    add(std::clamp(value(histogram::middle_of(bucket)), result.smallest_, result.largest_),
        count - first - last);
    add(result.largest_, last);
  });
  return result;
}

void distribution::encode(std::string& out) const {
  put_number(out, buckets_.size());
  if (buckets_.empty())
    return;
  sum_.encode(out);
  put_decimal(out, smallest_);
  put_decimal(out, largest_);
  buckets_.encode(out);
}

std::optional<distribution> distribution::decode(std::string_view& in) {
  const auto size = take_number(in);
  if (!size)
    return std::nullopt;
  distribution result;
  if (*size == 0)
    return result;
  const auto sum = decimal_sum::decode(in);
  const auto smallest = take_decimal(in), largest = take_decimal(in);
  if (!sum || !smallest || !largest || *smallest < 0 || *largest < *smallest)
    return std::nullopt;
  auto buckets = bucket_counts::decode(in, *size, bucket_counts::max_buckets);
  if (!buckets || bucket_of(*smallest) != buckets->first() || bucket_of(*largest) != buckets->last())
    return std::nullopt;
  result.buckets_ = std::move(*buckets);
  result.sum_ = *sum;
  result.smallest_ = *smallest + 0.0; // no negative zero
  result.largest_ = *largest + 0.0;
  return result;
}

} // namespace parseflow::rollup
