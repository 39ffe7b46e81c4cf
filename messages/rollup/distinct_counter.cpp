// The estimate, and the compact form of the sketch.
//
//   MEMBERS = NUMBER *NUMBER          ; how many, at most 512; the first hash, then the steps between them
//           / NUMBER NUMBER *OCTET    ; 513; the smallest rank; then the ranks
//
// NUMBER is that of wire.hpp. A step is at least 1. Each rank is written as its excess over the smallest one,
// in unary: that many 1 bits and a 0 bit, from the lowest bit of the first octet on; 0 bits fill the last
// octet. That is 0.7 KB for 600 members, and hardly ever more than 2.8 KB.
#include "messages/rollup/distinct_counter.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <iterator>
#include <utility>

#include "messages/rollup/text_hash.hpp"
#include "messages/rollup/wire.hpp"

namespace parseflow::rollup {

namespace {

constexpr unsigned index_bits = 12;
constexpr unsigned rank_bits = 32 - index_bits;
constexpr std::size_t register_count = std::size_t{1} << index_bits;
constexpr std::uint8_t max_rank = rank_bits + 1;
// Arbitrary, but must never change: stored sketches depend on it.
constexpr std::uint64_t seed = 0x5eed0f70617273f1;

// The two series of Ertl's estimator, which needs no correction for small or large sets (New cardinality
// estimation algorithms for HyperLogLog sketches, 2017).
double sigma(double x) {
  if (x == 1)
    return INFINITY;
  double sum = x, weight = 1, before = 0;
  do {
    x *= x;
    before = sum;
    sum += x * weight;
    weight += weight;
  } while (sum != before);
  return sum;
}

double tau(double x) {
  if (x == 0 || x == 1)
    return 0;
  double sum = 1 - x, weight = 1, before = 0;
  do {
    x = std::sqrt(x);
    before = sum;
    weight /= 2;
    sum -= (1 - x) * (1 - x) * weight;
  } while (sum != before);
  return sum / 3;
}

// Sorts ascending. Hashes are spread evenly, so one pass by their first byte nearly sorts as many as a batch
// has: four times as fast as sorting by comparison.
std::vector<std::uint32_t> sorted(const std::vector<std::uint32_t>& hashes) {
  constexpr std::size_t most = 1024, places = 256;
  if (hashes.size() > most) {
    auto result = hashes;
    std::sort(result.begin(), result.end());
    return result;
  }
  std::array<std::uint16_t, places> begin{};
  for (const auto hash : hashes)
    ++begin[hash >> 24];
  std::uint16_t before = 0;
  for (auto& at : begin)
    before = static_cast<std::uint16_t>(before + std::exchange(at, before));
  std::vector<std::uint32_t> result(hashes.size());
  for (const auto hash : hashes)
    result[begin[hash >> 24]++] = hash;
  for (std::size_t i = 1; i < result.size(); ++i) {
    const auto hash = result[i];
    std::size_t at = i;
    for (; at > 0 && result[at - 1] > hash; --at)
      result[at] = result[at - 1];
    result[at] = hash;
  }
  return result;
}

} // namespace

std::uint32_t distinct_counter::hash_of(std::string_view member) {
  return static_cast<std::uint32_t>(rollup::hash_of(member, seed) >> 32);
}

void distinct_counter::add(std::uint32_t hash) {
  if (!registers_.empty())
    return note(hash);
  const auto at = std::lower_bound(few_.begin(), few_.end(), hash);
  if (at != few_.end() && *at == hash)
    return;
  few_.insert(at, hash);
  if (few_.size() > exact_up_to)
    become_sketch();
}

void distinct_counter::add_all(const std::vector<std::uint32_t>& hashes) {
  if (!registers_.empty()) {
    for (const auto hash : hashes)
      note(hash);
    return;
  }
  auto added = sorted(hashes);
  added.erase(std::unique(added.begin(), added.end()), added.end());
  if (few_.empty() && added.size() <= exact_up_to)
    few_ = std::move(added);
  else
    add_sorted(added);
}

void distinct_counter::merge(const distinct_counter& from) {
  if (from.registers_.empty())
    return add_sorted(from.few_);
  if (registers_.empty())
    become_sketch();
  for (std::size_t i = 0; i < register_count; ++i)
    registers_[i] = std::max(registers_[i], from.registers_[i]);
}

void distinct_counter::add_sorted(const std::vector<std::uint32_t>& hashes) {
  if (!registers_.empty()) {
    for (const auto hash : hashes)
      note(hash);
    return;
  }
  if (std::includes(few_.begin(), few_.end(), hashes.begin(), hashes.end()))
    return;
  std::vector<std::uint32_t> both;
  both.reserve(few_.size() + hashes.size());
  std::set_union(few_.begin(), few_.end(), hashes.begin(), hashes.end(), std::back_inserter(both));
  few_ = std::move(both);
  if (few_.size() > exact_up_to)
    become_sketch();
}

void distinct_counter::become_sketch() {
  registers_.resize(register_count);
  for (const auto hash : few_)
    note(hash);
  few_ = {};
}

void distinct_counter::note(std::uint32_t hash) {
  const std::uint32_t rest = hash << index_bits;
  const auto rank = rest == 0 ? max_rank : static_cast<std::uint8_t>(std::countl_zero(rest) + 1);
  auto& known = registers_[hash >> rank_bits];
  known = std::max(known, rank);
}

std::uint64_t distinct_counter::count() const {
  if (registers_.empty())
    return few_.size();
  std::array<double, max_rank + 1> with_rank{};
  for (const auto rank : registers_)
    ++with_rank[rank];
  constexpr double m = register_count;
  double z = m * tau(1 - with_rank[max_rank] / m);
  for (unsigned rank = rank_bits; rank > 0; --rank)
    z = (z + with_rank[rank]) / 2;
  z += m * sigma(with_rank[0] / m);
  return static_cast<std::uint64_t>(std::llround(m * m / (2 * std::log(2.0) * z)));
}

void distinct_counter::encode(std::string& out) const {
  if (registers_.empty()) {
    put_number(out, few_.size());
    std::uint32_t before = 0;
    for (const auto hash : few_) {
      put_number(out, hash - before);
      before = hash;
    }
    return;
  }
  const auto smallest = *std::min_element(registers_.begin(), registers_.end());
  put_number(out, exact_up_to + 1);
  put_number(out, smallest);
  std::uint64_t bits = 0;
  int pending = 0;
  for (const auto rank : registers_) {
    const int above = rank - smallest;
    bits |= ((std::uint64_t{1} << above) - 1) << pending;
    for (pending += above + 1; pending >= 8; pending -= 8) {
      out.push_back(static_cast<char>(bits));
      bits >>= 8;
    }
  }
  if (pending > 0)
    out.push_back(static_cast<char>(bits));
}

std::optional<distinct_counter> distinct_counter::decode(std::string_view& in) {
  const auto size = take_number(in);
  if (!size || *size > exact_up_to + 1)
    return std::nullopt;
  distinct_counter result;
  if (*size <= exact_up_to) {
    // A hash takes at least one byte, so a damaged size cannot make us allocate much.
    if (*size > in.size())
      return std::nullopt;
    result.few_.reserve(*size);
    std::uint64_t hash = 0;
    for (std::uint64_t i = 0; i < *size; ++i) {
      const auto step = take_number(in);
      if (!step || *step > UINT32_MAX || (i > 0 && *step == 0))
        return std::nullopt;
      hash += *step;
      if (hash > UINT32_MAX)
        return std::nullopt;
      result.few_.push_back(static_cast<std::uint32_t>(hash));
    }
    return result;
  }
  const auto smallest = take_number(in);
  if (!smallest || *smallest > max_rank)
    return std::nullopt;
  result.registers_.reserve(register_count);
  auto rank = static_cast<std::uint8_t>(*smallest);
  std::size_t used = 0;
  for (; used < in.size() && result.registers_.size() < register_count; ++used)
    for (unsigned bit = 0; bit < 8 && result.registers_.size() < register_count; ++bit) {
      if ((static_cast<std::uint8_t>(in[used]) >> bit & 1) == 0)
        result.registers_.push_back(std::exchange(rank, static_cast<std::uint8_t>(*smallest)));
      else if (++rank > max_rank)
        return std::nullopt;
    }
  in.remove_prefix(used);
  if (result.registers_.size() < register_count)
    return std::nullopt;
  return result;
}

} // namespace parseflow::rollup
