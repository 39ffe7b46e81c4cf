// Counts by name.
#pragma once

#include <functional>
#include <map>
#include <string>

namespace parseflow::rollup {

/// Sorted, so that answers and the compact form do not depend on the order of arrival.
template <class T>
using by_name = std::map<std::string, T, std::less<>>;

} // namespace parseflow::rollup
