// Counts by name.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace parseflow::rollup {

/// Sorted, so that answers and the compact form do not depend on the order of arrival.
template <class T>
using by_name = std::map<std::string, T, std::less<>>;

/// Adds a count, so that names with plain counts merge as those with more do.
inline void merge(std::uint64_t& into, std::uint64_t from) {
  into += from;
}

} // namespace parseflow::rollup
