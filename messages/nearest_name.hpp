// "Did you mean …?": the known name that a mistyped one is nearest to.
#pragma once

#include <algorithm>
#include <numeric>
#include <string_view>
#include <vector>

namespace parseflow {

/// The number of letters to insert, delete or replace to turn `a` into `b`.
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

/// The entry of `names` that is nearest to `name`; empty unless fewer than half of the letters have to
/// change. The view is into `names`.
template <class Names>
std::string_view nearest_name(std::string_view name, const Names& names) {
  std::string_view nearest;
  std::size_t best = name.size() / 2;
  for (const std::string_view candidate : names)
    if (const auto distance = edit_distance(name, candidate); distance < best) {
      best = distance;
      nearest = candidate;
    }
  return nearest;
}

} // namespace parseflow
