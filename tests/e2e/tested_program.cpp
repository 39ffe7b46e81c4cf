#include "tests/e2e/tested_program.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace parseflow::e2e {

const std::string& tested_program() {
  static const char* const named = std::getenv("PARSEFLOW_BINARY");
  static const std::string path = named == nullptr ? PARSEFLOW_BINARY : named;
  return path;
}

bool is_sanitized() {
  static const bool result = [] {
    std::ifstream file{tested_program(), std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    return bytes.find("__asan_init") != std::string::npos; // a function that each such program has
  }();
  return result;
}

} // namespace parseflow::e2e
