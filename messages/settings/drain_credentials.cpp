#include "messages/settings/drain_credentials.hpp"

#include <cstddef>

#include <fmt/format.h>

namespace parseflow {

expected<std::vector<drain_credentials>> parse_drains(std::string_view text) {
  constexpr std::string_view separators = ", \t\r\n";
  std::vector<drain_credentials> result;
  std::size_t number = 0;
  while (true) {
    const auto begin = text.find_first_not_of(separators);
    if (begin == std::string_view::npos)
      return result;
    text.remove_prefix(begin);
    const auto entry = text.substr(0, text.find_first_of(separators));
    text.remove_prefix(entry.size());
    ++number;
    const auto first = entry.find(':');
    const auto second = first == std::string_view::npos ? first : entry.find(':', first + 1);
    if (second == std::string_view::npos || first == 0 || second == first + 1 || second + 1 == entry.size())
      return problem{fmt::format("entry {} must have the form app:user:password", number)};
    result.push_back({std::string{entry.substr(0, first)},
                      std::string{entry.substr(first + 1, second - first - 1)},
                      secret{std::string{entry.substr(second + 1)}}});
  }
}

} // namespace parseflow
