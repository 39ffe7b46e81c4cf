// The parser that most people would write first: it splits at newlines, splits at spaces, and puts the pairs
// into a map. It trusts its input.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace parseflow::bench {

/// A line; every part of it is a copy.
struct naive_line {
  std::string time;
  std::string source;
  std::string proc;
  std::string text;
  std::unordered_map<std::string, std::string> fields;
  std::int64_t service_ms = -1;
  std::int64_t status = -1;
};

/// All lines of `body`.
std::vector<naive_line> naive_parse(std::string_view body);

} // namespace parseflow::bench
