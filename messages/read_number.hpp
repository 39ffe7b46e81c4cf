// Decimal text → a number.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace parseflow {

/// The number that the whole text spells; nothing if it is not a number, or one that does not fit the type.
template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number value{};
  const auto* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  return problem == std::errc{} && stop == end ? std::optional{value} : std::nullopt;
}

} // namespace parseflow
