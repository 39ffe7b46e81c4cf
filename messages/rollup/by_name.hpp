// Counts by name.
#pragma once

#include <functional>
#include <map>
#include <string>

namespace parseflow::rollup {

/// Sorted, so that answers and the compact form are the same whatever came first.
template <class T>
using by_name = std::map<std::string, T, std::less<>>;

} // namespace parseflow::rollup
