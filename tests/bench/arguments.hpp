// The words of a benchmark's command line.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace parseflow::bench {

/// `--name=value` by name; a word without `=` has an empty value.
inline std::map<std::string, std::string> named_values(const std::vector<std::string>& words) {
  std::map<std::string, std::string> result;
  for (const auto& word : words) {
    const auto equals = word.find('=');
    result[word.substr(0, equals)] = equals == std::string::npos ? std::string{} : word.substr(equals + 1);
  }
  return result;
}

/// Whether the name is a setting of the server, as in `--storage.batch-interval`.
inline bool is_setting(const std::string& name) {
  return name.find('.') != std::string::npos;
}

} // namespace parseflow::bench
