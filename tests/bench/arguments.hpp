// The words of a benchmark's command line.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace parseflow::bench {

/// `--name=value` by name; a word without `=` has an empty value.
std::map<std::string, std::string> named_values(const std::vector<std::string>& words);

/// Whether the name is a setting of the server, as in `--storage.batch-interval`.
bool is_setting(const std::string& name);

/// The exit status of the benchmark called `name`: that of `run`, or of printing `usage` if `--help` is among
/// the words. What `run` throws is printed; a `std::invalid_argument` bears the word that is wrong.
int run_benchmark(std::string_view name, std::string_view usage, const std::vector<std::string>& words,
                  const std::function<int(const std::vector<std::string>& words)>& run);

} // namespace parseflow::bench
