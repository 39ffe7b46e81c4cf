// Reads the command line of a benchmark.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace parseflow::bench {

/// Splits words `--name=value` by name; a word without `=` has an empty value.
std::map<std::string, std::string> named_values(const std::vector<std::string>& words);

/// Whether the name is a setting of the server, such as `--storage.batch-interval`.
bool is_setting(const std::string& name);

/// Runs the benchmark called `name` and returns its exit status. If `--help` is among the words, prints
/// `usage` instead. Prints what `run` throws; a `std::invalid_argument` names the word that is wrong.
int run_benchmark(std::string_view name, std::string_view usage, const std::vector<std::string>& words,
                  const std::function<int(const std::vector<std::string>& words)>& run);

} // namespace parseflow::bench
