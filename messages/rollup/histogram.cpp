// Merging, quantiles, and the compact form of histograms.
//
//   HISTOGRAM = CELLS [SUM SMALLEST LARGEST *CELL]
//   CELL      = FEW / STEP COUNT      ; in the form `pairs` always STEP COUNT
//
// All are numbers of wire.hpp. CELLS of 0 ends it. A distance is that to the bucket before (of the first: to
// bucket 0), so every later one is at least 1. FEW is four times the distance, and the count if that is below
// 4; STEP is four times the distance. In the form `pairs` STEP is the distance itself.
#include "messages/rollup/histogram.hpp"

#include <cmath>

#include "messages/rollup/wire.hpp"

namespace parseflow::rollup {

namespace {

// Counts below this share a number with the distance.
constexpr std::uint64_t few_counts = 4;

// The middle of a bucket, which is its only value below `exact_below_ms`.
std::uint64_t middle_of(std::uint32_t bucket) {
  if (bucket < histogram::exact_below_ms)
    return bucket;
  const auto above = bucket - static_cast<std::uint32_t>(histogram::exact_below_ms);
  const unsigned shift = 4 + above / histogram::buckets_per_octave; // 2^11 / 128 = 2^4
  const std::uint64_t step = histogram::buckets_per_octave + above % histogram::buckets_per_octave;
  return (step << shift) + (std::uint64_t{1} << shift) / 2;
}

// A bucket of the compact form: its distance to the one before, and its count.
struct encoded_cell {
  std::uint64_t step = 0;
  std::uint64_t count = 0;
};

std::optional<encoded_cell> take_cell(std::string_view& in, histogram::cell_form form) {
  const auto first = take_number(in);
  if (!first)
    return std::nullopt;
  const bool is_pair = form == histogram::cell_form::pairs;
  encoded_cell cell{*first, 0};
  if (!is_pair)
    cell = {*first / few_counts, *first % few_counts};
  if (cell.count == 0) {
    const auto count = take_number(in);
    if (!count)
      return std::nullopt;
    cell.count = *count;
  }
  return cell;
}

} // namespace

std::uint64_t* histogram::find_or_insert(std::uint32_t bucket) {
  auto at = first_not_before(cells_.begin(), bucket);
  if (at == cells_.end() || bucket_in(*at) != bucket)
    at = cells_.insert(at, cell(bucket, 0));
  return &*at;
}

histogram::iterator histogram::first_not_before(iterator from, std::uint32_t bucket) {
  if (from == cells_.end() || bucket_in(*from) >= bucket)
    return from;
  // Cells have different buckets: so many buckets apart, at most so many cells apart. Where most buckets are
  // in use this leaves next to nothing to search.
  const auto most = static_cast<std::ptrdiff_t>(bucket - bucket_in(*from));
  const auto to = cells_.end() - from > most ? from + most : cells_.end();
  if (to != cells_.end()) {
    const auto least = static_cast<std::ptrdiff_t>(bucket_in(*to) - bucket);
    if (to - from > least)
      from = to - least;
  }
  return std::lower_bound(from, to, cell(bucket, 0));
}

void histogram::merge(const histogram& from) {
  if (from.count_ == 0)
    return;
  note(from.count_, from.sum_, from.smallest_, from.largest_);
  // Nearly always `from` is small and its buckets are known already: count these in place, and make room for
  // the others at once.
  std::size_t missing = 0;
  auto at = cells_.begin();
  for (const auto added : from.cells_) {
    at = first_not_before(at, bucket_in(added));
    if (at != cells_.end() && bucket_in(*at) == bucket_in(added))
      *at += count_in(added);
    else
      ++missing;
  }
  if (missing == 0)
    return;
  auto old = cells_.size();
  cells_.resize(old + missing);
  auto put = cells_.size();
  for (auto next = from.cells_.size(); next > 0 && put > old; --next) {
    const auto added = from.cells_[next - 1];
    while (old > 0 && bucket_in(cells_[old - 1]) > bucket_in(added))
      cells_[--put] = cells_[--old];
    if (old == 0 || bucket_in(cells_[old - 1]) != bucket_in(added))
      cells_[--put] = added;
  }
}

bool histogram::contains(const histogram& part) const {
  auto at = cells_.begin();
  for (const auto c : part.cells_) {
    at = std::lower_bound(at, cells_.end(), cell(bucket_in(c), 0));
    if (at == cells_.end() || bucket_in(*at) != bucket_in(c) || count_in(*at) < count_in(c))
      return false;
  }
  return part.sum_ <= sum_;
}

void histogram::take_back(const histogram& counted) {
  auto at = cells_.begin();
  for (const auto c : counted.cells_) {
    at = first_not_before(at, bucket_in(c));
    if (at == cells_.end())
      break;
    if (bucket_in(*at) != bucket_in(c))
      continue;
    const auto taken = std::min(count_in(*at), count_in(c));
    *at -= taken;
    count_ -= taken;
  }
  std::erase_if(cells_, [](std::uint64_t c) { return count_in(c) == 0; });
  if (cells_.empty()) {
    *this = {};
    return;
  }
  if (sum_ != UINT64_MAX)
    sum_ -= std::min(sum_, counted.sum_);
  if (bucket_of(smallest_) != bucket_in(cells_.front()))
    smallest_ = std::min(middle_of(bucket_in(cells_.front())), largest_);
  if (bucket_of(largest_) != bucket_in(cells_.back()))
    largest_ = std::max(middle_of(bucket_in(cells_.back())), smallest_);
}

double histogram::mean_ms() const {
  return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
}

std::uint64_t histogram::quantile_ms(double q) const {
  if (count_ == 0)
    return 0;
  // The product may be a hair above a whole number that it stands for (0.07 * 100), and must not be rounded
  // up then.
  const double product = q * static_cast<double>(count_);
  const auto rank = static_cast<std::uint64_t>(std::max(1.0, std::ceil(product - product * 4e-16)));
  if (rank >= count_)
    return largest_;
  if (rank == 1)
    return smallest_;
  std::uint64_t seen = 0;
  for (const auto c : cells_) {
    seen += count_in(c);
    if (seen >= rank)
      return std::clamp(middle_of(bucket_in(c)), smallest_, largest_);
  }
  return largest_;
}

std::uint64_t histogram::count_above(std::uint64_t ms) const {
  std::uint64_t above = 0;
  const auto bucket = bucket_of(std::min(ms, max_ms));
  for (auto c = cells_.rbegin(); c != cells_.rend() && bucket_in(*c) > bucket; ++c)
    above += count_in(*c);
  return above;
}

void histogram::encode(std::string& out) const {
  put_number(out, cells_.size());
  if (cells_.empty())
    return;
  put_number(out, sum_);
  put_number(out, smallest_);
  put_number(out, largest_);
  std::uint32_t before = 0;
  for (const auto c : cells_) {
    const auto step = few_counts * (bucket_in(c) - before);
    if (count_in(c) < few_counts) {
      put_number(out, step + count_in(c));
    } else {
      put_number(out, step);
      put_number(out, count_in(c));
    }
    before = bucket_in(c);
  }
}

std::optional<histogram> histogram::decode(std::string_view& in, cell_form form) {
  const auto size = take_number(in);
  if (!size)
    return std::nullopt;
  histogram result;
  if (*size == 0)
    return result;
  const auto sum = take_number(in), smallest = take_number(in), largest = take_number(in);
  // A cell takes at least a byte, so that a damaged size cannot ask for memory.
  if (!sum || !smallest || !largest || *largest > max_ms || *size > in.size() || *size > bucket_count)
    return std::nullopt;
  result.cells_.reserve(*size);
  std::uint64_t bucket = 0;
  for (std::uint64_t i = 0; i < *size; ++i) {
    const auto next = take_cell(in, form);
    if (!next || next->step >= bucket_count || (i > 0 && next->step == 0) || next->count == 0 ||
        next->count >> count_bits != 0)
      return std::nullopt;
    bucket += next->step;
    if (bucket >= bucket_count)
      return std::nullopt;
    result.cells_.push_back(cell(bucket, next->count));
    result.count_ += next->count;
  }
  if (bucket_of(std::min(*smallest, max_ms)) != bucket_in(result.cells_.front()) ||
      bucket_of(*largest) != bucket_in(result.cells_.back()) || *smallest > *largest)
    return std::nullopt;
  result.sum_ = *sum;
  result.smallest_ = *smallest;
  result.largest_ = *largest;
  return result;
}

} // namespace parseflow::rollup
