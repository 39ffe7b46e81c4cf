// A sum of real numbers that does not depend on their order, as a sum of doubles does.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace parseflow::rollup {

/// Adds up numbers rounded to billionths, exactly: so merging is associative. A number counts as at most
/// 10^15 in size; there is room for thousands of such.
class decimal_sum {
public:
  static constexpr double max_size = 1e15;
  static constexpr std::uint32_t billion = 1'000'000'000;

  decimal_sum() = default;

  /// A sum from its parts. Precondition: `billionths` is below a billion.
  decimal_sum(std::int64_t whole, std::uint32_t billionths) : whole_(whole), billionths_(billionths) {}

  /// Adds a number. Precondition: it is finite.
  void add(double value) {
    value = std::clamp(value, -max_size, max_size);
    const double whole = std::floor(value);
    add(static_cast<std::int64_t>(whole),
        static_cast<std::uint64_t>(std::llround((value - whole) * billion)));
  }

  void add(const decimal_sum& from) { add(from.whole_, from.billionths_); }

  /// Takes back what was added.
  void take_back(const decimal_sum& counted) {
    const auto borrow = billionths_ < counted.billionths_;
    billionths_ = billionths_ + (borrow ? billion : 0) - counted.billionths_;
    whole_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(whole_) -
                                       static_cast<std::uint64_t>(counted.whole_) - borrow);
  }

  double value() const { return static_cast<double>(whole_) + static_cast<double>(billionths_) / billion; }

  /// The greatest integer that is not above the sum, and what is above it.
  std::int64_t whole() const { return whole_; }
  std::uint32_t billionths() const { return billionths_; }

  bool operator==(const decimal_sum&) const = default;

private:
  void add(std::int64_t whole, std::uint64_t billionths) {
    billionths += billionths_;
    const auto carry = billionths / billion;
    billionths_ = static_cast<std::uint32_t>(billionths % billion);
    // Unsigned, because that has room for any sum of damaged ones without undefined behaviour.
    whole_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(whole_) +
                                       static_cast<std::uint64_t>(whole) + carry);
  }

  std::int64_t whole_ = 0;
  std::uint32_t billionths_ = 0;
};

} // namespace parseflow::rollup
