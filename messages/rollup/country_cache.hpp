// Remembers the countries of recent addresses, because a look-up in the database costs far more than counting
// the rest of the line.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "messages/rollup/builder.hpp"

namespace parseflow::rollup {

/// Holds at most `places` addresses; of those that share a place the latest one stays. Takes 256 KiB from the
/// first use on.
class country_cache {
public:
  /// Means that the country is unknown, or not two capital letters.
  static constexpr std::uint16_t none = UINT16_MAX;
  static constexpr std::size_t places = 4096;
  /// `number_of` gives numbers below this.
  static constexpr std::uint16_t numbers = 26 * 26;

  explicit country_cache(country_lookup lookup) : lookup_(std::move(lookup)) {}

  /// False if there is no country database.
  bool can_look_up() const { return static_cast<bool>(lookup_); }

  /// The number of the address's country, or `none`.
  std::uint16_t number_of(std::string_view address);

  /// The country code for a number that `number_of` returned, other than `none`.
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
