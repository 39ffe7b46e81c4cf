// Merging, quantiles, and the compact form of histograms.
//
//   HISTOGRAM = CELLS [SUM SMALLEST LARGEST *CELL]
//
// All are numbers of wire.hpp, CELL is in bucket_counts.cpp. CELLS of 0 ends it.
#include "messages/rollup/histogram.hpp"

#include "messages/rollup/wire.hpp"

namespace parseflow::rollup {

std::uint64_t histogram::middle_of(std::uint32_t bucket) {
  if (bucket < exact_below)
    return bucket;
  const auto above = bucket - static_cast<std::uint32_t>(exact_below);
  const unsigned shift = 4 + above / buckets_per_octave; // 2^11 / 128 = 2^4
  const std::uint64_t step = buckets_per_octave + above % buckets_per_octave;
  return (step << shift) + (std::uint64_t{1} << shift) / 2;
}

void histogram::merge(const histogram& from) {
  if (from.buckets_.empty())
    return;
  note(from.sum_, from.smallest_, from.largest_);
  buckets_.merge(from.buckets_);
}

bool histogram::may_include(const histogram& part) const {
  return part.sum_ <= sum_ && buckets_.may_include(part.buckets_);
}

void histogram::subtract(const histogram& counted) {
  buckets_.subtract(counted.buckets_);
  if (buckets_.empty()) {
    *this = {};
    return;
  }
  if (sum_ != UINT64_MAX)
    sum_ -= std::min(sum_, counted.sum_);
  if (bucket_of(smallest_) != buckets_.first())
    smallest_ = std::min(middle_of(buckets_.first()), largest_);
  if (bucket_of(largest_) != buckets_.last())
    largest_ = std::max(middle_of(buckets_.last()), smallest_);
}

double histogram::mean() const {
  return count() == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count());
}

std::uint64_t histogram::quantile(double q) const {
  if (count() == 0)
    return 0;
  const auto rank = rank_of(q, count());
  if (rank >= count())
    return largest_;
  if (rank == 1)
    return smallest_;
  return std::clamp(middle_of(buckets_.bucket_at(rank)), smallest_, largest_);
}

std::uint64_t histogram::count_above(std::uint64_t value) const {
  return buckets_.count_above(bucket_of(std::min(value, max_value)));
}

void histogram::encode(std::string& out) const {
  put_number(out, buckets_.size());
  if (buckets_.empty())
    return;
  put_number(out, sum_);
  put_number(out, smallest_);
  put_number(out, largest_);
  buckets_.encode(out);
}

std::optional<histogram> histogram::decode(std::string_view& in, cell_form form) {
  const auto size = take_number(in);
  if (!size)
    return std::nullopt;
  histogram result;
  if (*size == 0)
    return result;
  const auto sum = take_number(in), smallest = take_number(in), largest = take_number(in);
  if (!sum || !smallest || !largest || *largest > max_value || *smallest > *largest)
    return std::nullopt;
  auto buckets = bucket_counts::decode(in, *size, bucket_count, form);
  if (!buckets || bucket_of(*smallest) != buckets->first() || bucket_of(*largest) != buckets->last())
    return std::nullopt;
  result.buckets_ = std::move(*buckets);
  result.sum_ = *sum;
  result.smallest_ = *smallest;
  result.largest_ = *largest;
  return result;
}

} // namespace parseflow::rollup
