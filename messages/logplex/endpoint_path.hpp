// Request target → the endpoint it is counted under.
#pragma once

#include <string>
#include <string_view>

namespace parseflow::logplex {

/// The endpoint of a raw request target: query and fragment dropped; segments that are numbers, UUIDs, long
/// hex or look like tokens become `:id`; a quote is `"`, however the line wrote it; at most 128 bytes. The
/// view points into `path` when nothing had to be replaced, else into `scratch`.
std::string_view endpoint_of(std::string_view path, std::string& scratch);

} // namespace parseflow::logplex
