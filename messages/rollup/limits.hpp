// How many names of each kind get an entry of their own, and where the others are counted.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace parseflow::rollup {

/// Bounds on names that senders control (promise P5), for one batch and for any sum.
struct limits {
  /// Apps told apart in memory; the counts of further apps go to `other_name`. The database keeps
  /// their names.
  std::size_t apps = 1000;
  /// Endpoints told apart; see `heavy_hitters` for the guarantees beyond that.
  std::size_t endpoints = 500;
  /// Dynos told apart; requests of further ones are counted under `other_name`.
  std::size_t dynos = 200;
  /// Error codes told apart; the rest count under `other_name`.
  std::size_t error_codes = 100;
  /// Add-ons told apart; the numbers of further ones are only counted as left out.
  std::size_t addons = 50;
  /// Numbers of one add-on told apart; further ones are only counted as left out. Postgres has 27.
  std::size_t addon_values = 64;
  /// Custom series of each kind told apart; numbers of further ones, and of names longer than
  /// `custom_name_bytes`, are counted under `other_name`.
  std::size_t custom_series = 200;
  std::size_t custom_name_bytes = 128;
  /// Minutes told apart in one body; lines of later minutes are counted in the minute of receipt.
  std::size_t minutes = 5000;
  /// Lines that are older than this on receipt are counted in the minute of receipt, because rollups that old
  /// are not kept.
  std::chrono::seconds longest_age = std::chrono::hours{24 * 400};
};

/// The name under which apps, dynos, error codes and custom series beyond their bound are counted.
inline constexpr std::string_view other_name = "other";

/// The value under `name`, inserted if missing; null if it is missing and there are `bound` names already.
template <class T>
T* entry_within(std::map<std::string, T, std::less<>>& names, std::string_view name, std::size_t bound) {
  const auto at = names.lower_bound(name);
  if (at != names.end() && at->first == name)
    return &at->second;
  return names.size() < bound ? &names.try_emplace(at, std::string(name))->second : nullptr;
}

/// The value under `name`, inserted if missing; the one under `other_name` instead if there are `bound`
/// names already.
template <class T>
T& bounded_entry(std::map<std::string, T, std::less<>>& names, std::string_view name, std::size_t bound) {
  T* const found = entry_within(names, name, bound);
  return found ? *found : names[std::string(other_name)];
}

} // namespace parseflow::rollup
