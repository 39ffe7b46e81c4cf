#include "messages/registry/drain_line.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace parseflow {

namespace {

constexpr std::array<std::string_view, 2> schemes{"https://", "http://"};

} // namespace

expected<> check_public_url(std::string_view url) {
  for (const auto scheme : schemes)
    if (url.starts_with(scheme)) {
      const auto rest = url.substr(scheme.size());
      // What needs no quoting in a shell, and no user's name.
      const bool is_plain = std::all_of(rest.begin(), rest.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view{"-._~:/[]"}.find(c) != std::string_view::npos;
      });
      if (is_plain && !rest.empty() && rest.front() != '/' && rest.front() != ':')
        return {};
    }
  return problem{" must have the form https://HOST[:PORT][/PATH], as Heroku reaches the service"};
}

std::string drain_lines(const registered_drain& drain, const secret& password, std::string_view public_url) {
  while (public_url.ends_with('/'))
    public_url.remove_suffix(1);
  const auto host = public_url.find("://") + 3;
  std::string text;
  for (const auto& app : drain.apps) {
    const auto place = fmt::format("{}{}:{}@{}/logdrains", public_url.substr(0, host), drain.user,
                                   password.reveal(), public_url.substr(host));
    text += drain.apps.size() == 1 ? fmt::format("heroku drains:add {} -a {}\n", place, app)
                                   : fmt::format("heroku drains:add '{}?app={}' -a {}\n", place, app, app);
  }
  return text;
}

} // namespace parseflow
