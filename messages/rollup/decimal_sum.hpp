// A sum of real numbers that, unlike a sum of doubles, does not depend on their order.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/rollup/wire.hpp"

namespace parseflow::rollup {

/// Rounds each number to 15 digits and to a multiple of 10^-18, and adds the results exactly, so merging is
/// associative. A number's magnitude is clamped to 10^15; there is room for thousands of that size.
///
/// Its compact form is SIGNED 2NUMBER (see wire.hpp): the greatest integer that is not above the sum, then
/// the billionths, and the billionths of a billionth, above that.
class decimal_sum {
public:
  static constexpr double max_size = 1e15;
  static constexpr std::uint64_t billion = 1'000'000'000;
  static constexpr std::uint64_t parts = billion * billion;

  decimal_sum() = default;

  /// A sum from its parts: the greatest integer that is not above it, and how many times 10^-18 it is above
  /// that. Precondition: `above` is below `parts`.
  decimal_sum(std::int64_t whole, std::uint64_t above) : whole_(whole), above_(above) {}

  /// Adds a number. Precondition: it is finite.
  void add(double value) {
    value = std::clamp(value, -max_size, max_size);
    if (value == 0)
      return;
    // log10 may round a power of ten down to the one below it; then 16 digits are kept.
    const int digits = static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
    const auto decimals = static_cast<std::size_t>(std::clamp(15 - digits, 0, 18));
    const std::int64_t scaled = std::llround(value * static_cast<double>(powers_of_ten[decimals]));
    const auto unit = static_cast<std::int64_t>(powers_of_ten[decimals]);
    const std::int64_t whole = scaled / unit - (scaled % unit < 0);
    add(whole, static_cast<std::uint64_t>(scaled - whole * unit) * powers_of_ten[18 - decimals]);
  }

  void add(const decimal_sum& from) { add(from.whole_, from.above_); }

  /// Subtracts what was added.
  void subtract(const decimal_sum& counted) {
    const auto borrow = above_ < counted.above_;
    above_ = above_ + (borrow ? parts : 0) - counted.above_;
    whole_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(whole_) -
                                       static_cast<std::uint64_t>(counted.whole_) - borrow);
  }

  double value() const {
    constexpr auto scale = static_cast<long double>(parts);
    if (whole_ >= 0)
      return static_cast<double>(static_cast<long double>(whole_) + static_cast<long double>(above_) / scale);
    // Computed from the other side, because -1 + 0.9 as doubles is not exactly -0.1.
    const auto size = static_cast<long double>(-(whole_ + 1));
    return -static_cast<double>(size + static_cast<long double>(parts - above_) / scale);
  }

  /// Appends the compact form.
  void encode(std::string& out) const {
    put_signed(out, whole_);
    put_number(out, above_ / billion);
    put_number(out, above_ % billion);
  }

  /// Takes the compact form off the front of `in`. Nothing if it is damaged.
  static std::optional<decimal_sum> decode(std::string_view& in) {
    const auto whole = take_signed(in);
    const auto billionths = take_number(in), rest = take_number(in);
    if (!whole || !billionths || !rest || *billionths >= billion || *rest >= billion)
      return std::nullopt;
    return decimal_sum(*whole, *billionths * billion + *rest);
  }

  bool operator==(const decimal_sum&) const = default;

private:
  static constexpr auto powers_of_ten = [] {
    std::array<std::uint64_t, 19> powers{1};
    for (std::size_t i = 1; i < powers.size(); ++i)
      powers[i] = 10 * powers[i - 1];
    return powers;
  }();

  void add(std::int64_t whole, std::uint64_t above) {
    above += above_;
    const bool carries = above >= parts;
    above_ = above - (carries ? parts : 0);
    // Unsigned, so that sums read from damaged bytes cannot overflow with undefined behaviour.
    whole_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(whole_) +
                                       static_cast<std::uint64_t>(whole) + carries);
  }

  std::int64_t whole_ = 0;
  std::uint64_t above_ = 0; // below `parts`
};

} // namespace parseflow::rollup
