// Remembers the countries of recent addresses: looking one up in the database costs far more than the line.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "messages/rollup/builder.hpp"

namespace parseflow::rollup {

/// At most `places` addresses; of those that share a place the last one stays. Grows to 256 KiB on first use.
class country_cache {
public:
  /// No country: unknown, or not two capital letters.
  static constexpr std::uint16_t none = UINT16_MAX;
  static constexpr std::size_t places = 4096;
  /// `number_of` gives numbers below this.
  static constexpr std::uint16_t numbers = 26 * 26;

  explicit country_cache(country_lookup lookup) : lookup_(std::move(lookup)) {}

  /// False if there is nothing to look up in.
  bool can_look_up() const { return static_cast<bool>(lookup_); }

  /// The number of the address's country, or `none`.
  std::uint16_t number_of(std::string_view address);

  /// The two letters of a number.
  static std::array<char, 2> letters_of(std::uint16_t number);

private:
  // The longest text of an address is 45 bytes: IPv6 with an IPv4 tail.
  struct place {
    std::array<char, 45> text{};
    std::uint8_t size = 0;
    std::uint16_t country = none;
  };
  std::uint16_t look_up(std::string_view address) const;

  country_lookup lookup_;
  std::vector<place> places_;
};

} // namespace parseflow::rollup
