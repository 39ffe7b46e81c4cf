#include "messages/settings/webhook_target.hpp"

#include <algorithm>

namespace parseflow {

std::optional<webhook_target> webhook_target_from(std::string_view url) {
  constexpr std::string_view separator = "://";
  const auto scheme_end = url.find(separator);
  const auto scheme = url.substr(0, scheme_end);
  const bool is_plain = std::none_of(url.begin(), url.end(), [](char c) { return c <= ' ' || c == '\x7f'; });
  if ((scheme != "http" && scheme != "https") || scheme_end == std::string_view::npos || !is_plain)
    return std::nullopt;
  const auto begin = scheme_end + separator.size();
  const auto end = std::min(url.find_first_of("/?#", begin), url.size());
  const auto authority = url.substr(begin, end - begin);
  if (authority.empty() || authority.front() == ':' || authority.find('@') != std::string_view::npos)
    return std::nullopt;
  const auto path = url.substr(end, url.find('#', end) - end);
  return webhook_target{std::string{url.substr(0, end)},
                        (path.starts_with('/') ? "" : "/") + std::string{path}};
}

} // namespace parseflow
