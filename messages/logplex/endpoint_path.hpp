// Request target → the endpoint it is counted under.
#pragma once

#include <string>
#include <string_view>

namespace parseflow::logplex {

/// The endpoint of a raw request target, at most 128 bytes. Query and fragment are dropped. Segments that are
/// numbers, UUIDs, e-mail addresses, long hex numbers or very long, or look like tokens, become `:id`. A
/// quote is `"`, even if the line has it escaped. The view points into `path` when nothing had to be
/// replaced, else into `scratch`.
std::string_view endpoint_of(std::string_view path, std::string& scratch);

} // namespace parseflow::logplex
