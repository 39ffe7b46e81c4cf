// Merging, and the compact form of buckets.
//
//   CELL = FEW / STEP COUNT      ; in the form `pairs` always STEP COUNT
//
// All are numbers of wire.hpp. A distance is counted from the previous bucket (for the first one, from bucket
// 0), so all but the first are at least 1. FEW is four times the distance plus the count, if the count is
// below 4; STEP is four times the distance. In the form `pairs` STEP is the distance itself.
#include "messages/rollup/bucket_counts.hpp"

#include <cmath>

#include "messages/rollup/wire.hpp"

namespace parseflow::rollup {

namespace {

// Counts below this share a number with the distance.
constexpr std::uint64_t few_counts = 4;

// A bucket of the compact form: its distance from the previous one, and its count.
struct encoded_cell {
  std::uint64_t step = 0;
  std::uint64_t count = 0;
};

std::optional<encoded_cell> take_cell(std::string_view& in, bucket_counts::cell_form form) {
  const auto first = take_number(in);
  if (!first)
    return std::nullopt;
  const bool is_pair = form == bucket_counts::cell_form::pairs;
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

std::uint64_t* bucket_counts::find_or_insert(std::uint32_t bucket) {
  auto at = first_not_before(cells_.begin(), bucket);
  if (at == cells_.end() || bucket_in(*at) != bucket)
    at = cells_.insert(at, cell(bucket, 0));
  return &*at;
}

bucket_counts::iterator bucket_counts::first_not_before(iterator from, std::uint32_t bucket) {
  if (from == cells_.end() || bucket_in(*from) >= bucket)
    return from;
  // Each cell has its own bucket, so two buckets are at most as many cells apart as their numbers differ.
  // Where most buckets are in use, next to nothing is left to search.
  const auto most = static_cast<std::ptrdiff_t>(bucket - bucket_in(*from));
  const auto to = cells_.end() - from > most ? from + most : cells_.end();
  if (to != cells_.end()) {
    const auto least = static_cast<std::ptrdiff_t>(bucket_in(*to) - bucket);
    if (to - from > least)
      from = to - least;
  }
  return std::lower_bound(from, to, cell(bucket, 0));
}

void bucket_counts::merge(const bucket_counts& from) {
  total_ += from.total_;
  // Nearly always `from` is small and its buckets exist here already: count those in place, and make room for
  // all others in one step.
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

bool bucket_counts::may_include(const bucket_counts& part) const {
  auto at = cells_.begin();
  for (const auto c : part.cells_) {
    at = std::lower_bound(at, cells_.end(), cell(bucket_in(c), 0));
    if (at == cells_.end() || bucket_in(*at) != bucket_in(c) || count_in(*at) < count_in(c))
      return false;
  }
  return true;
}

void bucket_counts::subtract(const bucket_counts& counted) {
  auto at = cells_.begin();
  for (const auto c : counted.cells_) {
    at = first_not_before(at, bucket_in(c));
    if (at == cells_.end())
      break;
    if (bucket_in(*at) != bucket_in(c))
      continue;
    const auto taken = std::min(count_in(*at), count_in(c));
    *at -= taken;
    total_ -= taken;
  }
  const auto left =
      std::remove_if(cells_.begin(), cells_.end(), [](std::uint64_t c) { return count_in(c) == 0; });
  cells_.resize(static_cast<std::size_t>(left - cells_.begin()));
}

std::uint32_t bucket_counts::bucket_at(std::uint64_t rank) const {
  std::uint64_t seen = 0;
  for (const auto c : cells_) {
    seen += count_in(c);
    if (seen >= rank)
      return bucket_in(c);
  }
  return last();
}

std::uint64_t bucket_counts::count_above(std::uint32_t bucket) const {
  std::uint64_t above = 0;
  for (auto c = cells_.end(); c != cells_.begin() && bucket_in(c[-1]) > bucket; --c)
    above += count_in(c[-1]);
  return above;
}

void bucket_counts::encode(std::string& out) const {
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

std::optional<bucket_counts> bucket_counts::decode(std::string_view& in, std::uint64_t size,
                                                   std::uint32_t buckets, cell_form form) {
  // A cell takes at least one byte, so a damaged size cannot make us allocate much.
  if (size > in.size() || size > buckets)
    return std::nullopt;
  bucket_counts result;
  result.cells_.reserve(size);
  std::uint64_t bucket = 0;
  for (std::uint64_t i = 0; i < size; ++i) {
    const auto next = take_cell(in, form);
    if (!next || next->step >= buckets || (i > 0 && next->step == 0) || next->count == 0 ||
        next->count >> count_bits != 0)
      return std::nullopt;
    bucket += next->step;
    if (bucket >= buckets)
      return std::nullopt;
    result.cells_.push_back(cell(bucket, next->count));
    result.total_ += next->count;
  }
  return result;
}

std::uint64_t rank_of(double q, std::uint64_t count) {
  // Rounding errors may put the product just above the whole number it stands for (0.07 * 100); it must not
  // be rounded up then.
  const double product = q * static_cast<double>(count);
  return static_cast<std::uint64_t>(std::max(1.0, std::ceil(product - product * 4e-16)));
}

} // namespace parseflow::rollup
