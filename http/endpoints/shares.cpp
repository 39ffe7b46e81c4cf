#include "http/endpoints/shares.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "http/access/sessions.hpp"
#include "http/connections/json_text.hpp"
#include "http/connections/reply.hpp"
#include "http/endpoints/registry_answers.hpp"
#include "http/render/time_text.hpp"
#include "messages/registry/changes.hpp"
#include "messages/system_time.hpp"

namespace parseflow::http {

namespace {

// The token with this many names of apps still fits into a cookie.
constexpr std::size_t max_shared_apps = 15;

struct share_wish {
  std::chrono::hours lasts{24};
  std::vector<std::string> apps;
};

// The wish in a JSON body {"hours": 24, "apps": ["shop"]}; nothing if it has another form.
std::optional<share_wish> share_wish_in(const std::string& body) {
  const auto given = nlohmann::json::parse(body, nullptr, false);
  if (!given.is_object())
    return std::nullopt;
  share_wish wish;
  for (const auto& [name, value] : given.items()) {
    if (name == "hours" && value.is_number_unsigned() && value >= 1 &&
        value <= sessions::max_shared_life.count()) {
      wish.lasts = std::chrono::hours{value.get<int>()};
    } else if (name == "apps" && value.size() <= max_shared_apps) {
      auto apps = texts_in(value);
      if (!apps || !std::all_of(apps->begin(), apps->end(),
                                [](const auto& app) { return check_app(app).has_value(); }))
        return std::nullopt;
      wish.apps = *std::move(apps);
    } else {
      return std::nullopt;
    }
  }
  return wish;
}

// Where the page is: as the settings say, else as the request came.
std::string page_url(const exchange& current, const http_settings& settings) {
  auto origin = settings.public_url;
  if (origin.empty())
    origin = (current.is_secure() ? "https://" : "http://") + current.request.get_header_value("Host");
  while (origin.ends_with('/'))
    origin.pop_back();
  return origin + "/dashboard";
}

nlohmann::ordered_json share_json(const std::vector<std::string>& apps, timestamp ends) {
  return {{"apps", apps}, {"ends_at", rfc3339(ends)}};
}

} // namespace

void post_share(exchange& current, const key_register& keys, const http_settings& settings) {
  auto& response = current.response;
  const auto& who = current.who();
  if (who.shared_until)
    return set_error(response, 403, "shared", "A link cannot be shared again: that needs a key.");
  if (who.key.empty())
    return set_error(response, 409, "no_key",
                     "A link stands for the key of its maker: make one by parseflow keys add NAME.");
  auto wish = share_wish_in(current.request.body);
  if (!wish)
    return set_error(response, 400, "bad_share",
                     fmt::format(R"(The body must be JSON of the form {{"hours": 24, "apps": ["shop"]}}: )"
                                 "up to {} hours and {} apps; none means all that the key sees.",
                                 sessions::max_shared_life.count(), max_shared_apps));
  if (!std::all_of(wish->apps.begin(), wish->apps.end(),
                   [&](const std::string& app) { return who.may_see(app); }))
    return set_error(response, 403, "other_app", "This key does not see all of these apps.");
  const auto ends = std::chrono::floor<std::chrono::seconds>(system_time()) + wish->lasts;
  const auto token = keys.share(who, wish->apps, ends);
  if (!token)
    return set_error(response, 503, "registry_away",
                     "The registry, which signs links, was not read yet: try again.");
  auto answer = share_json(wish->apps.empty() ? who.apps : wish->apps, ends);
  answer["link"] = page_url(current, settings) + "#share=" + *token;
  set_json(response, json_text(answer));
  response.status = 201;
}

void describe_share(exchange& current) {
  const auto& who = current.who();
  if (who.shared_until)
    set_json(current.response, json_text(share_json(who.apps, *who.shared_until)));
}

} // namespace parseflow::http
