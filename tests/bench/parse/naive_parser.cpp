#include "tests/bench/parse/naive_parser.hpp"

#include <cstdlib>
#include <sstream>

namespace parseflow::bench {

std::vector<naive_line> naive_parse(std::string_view body) {
  std::vector<naive_line> lines;
  std::istringstream in{std::string(body)};
  for (std::string row; std::getline(in, row);) {
    naive_line line;
    std::istringstream words(row);
    std::string count, pri, host, id;
    words >> count >> pri >> line.time >> host >> line.source >> line.proc >> id;
    std::getline(words, line.text);
    std::size_t at = 0;
    while (at < line.text.size()) {
      const std::size_t equals = line.text.find('=', at);
      if (equals == std::string::npos)
        break;
      const std::string key = line.text.substr(at, equals - at);
      std::size_t end;
      if (equals + 1 < line.text.size() && line.text[equals + 1] == '"') {
        end = line.text.find('"', equals + 2);
        line.fields[key] = line.text.substr(equals + 2, end - equals - 2);
        end = end == std::string::npos ? end : end + 1;
      } else {
        end = line.text.find(' ', equals);
        line.fields[key] = line.text.substr(equals + 1, end - equals - 1);
      }
      at = end == std::string::npos ? end : end + 1;
    }
    if (line.proc == "router") {
      line.service_ms = std::atoll(line.fields["service"].c_str());
      line.status = std::atoll(line.fields["status"].c_str());
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

} // namespace parseflow::bench
