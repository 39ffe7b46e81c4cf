#include "tests/bench/arguments.hpp"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <stdexcept>

#include <fmt/format.h>

namespace parseflow::bench {

std::map<std::string, std::string> named_values(const std::vector<std::string>& words) {
  std::map<std::string, std::string> result;
  for (const auto& word : words) {
    const auto equals = word.find('=');
    result[word.substr(0, equals)] = equals == std::string::npos ? std::string{} : word.substr(equals + 1);
  }
  return result;
}

bool is_setting(const std::string& name) {
  return name.find('.') != std::string::npos;
}

int run_benchmark(std::string_view name, std::string_view usage, const std::vector<std::string>& words,
                  const std::function<int(const std::vector<std::string>& words)>& run) {
  if (std::find(words.begin(), words.end(), "--help") != words.end()) {
    fmt::print("{}", usage);
    return EXIT_SUCCESS;
  }
  try {
    return run(words);
  } catch (const std::invalid_argument& wrong) {
    fmt::print(stderr, "{}: {} is no option or no number; see --help\n", name, wrong.what());
  } catch (const std::exception& problem) {
    fmt::print(stderr, "{}: {}\n", name, problem.what());
  }
  return EXIT_FAILURE;
}

} // namespace parseflow::bench
