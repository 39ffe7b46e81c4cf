// Random numbers from a seed: the same ones in the same order on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace parseflow::traffic {

/// One random generator. The standard's distributions differ between libraries; these do not.
class dice {
public:
  explicit dice(std::uint64_t seed) : random_(seed) {}

  /// 0 to `n` - 1. `n` is at least 1.
  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  /// In [0, 1).
  double fraction() { return static_cast<double>(random_() >> 11) * 0x1p-53; }

  /// True with probability `p`.
  bool chance(double p) { return fraction() < p; }

  /// A number whose logarithm is normally distributed, with the median `median`; a larger `sigma` spreads
  /// it wider.
  double lognormal(double median, double sigma);

  /// One element of a list that is not empty.
  template <class List>
  const auto& one_of(const List& list) {
    return list[below(std::size(list))];
  }

  /// A text of `digits` lower-case hex digits.
  std::string hex(std::size_t digits);

  /// A UUID of 32 hex digits and 4 hyphens.
  std::string uuid();

  /// An IPv4 address from the ranges reserved for documentation.
  std::string address();

  /// `pattern` with every `%n` replaced by a number up to six digits, `%u` by a UUID, `%h` by 32 hex digits,
  /// `%w` by a word of a URL.
  std::string fill(std::string_view pattern);

private:
  std::mt19937_64 random_;
};

} // namespace parseflow::traffic
