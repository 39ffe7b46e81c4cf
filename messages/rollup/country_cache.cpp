// A direct-mapped cache: each hash has one place, without chains.
#include "messages/rollup/country_cache.hpp"

#include <algorithm>
#include <functional>

namespace parseflow::rollup {

std::uint16_t country_cache::number_of(std::string_view address) {
  if (address.empty() || address.size() > std::tuple_size_v<decltype(place::text)>)
    return none;
  if (places_.empty())
    places_.resize(places);
  auto& at = places_[std::hash<std::string_view>{}(address) % places];
  if (std::string_view(at.text.data(), at.size) != address) {
    at.country = look_up(address);
    std::copy(address.begin(), address.end(), at.text.begin());
    at.size = static_cast<std::uint8_t>(address.size());
  }
  return at.country;
}

std::uint16_t country_cache::look_up(std::string_view address) const {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto letters = lookup_(address);
  if (letters.size() != 2 || !is_capital(letters[0]) || !is_capital(letters[1]))
    return none;
  return static_cast<std::uint16_t>((letters[0] - 'A') * 26 + (letters[1] - 'A'));
}

std::array<char, 2> country_cache::letters_of(std::uint16_t number) {
  return {static_cast<char>('A' + number / 26), static_cast<char>('A' + number % 26)};
}

} // namespace parseflow::rollup
