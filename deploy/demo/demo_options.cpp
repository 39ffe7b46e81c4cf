#include "deploy/demo/demo_options.hpp"

#include <charconv>
#include <map>
#include <random>

#include <fmt/format.h>

#include "messages/settings/drain_credentials.hpp"

namespace parseflow::traffic {

namespace {

constexpr double most_lines_per_second = 200'000;
constexpr std::uint64_t most_minutes = 24 * 60;

// Reads all of `text` as a number within the bounds. False if it is not one.
template <class Number>
bool read_number(const std::string& text, Number least, Number most, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size() && out >= least && out <= most;
}

expected<demo_options> options_from(const std::map<std::string, std::string>& given,
                                    std::string_view registered) {
  demo_options options;
  std::string url = "http://127.0.0.1:5000/logdrains", user, password, app = "demo";
  std::uint64_t minutes = 30;
  std::random_device random;
  options.seed = std::uint64_t{random()} << 32 | random();
  for (const auto& [name, value] : given) {
    if (name == "--url")
      url = value;
    else if (name == "--drain-user")
      user = value;
    else if (name == "--drain-password")
      password = value;
    else if (name == "--app")
      app = value;
    else if (name == "--lines-per-second") {
      if (!read_number(value, 1.0, most_lines_per_second, options.lines_per_second))
        return problem{
            fmt::format("--lines-per-second must be a number from 1 to {:.0f}", most_lines_per_second)};
    } else if (name == "--minutes") {
      if (!read_number<std::uint64_t>(value, 1, most_minutes, minutes))
        return problem{fmt::format("--minutes must be a whole number from 1 to {}", most_minutes)};
    } else if (name == "--seed") {
      if (!read_number<std::uint64_t>(value, 0, UINT64_MAX, options.seed))
        return problem{"--seed must be a whole number"};
    } else {
      return problem{fmt::format("there is no option {}", name)};
    }
  }
  auto target = target_from(url);
  if (!target)
    return problem{"--url must look like http://127.0.0.1:5000/logdrains"};
  if (app.empty() || app.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos)
    return problem{"--app must consist of lower-case letters, digits and hyphens"};
  options.target = std::move(*target);
  if (!user.empty() || !password.empty()) {
    options.target.user = user;
    options.target.password = password;
  }
  const auto drains = parse_drains(registered).value_or(std::vector<drain_credentials>{});
  const bool is_registered = options.target.user.empty() && !drains.empty();
  if (is_registered) {
    options.target.user = drains.front().user;
    options.target.password = drains.front().password.reveal();
  }
  options.duration = std::chrono::minutes{minutes};
  options.target.token = "d." + app;
  if (options.target.path == "/")
    options.target.path = "/logdrains";
  if (!is_registered && options.target.path.find('?') == std::string::npos) // otherwise credentials name it
    options.target.path += "?app=" + app;
  return options;
}

} // namespace

expected<demo_options> parse_options(const std::vector<std::string>& arguments, std::string_view registered) {
  std::map<std::string, std::string> given;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& word = arguments[i];
    const auto equals = word.find('=');
    if (equals != std::string::npos && word.starts_with("--")) {
      given[word.substr(0, equals)] = word.substr(equals + 1);
    } else if (i + 1 < arguments.size() && word.starts_with("--")) {
      given[word] = arguments[++i];
    } else {
      return problem{fmt::format("{} needs a value", word)};
    }
  }
  return options_from(given, registered);
}

std::string demo_usage() {
  return R"(parseflow-demo: plays the log drain of an imaginary Heroku app

usage: parseflow-demo [options]

  --url URL                where to post; may hold user:password (default http://127.0.0.1:5000/logdrains)
  --drain-user USER        credentials of the drain, if it has any; without them the first entry of the
  --drain-password TEXT    environment's PARSEFLOW_DRAINS
  --app NAME               the name of the app (default demo)
  --lines-per-second N     on average (default 200)
  --minutes N              ends by itself after this time (default 30, at most 1440)
  --seed N                 the same number plays the same app again (default: drawn)

Ctrl-C ends it.
)";
}

} // namespace parseflow::traffic
