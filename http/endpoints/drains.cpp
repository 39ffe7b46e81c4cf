#include "http/endpoints/drains.hpp"

#include <string>

#include <nlohmann/json.hpp>

#include "http/connections/json_text.hpp"
#include "http/connections/reply.hpp"
#include "http/endpoints/registry_answers.hpp"
#include "messages/registry/drain_line.hpp"

namespace parseflow::http {

namespace {

nlohmann::ordered_json drain_json(const registered_drain& drain) {
  nlohmann::ordered_json shown;
  shown["id"] = drain.id;
  shown["user"] = drain.user;
  shown["apps"] = drain.apps;
  shown["created_at"] = time_or_null(drain.created);
  shown["passwords"] = nlohmann::ordered_json::array();
  for (const auto& one : drain.passwords)
    shown["passwords"].push_back(
        {{"created_at", time_or_null(one.created)}, {"last_used_at", time_or_null(one.last_used)}});
  return shown;
}

nlohmann::ordered_json drain_json(const drain_report& report) {
  auto shown = drain_json(report.drain);
  shown["registered_in"] = report.is_of_environment ? "PARSEFLOW_DRAINS" : "registry";
  shown["last_seen_at"] = time_or_null(report.last_seen);
  shown["lines_per_second"] = report.lines_per_second;
  shown["lost_lines"] = report.lost;
  shown["tokens"] = report.tokens;
  return shown;
}

// Where Heroku reaches the service: as the settings say, else as the request came.
std::string public_url(const exchange& current, const http_settings& settings) {
  if (!settings.public_url.empty())
    return settings.public_url;
  const auto url = "https://" + current.request.get_header_value("Host");
  return check_public_url(url) ? url : "https://HOST";
}

nlohmann::ordered_json drain_json(const issued_password& issued, const exchange& current,
                                  const http_settings& settings) {
  auto shown = drain_json(issued.drain);
  shown["password"] = issued.password.reveal();
  shown["commands"] = nlohmann::ordered_json::array();
  const auto lines = drain_lines(issued.drain, issued.password, public_url(current, settings));
  for (std::string_view rest = lines; !rest.empty();) {
    const auto end = rest.find('\n');
    shown["commands"].push_back(std::string{rest.substr(0, end)});
    rest.remove_prefix(end + 1);
  }
  return shown;
}

void answer_no_path(httplib::Response& response) {
  set_error(response, 404, "not_found",
            "A drain is at /api/drains/ID, its rotation at /api/drains/ID/rotate.");
}

// The wish in a JSON body {"apps": ["shop"], "user": "heroku"}; nothing if it has another form.
std::optional<drain_wish> wish_in(const std::string& body) {
  const auto given = nlohmann::json::parse(body, nullptr, false);
  if (!given.is_object())
    return std::nullopt;
  drain_wish wish;
  for (const auto& [name, value] : given.items()) {
    if (name == "user" && value.is_string()) {
      wish.user = value.get<std::string>();
    } else if (name == "apps") {
      auto apps = texts_in(value);
      if (!apps)
        return std::nullopt;
      wish.apps = *std::move(apps);
    } else {
      return std::nullopt;
    }
  }
  return wish.apps.empty() ? std::nullopt : std::optional{std::move(wish)};
}

void answer_issued(exchange& current, int status, const issued_password& issued,
                   const http_settings& settings) {
  set_json(current.response, json_text(drain_json(issued, current, settings)));
  current.response.status = status;
}

} // namespace

void get_drains(exchange& current, pipeline_client& boxes) {
  if (!has_only_parameters(current.request, {}, current.response))
    return;
  const auto found = boxes.ask(drains_query{});
  if (!found)
    return answer_failure(current.response, found.error(), 503, "registry_away");
  nlohmann::ordered_json answer;
  answer["span_s"] = std::chrono::seconds{drain_reports::span}.count();
  answer["drains"] = nlohmann::ordered_json::array();
  for (const auto& one : (*found)->all)
    answer["drains"].push_back(drain_json(one));
  set_json(current.response, json_text(answer));
}

void post_drain(exchange& current, pipeline_client& boxes, const http_settings& settings) {
  const auto wish = wish_in(current.request.body);
  if (!wish)
    return set_error(current.response, 400, "bad_drain",
                     R"(The body must be JSON of the form {"apps": ["shop"], "user": "optional"}.)");
  const auto issued = boxes.ask(*wish);
  if (!issued)
    return answer_failure(current.response, issued.error(), 409, "refused");
  answer_issued(current, 201, *issued, settings);
}

void rotate_drain(exchange& current, pipeline_client& boxes, const http_settings& settings) {
  auto id = id_in(current, drain_path_prefix, "/rotate");
  if (id.empty())
    return answer_no_path(current.response);
  const auto issued = boxes.ask(drain_rotation{std::move(id)});
  if (!issued)
    return answer_failure(current.response, issued.error(), 404, "unknown_drain");
  answer_issued(current, 200, *issued, settings);
}

void remove_drain(exchange& current, pipeline_client& boxes) {
  auto id = id_in(current, drain_path_prefix);
  if (id.empty())
    return answer_no_path(current.response);
  const auto removed = boxes.ask(drain_removal{std::move(id)});
  if (!removed)
    return answer_failure(current.response, removed.error(), 404, "unknown_drain");
  current.response.status = 204;
}

} // namespace parseflow::http
