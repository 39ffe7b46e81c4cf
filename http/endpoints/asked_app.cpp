#include "http/endpoints/asked_app.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "http/connections/json_text.hpp"
#include "http/connections/reply.hpp"

namespace parseflow::http {

namespace {

void answer_apps(exchange& current, int status, std::string_view code, std::string_view sentence) {
  const auto& apps = current.who().apps;
  nlohmann::ordered_json answer;
  answer["error"] = code;
  answer["message"] = fmt::format("{} It sees: {}.", sentence, fmt::join(apps, ", "));
  answer["apps"] = apps;
  set_json(current.response, json_text(answer));
  current.response.status = status;
}

} // namespace

std::optional<std::string> asked_app(exchange& current) {
  auto app = parameter(current.request, "app");
  const auto& who = current.who();
  if (who.apps.empty())
    return app;
  if (app.empty() && who.apps.size() == 1)
    return who.apps.front();
  if (app.empty()) {
    answer_apps(current, 400, "app_needed", "This key sees only some apps: choose one, by app=NAME.");
    return std::nullopt;
  }
  if (!who.may_see(app)) {
    answer_apps(current, 403, "other_app", "This key does not see that app.");
    return std::nullopt;
  }
  return app;
}

} // namespace parseflow::http
